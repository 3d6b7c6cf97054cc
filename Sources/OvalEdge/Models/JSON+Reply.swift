package import JSON
import Text

/// Looks into replies whose members go by several names and come as numbers or texts.
extension JSON {
    /// The first of these members that is there and not null.
    package func first(of names: String...) -> JSON? { first(of: names) }

    package func first(of names: [String]) -> JSON? {
        guard case .object(let object) = self else { return nil }
        for name in names { if let value = object[name], !value.isNull { return value } }
        return nil
    }

    /// The first of these members that says something, as text.
    package func text(_ names: String...) -> String? {
        guard case .object(let object) = self else { return nil }
        for name in names { if let text = object[name]?.plainText { return text } }
        return nil
    }

    /// A text that is not blank, a number's text, or the name inside an object such as a user.
    package var plainText: String? {
        switch self {
        case .string(let text):
            let text = text.trimmed
            return text.isEmpty ? nil : text
        case .number(let number): return number.text
        case .object: return text("displayName", "name", "userName", "objectName", "label")
        case .bool, .null, .array: return nil
        }
    }

    /// A whole number, also as text.
    package var wholeNumber: Int? { int ?? string.flatMap { Int($0.trimmed) } }

    /// What a list or a single object holds; the product sends either.
    package var listed: [JSON] {
        switch self {
        case .array(let items): items
        case .object: [self]
        default: []
        }
    }

    /// The content of a reply: `data` when it is there, a list that was put into `_json`, else the reply itself.
    package var payload: JSON { first(of: "data", "_json") ?? self }
}
