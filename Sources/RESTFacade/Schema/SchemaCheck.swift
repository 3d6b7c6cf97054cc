import JSON

/// Checks arguments by a tool's input schema, as JSON Schema 2020-12 and the drafts before it have the usual keywords.
///
/// What is not understood (patterns, formats, schemas elsewhere) is not judged: the server has the last word.
struct SchemaCheck {
    private let root: JSON
    /// A schema that refers to itself in many ways must not keep a thread.
    private var steps = 0

    private static let mostSteps = 50_000
    private static let deepest = 64

    init(_ schema: JSON) { root = schema }

    /// Why these arguments cannot be right; nil where they may be.
    static func fault(in arguments: JSON, by schema: JSON) -> (path: String, what: String)? {
        var check = SchemaCheck(schema)
        guard case .invalid(let path, let what) = check.verdict(arguments, schema, SchemaPlace()) else { return nil }
        return (path, what)
    }

    mutating func verdict(_ value: JSON, _ schema: JSON, _ place: SchemaPlace) -> SchemaVerdict {
        steps += 1
        guard steps < Self.mostSteps, place.depth < Self.deepest else { return .unknown }
        switch schema {
        case .bool(true): return .valid
        case .bool(false): return place.fault("is not allowed")
        case .object(let members): return verdict(value, members, place)
        default: return .unknown
        }
    }

    private mutating func verdict(_ value: JSON, _ schema: JSONObject, _ place: SchemaPlace) -> SchemaVerdict {
        var verdict = SchemaVerdict.valid
        for member in schema.members {
            verdict = verdict.and(self.verdict(value, keyword: member.name, member.value, of: schema, place.inward))
            if verdict.isInvalid { return verdict }
        }
        return verdict
    }

    private mutating func verdict(
        _ value: JSON,
        keyword: String,
        _ rule: JSON,
        of schema: JSONObject,
        _ place: SchemaPlace
    ) -> SchemaVerdict {
        switch keyword {
        case "type", "enum", "const": Self.kindVerdict(value, keyword, rule, nullable: schema["nullable"], place)
        case "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
            "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems", "required":
            SchemaLimits(schema).verdict(value, keyword, rule, place)
        case "properties", "additionalProperties", "dependentRequired", "propertyNames":
            memberVerdict(value, keyword, rule, of: schema, place)
        case "items", "prefixItems", "contains": itemVerdict(value, keyword, rule, of: schema, place)
        case "allOf", "anyOf", "oneOf", "not", "if", "$ref":
            combinedVerdict(value, keyword, rule, of: schema, place)
        case "then", "else", "minContains", "maxContains", "$defs", "definitions", "nullable": .valid
        case "title", "description", "default", "examples", "example", "$schema", "$id", "$comment", "deprecated",
            "readOnly", "writeOnly", "$anchor", "contentEncoding", "contentMediaType":
            .valid
        default: keyword.hasPrefix("x-") ? .valid : .unknown
        }
    }

    private static func kindVerdict(
        _ value: JSON,
        _ keyword: String,
        _ rule: JSON,
        nullable: JSON?,
        _ place: SchemaPlace
    ) -> SchemaVerdict {
        if value.isNull, nullable == true { return .valid }
        switch keyword {
        case "type":
            let names = rule.string.map { [$0] } ?? (rule.array ?? []).compactMap { $0.string }
            guard !names.isEmpty else { return .unknown }
            if names.contains(where: { value.isKind($0) }) { return .valid }
            return place.fault("must be \(names.map { JSON.kind(named: $0) }.joined(separator: " or "))")
        case "const": return value.means(rule) ? .valid : place.fault("must be \(rule.text)")
        default:
            guard let values = rule.array else { return .unknown }
            if values.contains(where: { value.means($0) }) { return .valid }
            let texts = values.prefix(12).map { $0.text }.joined(separator: ", ")
            return place.fault("must be one of \(texts)")
        }
    }
}

