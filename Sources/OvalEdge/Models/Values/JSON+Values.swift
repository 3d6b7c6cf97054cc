package import JSON
import Text

/// Reads flags, numbers and dates in whichever form a release or a source sends them; nil for what cannot be known.
extension JSON {
    /// Yes or no: `true`, `1`, `"1"`, `"Y"`, `"yes"`, `"true"`, and their opposites.
    package var flag: Bool? {
        switch self {
        case .bool(let value): value
        case .number(let number): number.int.flatMap { $0 == 1 ? true : $0 == 0 ? false : nil }
        case .string(let text) where Self.mayBeFlag(text):
            switch text.trimmed.lowercased() {
            case "true", "yes", "y", "1": true
            case "false", "no", "n", "0": false
            default: nil
            }
        case .null, .string, .array, .object: nil
        }
    }

    /// Most texts are longer, or begin with another letter.
    private static func mayBeFlag(_ text: String) -> Bool {
        guard text.utf8.count <= longestFlag, let first = text.utf8.first else { return false }
        return switch first | 0x20 {
        case UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "y"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"): false
        default: true
        }
    }

    private static let longestFlag = 8

    /// A whole number, also as text and with separators: `"-1,200"` is -1200.
    package var wholeNumber: Int? {
        switch self {
        case .number(let number): number.int
        case .string(let text):
            Int(text.trimmed) ?? SentNumber(text).flatMap { Int($0.digits) ?? Int(exactly: $0.value) }
        default: nil
        }
    }

    /// A number, also as text and with separators: `"1.200,5"` is 1200.5.
    package var decimal: Double? { double ?? string.flatMap { SentNumber($0)?.value } }

    /// A day, or a moment of one.
    package var date: SentDate? { SentDate(self) }
}
