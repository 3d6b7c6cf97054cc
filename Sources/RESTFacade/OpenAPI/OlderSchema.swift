import JSON

/// A schema of JSON Schema 2020-12 as OpenAPI 3.0.3 can say it (its "Schema Object"): what cannot be said is left out, so
/// that it allows more, and never less.
struct OlderSchema {
    private static let numbers: Set<String> = [
        "multipleOf", "maximum", "minimum", "maxLength", "minLength", "maxItems", "minItems", "maxProperties",
        "minProperties",
    ]
    private static let texts: Set<String> = ["title", "description", "format", "pattern"]
    private static let flags: Set<String> = ["uniqueItems", "nullable", "readOnly", "writeOnly", "deprecated"]
    private static let kinds: Set<String> = ["string", "number", "integer", "boolean", "array", "object"]

    private let source: JSONObject
    private var result = JSONObject()

    /// `schema` has been a component of a document of OpenAPI 3.1.
    static func of(_ schema: JSON) -> JSON {
        switch schema {
        case .object(let object): OlderSchema(object).whole
        case .bool(false): ["not": [:]]
        default: [:]
        }
    }

    private init(_ source: JSONObject) { self.source = source }

    private var whole: JSON {
        var schema = self
        for member in source.members { schema.translate(member.name, member.value) }
        schema.takeLimits()
        schema.finish()
        return .object(schema.result)
    }

    private mutating func translate(_ name: String, _ value: JSON) {
        switch (name, value) {
        case ("default", _), ("example", _): result[name] = value
        case (let name, _) where name.hasPrefix("x-"): result[name] = value
        case (let name, .number) where Self.numbers.contains(name): result[name] = value
        case (let name, .string) where Self.texts.contains(name): result[name] = value
        case (let name, .bool) where Self.flags.contains(name): result[name] = value
        case ("$ref", .string): result["$ref"] = value
        case ("enum", .array(let values)) where !values.isEmpty: takeValues(values)
        case ("const", _): takeValues([value])
        case ("examples", .array(let values)):
            if result["example"] == nil, let first = values.first { result["example"] = first }
        case ("type", _): takeKinds(value.string.map { [$0] } ?? (value.array ?? []).compactMap { $0.string })
        case ("required", .array(let names)): takeRequired(names.compactMap { $0.string })
        case ("properties", .object(let members)):
            result["properties"] = .object(JSONObject(members.members.map { .init($0.name, Self.of($0.value)) }))
        case ("items", .object): result["items"] = Self.of(value)
        case ("not", .object): result["not"] = Self.of(value)
        case ("additionalProperties", .object) where source["patternProperties"] == nil:
            result["additionalProperties"] = Self.of(value)
        case ("additionalProperties", .bool) where source["patternProperties"] == nil: result[name] = value
        case ("allOf", .array(let schemas)) where !schemas.isEmpty:
            result["allOf"] = .array(schemas.map { Self.of($0) })
        case ("anyOf", .array(let schemas)), ("oneOf", .array(let schemas)): takeForms(name, schemas)
        default: break
        }
    }

    private mutating func takeValues(_ values: [JSON]) {
        result["enum"] = .array(values)
        if values.contains(.null) { result["nullable"] = true }
    }

    private mutating func takeKinds(_ names: [String]) {
        if names.contains("null") { result["nullable"] = true }
        let kinds = names.filter { Self.kinds.contains($0) }
        if kinds.count == 1 { result["type"] = .string(kinds[0]) }
        if kinds.isEmpty, names.contains("null") { result["enum"] = [.null] }
        guard kinds.count > 1 else { return }
        let forms = kinds.map { kind -> JSON in
            kind == "array" ? ["type": "array", "items": [:]] : ["type": .string(kind)]
        }
        join("anyOf", forms)
    }

    private mutating func takeRequired(_ names: [String]) {
        var seen: Set<String> = []
        let names = names.filter { seen.insert($0).inserted }
        if !names.isEmpty { result["required"] = .strings(names) }
    }

    /// Null is no form of its own there, but a mark.
    private mutating func takeForms(_ name: String, _ schemas: [JSON]) {
        let others = schemas.filter { $0["type"] != "null" }
        if others.count < schemas.count { result["nullable"] = true }
        if !others.isEmpty { join(name, others.map { Self.of($0) }) }
    }

    /// Where such a list is there already, both have to hold.
    private mutating func join(_ name: String, _ forms: [JSON]) {
        guard result[name] != nil else {
            result[name] = .array(forms)
            return
        }
        result["allOf"] = .array((result["allOf"]?.array ?? []) + [[name: .array(forms)]])
    }

    /// A limit that is not reached itself is a number in one, and a mark in the other.
    private mutating func takeLimits() {
        for (limit, exclusive, isLower) in [
            ("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false),
        ] {
            if case .bool(let flag)? = source[exclusive] { result[exclusive] = .bool(flag) }
            guard case .number? = source[exclusive], let value = source[exclusive], let bound = value.double else {
                continue
            }
            let own = result[limit]?.double
            guard own.map({ isLower ? bound >= $0 : bound <= $0 }) ?? true else { continue }
            result[limit] = value
            result[exclusive] = true
        }
    }

    private mutating func finish() {
        if result["type"] == "array", result["items"] == nil { result["items"] = [:] }
        guard let reference = result["$ref"], result.members.count > 1 else { return }
        // Next to a reference nothing else counts.
        result["$ref"] = nil
        result["allOf"] = .array((result["allOf"]?.array ?? []) + [["$ref": reference]])
    }
}