// Objects and lists.
extension SchemaCheck {
    private mutating func memberVerdict(
        _ value: JSON,
        _ keyword: String,
        _ rule: JSON,
        of schema: JSONObject,
        _ place: SchemaPlace
    ) -> SchemaVerdict {
        guard let object = value.object else { return .valid }
        var verdict = SchemaVerdict.valid
        switch keyword {
        case "properties":
            for member in rule.object?.members ?? [] {
                guard let inner = object[member.name] else { continue }
                verdict = verdict.and(self.verdict(inner, member.value, place.member(member.name)))
            }
        case "additionalProperties":
            let known = Set(schema["properties"]?.object?.names ?? [])
            let others = object.members.filter { !known.contains($0.name) }
            // Which of them a pattern stands for is not known here.
            if schema["patternProperties"] != nil { return others.isEmpty ? .valid : .unknown }
            for member in others {
                let inner = place.member(member.name)
                verdict = verdict.and(
                    rule == false
                        ? inner.fault("is not an argument of this tool") : self.verdict(member.value, rule, inner)
                )
            }
        case "dependentRequired":
            for member in rule.object?.members ?? [] where object[member.name] != nil {
                let missing = (member.value.array ?? []).compactMap { $0.string }.first { object[$0] == nil }
                if let missing { return place.member(missing).fault("is missing") }
            }
        default:
            for name in object.names {
                verdict = verdict.and(self.verdict(.string(name), rule, place.member(name)))
            }
        }
        return verdict
    }

    private mutating func itemVerdict(
        _ value: JSON,
        _ keyword: String,
        _ rule: JSON,
        of schema: JSONObject,
        _ place: SchemaPlace
    ) -> SchemaVerdict {
        guard let items = value.array else { return .valid }
        if keyword == "contains" { return containsVerdict(items, rule, of: schema, place) }
        // Before 2020-12 a list of schemas under `items` was for the first items.
        let first = rule.array ?? []
        let start = keyword == "items" && rule.array == nil ? schema["prefixItems"]?.array?.count ?? 0 : 0
        var verdict = SchemaVerdict.valid
        for (index, item) in items.enumerated().dropFirst(start) {
            let own = rule.array == nil ? rule : index < first.count ? first[index] : true
            verdict = verdict.and(self.verdict(item, own, place.item(index)))
            if verdict.isInvalid { break }
        }
        return verdict
    }

    private mutating func containsVerdict(
        _ items: [JSON],
        _ rule: JSON,
        of schema: JSONObject,
        _ place: SchemaPlace
    ) -> SchemaVerdict {
        let verdicts = items.map { verdict($0, rule, place) }
        let (certain, possible) = (
            verdicts.count { $0 == .valid }, verdicts.count { !$0.isInvalid }
        )
        let least = schema["minContains"]?.int ?? 1
        if possible < least { return place.fault("has too few items of the right kind") }
        if let most = schema["maxContains"]?.int, certain > most {
            return place.fault("has more than \(most) such items")
        }
        return certain == possible ? .valid : .unknown
    }
}

// Schemas of schemas.
extension SchemaCheck {
    private mutating func combinedVerdict(
        _ value: JSON,
        _ keyword: String,
        _ rule: JSON,
        of schema: JSONObject,
        _ place: SchemaPlace
    ) -> SchemaVerdict {
        switch keyword {
        case "allOf":
            return (rule.array ?? []).reduce(.valid) { $0.and(verdict(value, $1, place)) }
        case "anyOf": return anyVerdict((rule.array ?? []).map { verdict(value, $0, place) }, place)
        case "oneOf":
            let verdicts = (rule.array ?? []).map { verdict(value, $0, place) }
            if verdicts.count(where: { $0 == .valid }) > 1 {
                return place.fault("fits more than one of the forms that it can have")
            }
            return anyVerdict(verdicts, place)
        case "not":
            let inner = verdict(value, rule, place)
            if inner == .valid { return place.fault("has a form that is not allowed") }
            return inner == .unknown ? .unknown : .valid
        case "if":
            let condition = verdict(value, rule, place)
            if condition == .unknown { return .unknown }
            let next = condition == .valid ? schema["then"] : schema["else"]
            return next.map { verdict(value, $0, place) } ?? .valid
        default:
            guard let target = rule.string.flatMap({ root.target(of: $0) }) else { return .unknown }
            return verdict(value, target, place)
        }
    }

    private func anyVerdict(_ verdicts: [SchemaVerdict], _ place: SchemaPlace) -> SchemaVerdict {
        if verdicts.isEmpty || verdicts.contains(.valid) { return .valid }
        if verdicts.contains(.unknown) { return .unknown }
        if verdicts.count == 1 { return verdicts[0] }
        // The one that looks deepest into the value is most likely the one that is meant.
        let deepest = verdicts.max { $0.depth < $1.depth }
        if let deepest, deepest.depth > place.path.utf8.count { return deepest }
        return place.fault("has none of the forms that it can have")
    }
}

extension SchemaVerdict {
    fileprivate var depth: Int { if case .invalid(let path, _) = self { path.utf8.count } else { 0 } }
}
