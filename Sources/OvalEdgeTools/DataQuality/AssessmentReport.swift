import OvalEdge
import Rendering

/// What was found out about the rules of some objects, and what to do next.
struct AssessmentReport {
    private static let mostInDetail = 5
    private static let mostCandidates = 5
    private static let longestText = 240

    private let assessment: QualityAssessment
    private let scope: QualityScope
    private let links: LinkBase
    private let limits: SizeLimits

    init(_ assessment: QualityAssessment, scope: QualityScope, links: LinkBase, in limits: SizeLimits) {
        self.limits = limits
        self.assessment = assessment
        self.scope = scope
        self.links = links
    }

    func write(to text: inout Markdown) {
        let rows = assessment.rows
        let covered = rows.count { $0.hasRule == true }
        let unknown = rows.count { $0.hasRule == nil }
        let have: Inline = rows.count == 1 ? "object has" : "objects have"
        let rest: Inline = unknown > 0 ? "; of \(unknown) it is not known" : ""
        text.heading(3, "Data quality: \(covered) of \(rows.count) \(have) a rule\(rest)")
        guard !rows.isEmpty else {
            return text.note("OvalEdge found none of these objects, or no critical data element among them.")
        }
        text.table(
            ["Object", "Id", "Has a rule", "Recommended check", "Rule for it"],
            limits.of(rows).map { row in
                [
                    Self.title(of: row, links: links), row.reference, Words.flag(row.hasRule),
                    row.function.map { "\(escaped: $0)" } ?? "none identified", Self.rule(of: row),
                ]
            }
        )
        let detailed = rows.prefix(min(limits.items, Self.mostInDetail))
        for row in detailed { write(row, to: &text) }
        writeRules(of: detailed, to: &text)
        if rows.count > Self.mostInDetail {
            text.note("Assess fewer objects to see their descriptions, candidates and rules.")
        }
        if rows.count >= scope.limit {
            text.note("There may be more: `limit` is reached (\(scope.limit), at most 100).")
        } else if rows.count < scope.objects.count {
            text.note(
                "\(scope.objects.count - rows.count) of the objects were not assessed: check their ids and types."
            )
        }
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
