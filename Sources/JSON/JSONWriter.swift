extension JSON {
    /// One line of UTF-8 without spaces, as the wire requires.
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
        case .array(let items): write(items)
        case .object(let object): write(object)
        }
    }

    package mutating func write(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { escape($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func write(_ items: [JSON]) {
        bytes.append(UInt8(ascii: "["))
        depth += 1
        for index in items.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            write(items[index])
        }
        depth -= 1
        if !items.isEmpty { breakLine() }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject) {
        bytes.append(UInt8(ascii: "{"))
        depth += 1
        for index in object.members.indices {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            write(object.members[index].name)
            bytes.append(UInt8(ascii: ":"))
            if isIndented { bytes.append(UInt8(ascii: " ")) }
            write(object.members[index].value)
        }
        depth -= 1
        if !object.isEmpty { breakLine() }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func breakLine() {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    /// Copies runs of plain text whole, and escapes what JSON does not allow between quotes.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var high: UInt64 = 0
        var start = 0
        while true {
            let end = PlainText.end(in: text, from: start, high: &high)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
            guard end < text.count else { return }
            escape(text[end])
            start = end + 1
        }
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
