package import JSON
import JSONRPC
import Text

/// What can be an argument: described by a schema, read from JSON as models and people write it.
package protocol ArgumentValue: Sendable {
    static var schema: JSON { get }
    /// Stands in while describing and after a mistake; nothing may trap on it.
    static var placeholder: Self { get }
    static var isOptional: Bool { get }
    /// Nil when `json` amounts to nothing: a blank text, an empty object.
    static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Self?
    /// As a default in the schema; nil where that would add nothing.
    var literal: JSON? { get }
}

extension ArgumentValue {
    package static var isOptional: Bool { false }
    package var literal: JSON? { nil }
}

extension String: ArgumentValue {
    package static var schema: JSON { ["type": "string"] }
    package static var placeholder: String { "" }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> String? {
        switch json {
        case .string(let text):
            let text = text.trimmed
            return text.isEmpty ? nil : text
        case .number(let number): return number.text
        default: throw ArgumentMistakes(name, mustBe: "text", not: json)
        }
    }

    package var literal: JSON? { .string(self) }
}

extension Bool: ArgumentValue {
    package static var schema: JSON { ["type": "boolean"] }
    package static var placeholder: Bool { false }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Bool? {
        switch json {
        case .bool(let value): return value
        case .string(let text):
            switch text.trimmed.lowercased() {
            case "true": return true
            case "false": return false
            default: if json.isBlankText { return nil }
            }
        default: break
        }
        throw ArgumentMistakes(name, mustBe: "true or false", not: json)
    }

    package var literal: JSON? { .bool(self) }
}

extension Int: ArgumentValue {
    package static var schema: JSON { ["type": "integer"] }
    package static var placeholder: Int { 0 }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Int? {
        if json.isBlankText { return nil }
        guard let value = json.writtenAsNumber?.int else {
            throw ArgumentMistakes(name, mustBe: "a whole number", not: json)
        }
        return value
    }

    package var literal: JSON? { .int(self) }

    /// A limit from here on is there to keep arithmetic safe, and means nothing to a reader.
    private static let farthest = Int(Int32.max)

    static func schema(in limits: ClosedRange<Int>) -> JSON {
        var schema = schema
        if limits.lowerBound != .min { schema["minimum"] = .int(limits.lowerBound) }
        if limits.upperBound < farthest { schema["maximum"] = .int(limits.upperBound) }
        return schema
    }

    static func read(_ json: JSON, as name: String, in limits: ClosedRange<Int>) throws(ArgumentMistakes) -> Int? {
        guard let value = try read(json, as: name) else { return nil }
        guard limits.contains(value) else {
            let expectation =
                switch (limits.lowerBound, limits.upperBound) {
                case (let lowest, farthest...) where value < lowest: "at least \(lowest)"
                case (.min, let highest): "at most \(highest)"
                case (_, let highest) where highest >= farthest: "at most \(highest)"
                case (let lowest, let highest): "between \(lowest) and \(highest)"
                }
            throw ArgumentMistakes(name, mustBe: expectation, not: json)
        }
        return value
    }
}

extension Double: ArgumentValue {
    package static var schema: JSON { ["type": "number"] }
    package static var placeholder: Double { 0 }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Double? {
        if json.isBlankText { return nil }
        guard let value = json.writtenAsNumber?.double, value.isFinite else {
            throw ArgumentMistakes(name, mustBe: "a number", not: json)
        }
        return value
    }
}

extension Optional: ArgumentValue where Wrapped: ArgumentValue {
    package static var schema: JSON { Wrapped.schema }
    package static var placeholder: Wrapped? { nil }
    package static var isOptional: Bool { true }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> Wrapped?? {
        try Wrapped.read(json, as: name).map { .some($0) }
    }

    package var literal: JSON? { self?.literal }
}

extension Array: ArgumentValue where Element: ArgumentValue {
    package static var schema: JSON { ["type": "array", "items": Element.schema] }
    package static var placeholder: [Element] { [] }

    /// Takes a list, a list written as JSON text, texts with commas between them, and a single value.
    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> [Element]? {
        let (items, isList) = Self.items(of: json)
        guard items.count <= mostItems else {
            throw ArgumentMistakes(["`\(name)` may have at most \(mostItems) items; it has more."])
        }
        var values: [Element] = []
        var sentences: [String] = []
        for (index, item) in items.enumerated() where !item.isNull {
            do {
                let value = try Element.read(item, as: isList ? "\(name)[\(index)]" : name)
                if let value { values.append(value) }
            } catch {
                sentences += error.sentences
                if sentences.count >= Arguments.mostTold { break }
            }
        }
        guard sentences.isEmpty else { throw ArgumentMistakes(sentences) }
        return values.isEmpty ? nil : values
    }

    private static var mostItems: Int { 10_000 }

    /// No more than are needed to see that they are too many.
    private static func items(of json: JSON) -> (items: [JSON], isList: Bool) {
        switch json.unquoted {
        case .array(let items): (items, true)
        case .string(let text) where text.contains(",") || text.trimmed.first == "[":
            (
                text.trimmed.trimming("[]").split(separator: ",", maxSplits: mostItems).map {
                    .string($0.trimmed.trimming("'\""))
                }, true
            )
        default: ([json], false)
        }
    }
}

/// An object whose members are not known beforehand.
extension JSONObject: ArgumentValue {
    package static var schema: JSON { ["type": "object"] }
    package static var placeholder: JSONObject { JSONObject() }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> JSONObject? {
        if json.isBlankText { return nil }
        guard let object = json.unquoted.object else { throw ArgumentMistakes(name, mustBe: "an object", not: json) }
        return object.isEmpty ? nil : object
    }
}

extension StringProtocol {
    /// Without the first and the last character, when they are among `ends`.
    fileprivate func trimming(_ ends: String) -> String {
        guard count > 1, let first, let last, ends.contains(first), ends.contains(last) else { return String(self) }
        return String(dropFirst().dropLast())
    }
}

extension JSON {
    /// The number this is or whose text this is: `20`, `"20"`, `20.0`.
    fileprivate var writtenAsNumber: JSONNumber? {
        switch self {
        case .number(let number): number
        case .string(let text):
            if case .number(let number) = try? JSON(parsing: Array(text.trimmed.utf8), within: .init(values: 1)) {
                number
            } else {
                nil
            }
        default: nil
        }
    }

    /// Whether this is a text that says nothing where no text is wanted: a blank one, or the word for nothing.
    var isBlankText: Bool {
        guard case .string(let text) = self else { return false }
        let word = text.trimmed
        return word.isEmpty || word == "null"
    }

    /// The list or object that a text holds, as some clients send them; else this value itself.
    package var unquoted: JSON {
        guard case .string(let text) = self, let first = text.trimmed.first, first == "[" || first == "{" else {
            return self
        }
        switch try? JSON(parsing: Array(text.trimmed.utf8), within: .message) {
        case .array(let items): return .array(items)
        case .object(let object): return .object(object)
        default: return self
        }
    }
}
