package import JSON
import Text

/// Reads replies whose members go by several names and come as numbers or texts.
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

    /// What a list or a single object holds; the product sends either.
    package var listed: [JSON] {
        switch self {
        case .array(let items): items
        case .object: [self]
        default: []
        }
    }

    /// A list itself, or the first of these members that is there, which has to be one; nil where none is.
    func list(_ names: String...) throws(JSONMismatch) -> [JSON]? {
        if case .array(let items) = self { return items }
        guard case .object(let object) = self else { return nil }
        for name in names {
            guard let value = object[name], !value.isNull else { continue }
            guard let items = value.array else {
                throw JSONMismatch(path: name, expected: "a list", found: value.kind)
            }
            return items
        }
        return nil
    }

    /// The same of a member that may hold a single object instead of a list of one.
    func listed(_ name: String) throws(JSONMismatch) -> [JSON] {
        guard let value = first(of: name) else { return [] }
        guard value.array != nil || value.object != nil else {
            throw JSONMismatch(path: name, expected: "a list", found: value.kind)
        }
        return value.listed
    }

    /// The content of a reply: `data` when it is there, a list that was put into `_json`, else the reply itself.
    package var payload: JSON { first(of: "data", "_json") ?? self }
}
