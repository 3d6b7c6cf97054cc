import OvalEdge
import Rendering

/// What was found out about the rules of some objects, and what to do next.
struct AssessmentReport {
    private static let mostInDetail = 5
    private static let mostCandidates = 5
    private static let longestText = 240

    private let assessed: Assessed
    private let rows: AssessedRows
    private let scope: QualityScope
    private let links: LinkBase

    init(_ assessed: Assessed, _ rows: AssessedRows, scope: QualityScope, links: LinkBase) {
        self.assessed = assessed
        self.rows = rows
        self.scope = scope
        self.links = links
    }

    func write(to text: inout Markdown) {
        let all = assessed.rows
        let covered = all.count { $0.row.hasRule == true }
        let unknown = all.count { $0.row.hasRule == nil }
        let have: Inline = all.count == 1 ? "object has" : "objects have"
        let rest: Inline = unknown > 0 ? "; of \(unknown) it is not known" : ""
        text.heading(3, "Data quality: \(covered) of \(all.count) \(have) a rule\(rest)")
        guard !all.isEmpty else {
            return text.note(
                rows.advice ?? "OvalEdge found none of these objects, or no critical data element among them."
            )
        }
        writeExtent(to: &text)
        text.table(
            ["Object", "Id", "Has a rule", "Recommended check", "Rule for it"],
            rows.shown.map { row in
                [
                    Self.title(of: row, links: links), row.reference, Words.flag(row.hasRule),
                    row.function.map { "\(escaped: $0)" } ?? "none identified", Self.rule(of: row),
                ]
            }
        )
        let detailed = rows.shown.prefix(Self.mostInDetail)
        for row in detailed { write(row, to: &text) }
        writeRules(of: detailed, to: &text)
        writeNotes(to: &text)
    }

    /// Which of how many this is about, where it is not about all of them.
    private func writeExtent(to text: inout Markdown) {
        guard let first = assessed.rows.first?.number, let last = assessed.rows.last?.number else { return }
        if let total = assessed.total, first > 1 || last < total {
            let what: Inline =
                scope.discoversCriticalElements ? "critical columns, in the order of their names" : "objects"
            text.note("Assessed were \(first) to \(last) of \(total) \(what).")
        }
        if rows.count < assessed.rows.count {
            text.note("Shown are the \(rows.count) that were asked for with `only`\(split).")
        }
    }

    /// What is not known to have a rule is shown with what has none.
    private var split: Inline {
        let unknown = assessed.rows.count { $0.row.hasRule == nil }
        let uncovered = assessed.rows.count { $0.row.hasRule != true }
        guard unknown > 0, rows.count == uncovered else { return "" }
        return ": \(rows.count - unknown) without a rule, and \(unknown) of which it is not known"
    }

    private func writeNotes(to text: inout Markdown) {
        if rows.shown.count > Self.mostInDetail {
            text.note("Assess one of them in `objects` to see its description, candidates and rules.")
        }
        if assessed.missing > 0 {
            text.note("\(assessed.missing) of the objects were not assessed: check their ids and types.")
        }
        if let failure = assessed.failure { text.note("OvalEdge did not assess the rest. \(escaped: failure)") }
        if assessed.total == nil, rows.next == nil {
            text.note(
                """
                There may be more than these \(assessed.rows.count). Find critical columns with `asset_explorer` \
                (`critical_data_element` Yes, `object_type` oecolumn), and give their ids as `objects`.
                """
            )
        }
        if let advice = rows.advice { text.note(advice) }
    }

    private func write(_ row: QualityAssessment.Row, to text: inout Markdown) {
        text.line("\(bold: row.name ?? "(no name)")")
        if let rule = row.businessRule { text.bullet("Business rule: \(excerpt: rule, upTo: Self.longestText)") }
        if let about = row.description {
            let plain = RichText(about, .html).plainText
            text.bullet("Description: \(excerpt: plain, upTo: Self.longestText)")
        }
        if let message = row.descriptionMessage { text.bullet("\(escaped: message)") }
        let candidates = row.candidates.filter { !$0.isInternal }
        if !candidates.isEmpty {
            let shown = candidates.prefix(Self.mostCandidates).map { Self.line(of: $0) }
            let more: Inline = candidates.count > shown.count ? ", and \(candidates.count - shown.count) more" : ""
            text.bullet("Checks that may suit: \(shown.joined(separator: ", "))\(more)")
        }
        for (isTied, title) in Self.ties {
            let rules: [Inline] = row.existingRules.filter { $0.isAssociated == isTied }.map { $0.reference }
            guard !rules.isEmpty else { continue }
            text.bullet("\(title) \(rules.joined(separator: ", "))")
        }
        text.bullet("Next for \(row.reference): \(Self.next(for: row))", isNote: true)
    }

    private static let ties: [(isTied: Bool?, title: Inline)] = [
        (true, "Checked by"), (false, "Not yet checked by"), (nil, "Not known whether checked by"),
    ]

    /// Each rule once, however many of the objects it is for.
    private func writeRules(of rows: ArraySlice<QualityAssessment.Row>, to text: inout Markdown) {
        var told = Set<Inline>()
        for rule in rows.flatMap({ $0.existingRules }) where told.insert(rule.reference).inserted {
            if told.count == 1 { text.line("Rules:") }
            let purpose: Inline = rule.purpose.map { ": \(excerpt: $0, upTo: Self.longestText)" } ?? ""
            text.bullet("\(rule.reference) \(bold: rule.name ?? "(no name)")\(purpose)")
        }
    }

    private static func title(of row: QualityAssessment.Row, links: LinkBase) -> Inline {
        let name = row.name ?? "(no name)"
        return row.link.map { "\(link: name, to: links.url($0))" } ?? "\(escaped: name)"
    }

    private static func rule(of row: QualityAssessment.Row) -> Inline {
        guard let rule = row.recommendedRule else { return "none" }
        return rule.id.map { "\(escaped: rule.name) \(code: "dqrule \($0)")" } ?? "\(escaped: rule.name)"
    }

    private static func line(of candidate: QualityAssessment.Candidate) -> Inline {
        let reasons = [
            candidate.score.map { "\(($0 * 100).rounded() / 100)" }, candidate.reason.map { "by \($0)" },
        ].compactMap { $0 }
        guard !reasons.isEmpty else { return "\(escaped: candidate.function)" }
        return "\(escaped: candidate.function) (\(escaped: reasons.joined(separator: ", ")))"
    }

    private static func next(for row: QualityAssessment.Row) -> Inline {
        if row.existingRules.contains(where: { $0.isAssociated == true }) {
            return "nothing, the recommended check is in place."
        }
        if let id = row.existingRules.lazy.compactMap({ $0.id }).first {
            return "`dq_rule_manager` with `step` `associate` and `dqrule_id` \(id)."
        }
        guard row.function == nil else { return "`dq_rule_manager` with `step` `create_standard`." }
        return "`dq_rule_advisor` with `step` `generate_query` and the requirement as `business_rule`."
    }
}

extension QualityAssessment.Row {
    /// Type and id, as other tools take them.
    var reference: Inline { "\(code: [type, id.map { String($0) }].compactMap { $0 }.joined(separator: " "))" }
}

extension QualityAssessment.ExistingRule {
    var reference: Inline { id.map { "\(code: "dqrule \($0)")" } ?? "" }
}
