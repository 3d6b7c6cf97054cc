import JSON
import Text

/// What a header field says of a value, so that the other side reads the same (2026-07-28, basic/transports, "Value encoding").
enum HeaderText {
    private static let opening = "=?base64?"
    private static let closing = "?="

    /// The text itself, or `=?base64?…?=` where a field cannot say it, or would be read as that.
    static func encoded(_ text: String) -> String {
        let bytes = text.utf8
        let isPlain = bytes.allSatisfy { (0x20...0x7E).contains($0) }
        let isTrimmed = bytes.first != 0x20 && bytes.last != 0x20
        let looksEncoded = text.hasPrefix(opening) && text.hasSuffix(closing)
        guard isPlain, isTrimmed, !looksEncoded else { return opening + Base64.encoded(text) + closing }
        return text
    }

    /// Nil for what no field says.
    static func encoded(_ json: JSON) -> String? {
        switch json {
        case .string(let text): encoded(text)
        case .number(let number): number.text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
