package import JSON

/// A request's id, a text or a whole number, kept as it was received so that it goes back the same.
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

    init(text: String) { json = .string(text) }

    private static func isIntegerByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
