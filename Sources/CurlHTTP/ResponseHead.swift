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
        var fields = HTTPFields()
        var pending: (name: String, value: String)?
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let first = line.first, Self.isSpace(first) {
                if let name = pending?.name, let value = pending?.value {
                    pending = (name, "\(value) \(Self.text(line))")
                }
                continue
            }
            if let pending { fields.append(pending.name, pending.value) }
            pending = nil
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            pending = (Self.text(line[..<colon]), Self.text(line[(colon + 1)...]))
        }
        if let pending { fields.append(pending.name, pending.value) }
        return fields
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static let protocolName = Array("HTTP/".utf8)
}
