package import JSON

/// A request's id, a text or a whole number, kept as it was received so that it goes back the same.
///
/// Two ids are equal if their bytes are: texts that only look alike, as `é` and `e` with an accent, belong to two requests.
package struct RequestID: Hashable, Sendable {
    package let json: JSON

    /// Nil for what MCP does not allow: null, fractions, true, lists, objects.
    package init?(_ json: JSON) {
        switch json {
        case .string: self.json = json
        case .number(let number) where number.text.utf8.allSatisfy(Self.isIntegerByte): self.json = json
        default: return nil
        }
    }

    package init(text: String) { json = .string(text) }

    private static func isIntegerByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    package static func == (a: RequestID, b: RequestID) -> Bool {
        let (a, b) = (a.parts, b.parts)
        return a.isText == b.isText && a.text.utf8.elementsEqual(b.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = parts.text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// How many bytes it takes.
    package var size: Int { parts.text.utf8.count }

    /// What it looks like in a log: on one line, and not longer than a line.
    package var excerpt: String { String(parts.text.unicodeScalars.prefix(60)) }

    private var parts: (isText: Bool, text: String) {
        switch json {
        case .string(let text): (true, text)
        case .number(let number): (false, number.text)
        default: (false, "")
        }
    }
}

extension RequestID {
    /// Of 128 random bits: without having seen it, no client can answer in another one's place.
    package static func unguessable() -> RequestID {
        let digits = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
        return RequestID(text: "ask-" + digits.joined())
    }
}
