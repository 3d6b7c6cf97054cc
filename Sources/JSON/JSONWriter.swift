extension JSON {
    /// One line of UTF-8 without spaces, as the wire wants it.
    package var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Indented by two spaces, for people.
    package var prettyText: String {
        var writer = JSONWriter(isIndented: true)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Writes values, or pieces of them that are bytes already, into one buffer.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private let isIndented: Bool
    private var depth = 0

    package init(isIndented: Bool = false) {
        self.isIndented = isIndented
        bytes.reserveCapacity(256)
    }

    /// Puts in what is JSON, or punctuation of it, already.
    package mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    package mutating func write(_ value: JSON) {
        switch value {
        case .null: raw("null")
        case .bool(let value): raw(value ? "true" : "false")
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): write(text)
        case .array(let items):
            list(items, open: UInt8(ascii: "["), close: UInt8(ascii: "]")) { $0.write($1) }
        case .object(let object):
            list(object.members, open: UInt8(ascii: "{"), close: UInt8(ascii: "}")) { writer, member in
                writer.write(member.name)
                writer.raw(writer.isIndented ? ": " : ":")
                writer.write(member.value)
            }
        }
    }

    package mutating func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { escape($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func list<Item>(
        _ items: [Item],
        open: UInt8,
        close: UInt8,
        _ item: (inout JSONWriter, Item) -> Void
    ) {
        bytes.append(open)
        depth += 1
        for (index, value) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            item(&self, value)
        }
        depth -= 1
        if !items.isEmpty { breakLine() }
        bytes.append(close)
    }

    private mutating func breakLine() {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    /// Copies runs of plain text whole, and escapes what JSON does not allow between quotes.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(contentsOf: text[start..<index])
            escape(byte)
            start = index + 1
        }
        bytes.append(contentsOf: text[start...])
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw(#"\""#)
        case UInt8(ascii: "\\"): raw(#"\\"#)
        case 0x08: raw(#"\b"#)
        case 0x0C: raw(#"\f"#)
        case 0x0A: raw(#"\n"#)
        case 0x0D: raw(#"\r"#)
        case 0x09: raw(#"\t"#)
        default:
            let digits = String(byte, radix: 16)
            bytes.append(contentsOf: (digits.count == 1 ? #"\u000"# : #"\u00"#).utf8)
            bytes.append(contentsOf: digits.utf8)
        }
    }
}
