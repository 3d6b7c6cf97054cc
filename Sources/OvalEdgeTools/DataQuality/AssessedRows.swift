import JSON
import MCP
import OvalEdge
import Rendering

/// Which of the assessed objects are shown.
package enum AssessedOnly: String, ArgumentChoice {
    case withoutRule = "without_rule"
    case withRule = "with_rule"

    package static func meant(by word: String) -> AssessedOnly? {
        ["uncovered", "missing", "no_rule"].contains(word.lowercased()) ? .withoutRule : nil
    }

    func includes(_ row: QualityAssessment.Row) -> Bool { (row.hasRule == true) == (self == .withRule) }
}

/// The assessed objects that one answer has room for, and with which it goes on.
struct AssessedRows {
    let shown: [QualityAssessment.Row]
    /// How many objects fit what was asked for.
    let count: Int
    /// The object to begin with next, by its number; nil at the end.
    let next: Int?
    private let first: Int
    private let assessed: Assessed

    /// There is always a step forward, however little room there is.
    init(_ assessed: Assessed, from first: Int, only: AssessedOnly?, in limits: SizeLimits) {
        let wanted = assessed.rows.filter { only?.includes($0.row) ?? true }
        let size = min(max(1, limits.items), wanted.count)
        self.assessed = assessed
        self.first = first
        count = wanted.count
        shown = wanted.prefix(size).map { $0.row }
        next = wanted.count > size ? wanted[size].number : assessed.next
    }

    /// What is not here, and how to get it; nil when it is all here.
    var advice: Inline? {
        if let next { return ListWindow.onward(from: next) }
        guard let total = assessed.total, first > total, first > 1 else { return nil }
        return ListWindow.beyond(first, last: total)
    }

    func structured(links: LinkBase) -> JSON {
        var structured = Structured(links: links).enriched(assessed.reply?.showing(shown) ?? ["data": ["rows": []]])
        structured["workflowPhase"] = "assess"
        structured["total"] = assessed.total.map { .int($0) }
        structured["assessed"] = .int(assessed.rows.count)
        structured["withoutRule"] = .int(assessed.rows.count { $0.row.hasRule == false })
        structured["nextRow"] = next.map { .int($0) }
        structured["complete"] = .bool(
            next == nil && first == 1 && assessed.total != nil && assessed.missing == 0
        )
        return structured
    }
}
