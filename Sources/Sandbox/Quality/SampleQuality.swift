/// A data quality rule: what it checks, on which assets.
struct SampleRule: Sendable {
    let id: Int
    let name: String
    let function: String
    let purpose: String
    let steward: String
    /// The stored query it is made of.
    var codeObject: Int?
    var assets: [Int]
}

/// The data quality rules of the sample catalog, and stored queries that rules can be made of.
struct SampleQuality: Sendable {
    private(set) var rules: [SampleRule]

    static let sample = SampleQuality(rules: [
        SampleRule(
            id: 701,
            name: "Key is unique",
            function: SampleCheck.unique.rawValue,
            purpose: "No row may be counted twice.",
            steward: "jonas",
            assets: [50101]
        ),
        SampleRule(
            id: 702,
            name: "Required value is filled",
            function: SampleCheck.nonNull.rawValue,
            purpose: "What every report needs is never left out.",
            steward: "aiko",
            assets: [51102, 40202]
        ),
        SampleRule(
            id: 703,
            name: "Amount within bounds",
            function: SampleCheck.range.rawValue,
            purpose: "Amounts lie between 0 and 15,000 euros.",
            steward: "jonas",
            assets: [50304]
        ),
        SampleRule(
            id: 704,
            name: "Revenue agrees with orders",
            function: "SQL Exact Value",
            purpose: "The daily sums are those of the orders.",
            steward: "jonas",
            codeObject: 602,
            assets: [50105]
        ),
        SampleRule(
            id: 705,
            name: "Key is filled",
            function: SampleCheck.nonNull.rawValue,
            purpose: "A row without a key cannot be looked up.",
            steward: "pablo",
            assets: []
        ),
    ])

    /// Stored queries and the columns whose rule they could be.
    static let code: [(id: Int, fits: [Int])] = [(602, [50105, 50403]), (603, [51201])]

    func rule(_ id: Int) -> SampleRule? { rules.first { $0.id == id } }

    func rules(of asset: Int) -> [SampleRule] { rules.filter { $0.assets.contains(asset) } }

    func rules(making function: String) -> [SampleRule] { rules.filter { $0.function == function } }

    /// A rule of the next free id.
    mutating func add(
        named name: String,
        function: String,
        purpose: String,
        codeObject: Int? = nil,
        on assets: [Int]
    ) -> SampleRule {
        let rule = SampleRule(
            id: (rules.map { $0.id }.max() ?? 700) + 1,
            name: name,
            function: function,
            purpose: purpose,
            steward: "sandbox",
            codeObject: codeObject,
            assets: assets
        )
        rules.append(rule)
        return rule
    }

    /// True when the asset was not tied to the rule before.
    mutating func tie(_ asset: Int, to rule: Int) -> Bool {
        guard let index = rules.firstIndex(where: { $0.id == rule }), !rules[index].assets.contains(asset) else {
            return false
        }
        rules[index].assets.append(asset)
        return true
    }
}
