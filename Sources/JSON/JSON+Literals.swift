extension JSON: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
}

extension JSON: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self = .double(value) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSON: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension JSON: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member($0, $1) }))
    }
}

extension JSON {
    package static func int(_ value: Int) -> JSON { .number(JSONNumber(value)) }

    /// Null for infinities and NaN.
    package static func double(_ value: Double) -> JSON { JSONNumber(value).map { .number($0) } ?? .null }

    package static func strings(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }

    /// An object without the members whose value is nil: `.members(("id", 7), ("note", note.map(JSON.string)))`.
    package static func members(_ members: (String, JSON?)...) -> JSON {
        .object(JSONObject(members.compactMap { name, value in value.map { JSONObject.Member(name, $0) } }))
    }
}
