import CMicroHTTPD
import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection of the library; usable on its thread, and while the connection rests.
struct MHDConnection: @unchecked Sendable {
    let pointer: OpaquePointer

    var id: Senders.ID { UInt(bitPattern: pointer) }
    var descriptor: Int32 { oe_mhd_descriptor(pointer) }

    func suspend() { MHD_suspend_connection(pointer) }
    func resume() { MHD_resume_connection(pointer) }

    var fields: HTTPFields {
        var fields = HTTPFields()
        withUnsafeMutablePointer(to: &fields) { pointer in
            _ = MHD_get_connection_values(
                self.pointer,
                oe_mhd_header_fields(),
                { fields, _, name, value in
                    guard let fields, let name else { return oe_mhd_yes() }
                    fields.assumingMemoryBound(to: HTTPFields.self).pointee
                        .append(String(cString: name), value.map { String(cString: $0) } ?? "")
                    return oe_mhd_yes()
                },
                pointer
            )
        }
        return fields
    }

    /// Queues the answer; false when the library cannot, and the connection then ends.
    func send(_ reply: HTTPServerReply) -> Bool {
        guard let response = Self.body(of: reply) else { return false }
        defer { MHD_destroy_response(response) }
        for field in reply.response.fields.all where !Self.isOwn(field.name) {
            _ = MHD_add_response_header(response, field.name, field.value)
        }
        return MHD_queue_response(pointer, UInt32(reply.response.status.rawValue), response) == oe_mhd_yes()
    }

    /// Fields that the library writes itself.
    private static func isOwn(_ name: String) -> Bool {
        ["content-length", "transfer-encoding", "date"].contains(name.lowercased())
    }

    private static func body(of reply: HTTPServerReply) -> OpaquePointer? {
        switch reply {
        case .response(let response): oe_mhd_response(response.body, response.body.count)
        case .cutOff(let response, let count): cut(response.body, after: count)
        }
    }

    private static func cut(_ body: [UInt8], after count: Int) -> OpaquePointer? {
        let promised = max(body.count, 1)
        let part = Unmanaged.passRetained(BodyPart(Array(body.prefix(max(min(count, promised - 1), 0)))))
        let response = MHD_create_response_from_callback(
            UInt64(promised),
            4096,
            { part, position, buffer, room in
                guard let part, let buffer else { return oe_mhd_break_off() }
                let bytes = Unmanaged<BodyPart>.fromOpaque(part).takeUnretainedValue().bytes
                let rest = bytes.dropFirst(Int(position)).prefix(room)
                guard !rest.isEmpty else { return oe_mhd_break_off() }
                rest.withUnsafeBytes { bytes in
                    if let base = bytes.baseAddress { memcpy(buffer, base, bytes.count) }
                }
                return rest.count
            },
            part.toOpaque(),
            { part in
                if let part { Unmanaged<BodyPart>.fromOpaque(part).release() }
            }
        )
        if response == nil { part.release() }
        return response
    }

    private final class BodyPart: Sendable {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }
    }
}
