package import JSON

/// Data quality rules, as a lookup finds them.
package struct QualityRules: Model, Hashable {
    package let rules: [Asset]
    package let json: JSON

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        var rules: [Asset] = []
        for rule in payload.first(of: "items", "rules")?.array ?? payload.listed { rules.append(try Asset(rule)) }
        self.rules = rules
        self.json = json
    }
}
