extension JSON {
    /// `json["data"]?["items"]?.array`: nil as soon as something is missing or of another kind.
    package subscript(_ name: String) -> JSON? {
        get {
            guard case .object(let object) = self else { return nil }
            return object[name]
        }
        set {
            guard case .object(var object) = self else { return }
            // The payload is taken out first, so that a change in place does not copy every member.
            self = .null
            object[name] = newValue
            self = .object(object)
        }
    }

    package subscript(_ index: Int) -> JSON? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var int: Int? { if case .number(let number) = self { number.int } else { nil } }
    package var double: Double? { if case .number(let number) = self { number.double } else { nil } }
    package var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
    package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// With the members of every object in the order of their names, so that equal values are equal bytes.
    package var canonical: JSON {
        switch self {
        case .array(let items): .array(items.map { $0.canonical })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.sorted { $0.name < $1.name }.map { .init($0.name, $0.value.canonical) }
                )
            )
        default: self
        }
    }

    /// Whether an object in it has two members of one name, of which two readers may take different ones.
    package var repeatsNames: Bool {
        switch self {
        case .array(let items): items.contains { $0.repeatsNames }
        case .object(let object):
            Set(object.members.lazy.map { $0.name }).count < object.members.count
                || object.members.contains { $0.value.repeatsNames }
        case .null, .bool, .number, .string: false
        }
    }

    /// What kind of value this is, for sentences: "a number", "an object".
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// A value is missing or of another kind than a model needs; `path` says where.
package struct JSONMismatch: Error, Hashable, CustomStringConvertible {
    package let path: String
    package let expected: String
    package let found: String

    package init(path: String, expected: String, found: String) {
        self.path = path
        self.expected = expected
        self.found = found
    }

    package var description: String { "`\(path)` should be \(expected), but is \(found)" }
}

extension JSON {
    /// The member `name`, or an error that names it.
    package func required(_ name: String) throws(JSONMismatch) -> JSON {
        guard let value = self[name], !value.isNull else {
            throw JSONMismatch(path: name, expected: "present", found: "missing")
        }
        return value
    }

    /// The member `name` as one kind: `try json.required("objectId", \.int, "a whole number")`.
    package func required<Value>(
        _ name: String,
        _ read: (JSON) -> Value?,
        _ expected: String
    ) throws(JSONMismatch) -> Value {
        let value = try required(name)
        guard let result = read(value) else {
            throw JSONMismatch(path: name, expected: expected, found: value.kind)
        }
        return result
    }
}
