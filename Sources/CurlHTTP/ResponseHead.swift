import HTTP

/// The header lines of a response as they arrive, of which only the last block counts.
///
/// A proxy's answer to `CONNECT` and every 1xx have a block of their own before it; trailers come after it.
struct ResponseHead {
    private var bytes: [UInt8] = []
    /// Whether the empty line behind the fields has come.
    private(set) var isComplete = false

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        isComplete = false
    }

    /// Takes one line with its end.
    mutating func append(_ line: UnsafeRawBufferPointer) {
        if line.starts(with: Self.protocolName) {
            clear()
        } else if line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
            isComplete = true
        } else if !isComplete {
            bytes.append(contentsOf: line)
        }
    }

    /// Lines without a colon are left out; one that begins with a space goes on with the value before it.
    var fields: HTTPFields {
        bytes.withUnsafeBytes { bytes in
            var fields = HTTPFields()
            var pending: (name: String, value: String)?
            var start = bytes.startIndex
            while start < bytes.endIndex {
                let line = bytes[start...].prefix { $0 != UInt8(ascii: "\n") }
                start = line.endIndex + 1
                if let first = line.first, Self.isSpace(first) {
                    pending = pending.map { ($0.name, "\($0.value) \(Self.text(line))") }
                    continue
                }
                if let pending { fields.append(pending.name, pending.value) }
                pending = line.firstIndex(of: UInt8(ascii: ":")).map { colon in
                    (Self.text(line[..<colon]), Self.text(line[(colon + 1)...]))
                }
            }
            if let pending { fields.append(pending.name, pending.value) }
            return fields
        }
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[first...last]), as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static let protocolName = Array("HTTP/".utf8)
}
