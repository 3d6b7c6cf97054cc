package import JSON

/// Data quality rules, as a lookup finds them.
package struct QualityRules: Model, Hashable {
    package let rules: [Asset]
    package let json: JSON

    package static let isList = true

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        var rules: [Asset] = []
        var found = try payload.list("items", "rules")
        if found == nil { found = try Self.single(payload) }
        for rule in found ?? [] { rules.append(try Asset(rule)) }
        self.rules = rules
        self.json = json
    }

    /// One rule by itself, which has an id or a name.
    private static func single(_ payload: JSON) throws(JSONMismatch) -> [JSON] {
        guard payload.object != nil else {
            throw JSONMismatch(path: "data", expected: "a list", found: payload.kind)
        }
        let rule = try Asset(payload)
        return rule.id == nil && rule.name == nil ? [] : [payload]
    }
}
