import Text

/// The standard functions of the sandbox, and which of them suits an asset.
enum SampleCheck: String, CaseIterable {
    case nonNull = "Non-Null Validation"
    case unique = "Unique Value Validation"
    case range = "Range Check"
    case values = "Value List Check"
    case email = "Email Format Check"
    case rowCount = "Row Count Check"

    /// Words of a business rule that ask for this check.
    private var words: Set<String> {
        switch self {
        case .nonNull: ["null", "missing", "empty", "filled"]
        case .unique: ["unique", "duplicate", "duplicates", "twice"]
        case .range: ["between", "range", "least", "most"]
        case .values: ["list", "allowed"]
        case .email: ["address", "format"]
        case .rowCount: ["rows"]
        }
    }

    private func score(for asset: SampleAsset, rule: Set<String>) -> (Double, String)? {
        guard suits(asset) else { return nil }
        if !rule.isDisjoint(with: words) { return (0.95, "business rule") }
        switch self {
        case .email: return (0.85, "name")
        case .unique where asset["pk"] != nil: return (0.8, "primary key")
        case .nonNull where asset["nulls"] == "0": return (0.7, "profile")
        case .rowCount: return (0.6, "profile")
        case .values where asset["top"] != nil, .range where asset["min"] != nil: return (0.5, "profile")
        default: return nil
        }
    }

    private func suits(_ asset: SampleAsset) -> Bool {
        let isColumn = asset.kind == .oecolumn || asset.kind == .filecolumn
        switch self {
        case .rowCount: return !isColumn && asset["rowCount"] != nil
        case .email: return isColumn && asset.name.lowercased().holds("mail")
        case .nonNull, .unique, .range, .values: return isColumn
        }
    }

    struct Candidate {
        let function: String
        let score: Double
        let reason: String
    }

    /// The best first; what is preferred is the best wherever it suits.
    static func candidates(
        for asset: SampleAsset,
        rule: String?,
        preferring preferred: String? = nil,
        excluding excluded: [String] = []
    ) -> [Candidate] {
        let words = Set((rule ?? "").words)
        let found = allCases.compactMap { check -> Candidate? in
            guard !excluded.contains(where: { $0.equals(check.rawValue) }) else { return nil }
            if check.rawValue.equals(preferred ?? ""), check.suits(asset) {
                return Candidate(function: check.rawValue, score: 1, reason: "preferred")
            }
            return check.score(for: asset, rule: words).map {
                Candidate(function: check.rawValue, score: $0, reason: $1)
            }
        }
        return found.sorted { $0.score > $1.score }
    }
}
