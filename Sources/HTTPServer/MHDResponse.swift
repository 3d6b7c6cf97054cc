import CMicroHTTPD
import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A response in the library's memory.
struct MHDResponse {
    let pointer: OpaquePointer

    /// What a reader fills at a time for a client that does not know of chunks; for all others it is what the library has.
    private static let blockSize = 1024

    /// Nil when there is no memory for it.
    init?(_ reply: HTTPServerReply) {
        let body = reply.response.body
        let made =
            switch reply {
            case .response: oe_mhd_response(body, body.count)
            case .cutOff(_, let count): Self.read(from: CutBody(body, after: count), size: CutBody.promised(body))
            }
        guard let made else { return nil }
        pointer = made
        add(reply.response.fields)
    }

    /// The head of `response`, and what is written to `stream`.
    init?(_ response: HTTPResponse, _ stream: HTTPBodyStream) {
        guard let made = Self.read(from: stream, size: oe_mhd_unknown_size()) else { return nil }
        pointer = made
        add(response.fields)
    }

    private func add(_ fields: HTTPFields) {
        for field in fields.all where !Self.isOwn(field) {
            field.name.withCString { name in
                _ = field.value.withCString { MHD_add_response_header(pointer, name, $0) }
            }
        }
    }

    /// Fields that the library writes itself.
    private static func isOwn(_ field: HTTPFields.Field) -> Bool {
        switch field.name.utf8.count {
        case 4: field.isNamed("Date")
        case 14: field.isNamed("Content-Length")
        case 17: field.isNamed("Transfer-Encoding")
        default: false
        }
    }

    /// The library calls under a lock of its own, so that there is one call at a time.
    private static func read(from body: any BodyReader, size: UInt64) -> OpaquePointer? {
        let box = Unmanaged.passRetained(ReaderBox(body))
        let response = MHD_create_response_from_callback(
            size,
            blockSize,
            { box, position, buffer, room in
                guard let box, let buffer else { return oe_mhd_break_off() }
                return Unmanaged<ReaderBox>.fromOpaque(box).takeUnretainedValue().body
                    .read(at: Int(position), into: UnsafeMutableRawBufferPointer(start: buffer, count: room))
            },
            box.toOpaque(),
            { box in
                if let box { Unmanaged<ReaderBox>.fromOpaque(box).release() }
            }
        )
        if response == nil { box.release() }
        return response
    }

    private final class ReaderBox: Sendable {
        let body: any BodyReader
        init(_ body: any BodyReader) { self.body = body }
    }
}

/// Where the library gets a body from, piece by piece.
protocol BodyReader: Sendable {
    /// How many bytes were written to `buffer`, or one of the library's two ends.
    func read(at position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int
}

/// Breaks off in the middle.
private struct CutBody: BodyReader {
    private let part: [UInt8]

    init(_ bytes: [UInt8], after count: Int) {
        part = Array(bytes.prefix(max(min(count, Int(Self.promised(bytes)) - 1), 0)))
    }

    /// What the head says of its length: there is always a byte that does not come.
    static func promised(_ bytes: [UInt8]) -> UInt64 { UInt64(max(bytes.count, 1)) }

    func read(at position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let rest = part[min(position, part.count)...].prefix(buffer.count)
        if rest.isEmpty { return oe_mhd_break_off() }
        buffer.copyBytes(from: rest)
        return rest.count
    }
}
