import JSON
import Text

/// The keywords of JSON Schema that limit one value.
struct SchemaLimits {
    private let schema: JSONObject

    init(_ schema: JSONObject) { self.schema = schema }

    func verdict(_ value: JSON, _ keyword: String, _ rule: JSON, _ place: SchemaPlace) -> SchemaVerdict {
        switch keyword {
        case "minLength", "maxLength":
            guard let text = value.string else { return .valid }
            return count(text.unicodeScalars.count, keyword == "minLength", rule, "characters", place)
        case "minItems", "maxItems":
            guard let items = value.array else { return .valid }
            return count(items.count, keyword == "minItems", rule, "items", place)
        case "minProperties", "maxProperties":
            guard let object = value.object else { return .valid }
            return count(object.members.count, keyword == "minProperties", rule, "members", place)
        case "uniqueItems": return unique(value, rule, place)
        case "required": return required(value, rule, place)
        default: return number(value, keyword, rule, place)
        }
    }

    private func count(_ count: Int, _ isLeast: Bool, _ rule: JSON, _ unit: String, _ place: SchemaPlace)
        -> SchemaVerdict
    {
        guard let limit = rule.int else { return .unknown }
        if isLeast ? count >= limit : count <= limit { return .valid }
        return place.fault("must have at \(isLeast ? "least" : "most") \(limit) \(unit)")
    }

    private func unique(_ value: JSON, _ rule: JSON, _ place: SchemaPlace) -> SchemaVerdict {
        guard rule == true, let items = value.array, items.count <= 1000 else { return .valid }
        let repeats = items.indices.contains { index in items[..<index].contains { $0.means(items[index]) } }
        return repeats ? place.fault("has an item twice") : .valid
    }

    private func required(_ value: JSON, _ rule: JSON, _ place: SchemaPlace) -> SchemaVerdict {
        // Before 2019-09 a single property could say so of itself.
        guard let names = rule.array, let object = value.object else { return .valid }
        guard let missing = names.compactMap({ $0.string }).first(where: { object[$0] == nil }) else { return .valid }
        return place.member(missing).fault("is missing")
    }

    private func number(_ value: JSON, _ keyword: String, _ rule: JSON, _ place: SchemaPlace) -> SchemaVerdict {
        guard case .number = value else { return .valid }
        // Draft 4 had true or false, in addition to the limit.
        if rule.bool != nil { return .valid }
        guard let number = value.double, let limit = rule.double else { return .unknown }
        let excludes = keyword == "minimum" ? schema["exclusiveMinimum"] : schema["exclusiveMaximum"]
        let isExclusive = excludes == true
        switch keyword {
        case "minimum" where isExclusive ? number > limit : number >= limit: return .valid
        case "maximum" where isExclusive ? number < limit : number <= limit: return .valid
        case "exclusiveMinimum" where number > limit, "exclusiveMaximum" where number < limit: return .valid
        case "multipleOf":
            guard limit > 0 else { return .unknown }
            let quotient = number / limit
            // Decimal fractions are not exact: a neighbour of a whole number counts as one.
            if abs(quotient - quotient.rounded()) <= 1e-9 * max(1, abs(quotient)) { return .valid }
            return place.fault("must be a multiple of \(rule.text)")
        default: break
        }
        let isLower = keyword == "minimum" || keyword == "exclusiveMinimum"
        let isStrict = isExclusive || keyword.hasPrefix("exclusive")
        let relation = isLower ? (isStrict ? "more than" : "at least") : (isStrict ? "less than" : "at most")
        return place.fault("must be \(relation) \(rule.text)")
    }
}

extension JSON {
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it is a value of that kind, by the names of JSON Schema.
    func isKind(_ name: String) -> Bool {
        switch (name, self) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("number", .number):
            true
        case ("integer", .number(let number)):
            number.int != nil || number.double.map { $0 == $0.rounded() } ?? false
        case ("null", _), ("boolean", _), ("string", _), ("array", _), ("object", _), ("number", _), ("integer", _):
            false
        default: true
        }
    }

    static func kind(named name: String) -> String {
        switch name {
        case "boolean": "true or false"
        case "string": "a text"
        case "array": "a list"
        case "object": "an object"
        case "number": "a number"
        case "integer": "a whole number"
        default: name
        }
    }

    /// Whether both say the same: numbers by what they are worth, objects in any order.
    func means(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.number(let one), .number(let two)):
            one.text == two.text || one.double.map { $0 == two.double } ?? false
        case (.array(let one), .array(let two)):
            one.count == two.count && zip(one, two).allSatisfy { $0.means($1) }
        case (.object(let one), .object(let two)):
            one.members.count == two.members.count
                && one.members.allSatisfy { member in two[member.name]?.means(member.value) ?? false }
        default: self == other
        }
    }

    /// Where a reference within this document leads (RFC 6901 behind `#`).
    func target(of reference: String) -> JSON? {
        guard reference.hasPrefix("#") else { return nil }
        let pointer = reference.dropFirst()
        guard pointer.isEmpty || pointer.hasPrefix("/") else { return nil }
        return pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().reduce(self as JSON?) {
            let (place, name) = ($0, $1.pointerName)
            return place?[name] ?? Int(name).flatMap { place?[$0] }
        }
    }
}

extension Substring {
    /// One step of a JSON pointer in a fragment of an address.
    fileprivate var pointerName: String {
        let text = PercentEncoding.decoded(String(self)) ?? String(self)
        return text.replacing(every: "~1", with: "/").replacing(every: "~0", with: "~")
    }
}
