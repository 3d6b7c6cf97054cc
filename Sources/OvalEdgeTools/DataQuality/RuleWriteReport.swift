import JSON
import MCP
import OvalEdge

/// What became of rules that were to be made or tied to objects, and what the catalog says of them now.
struct RuleWriteReport {
    private static let mostReadBack = 10

    private let data: JSON
    private let titles: [Int: String]

    /// `titles` are the objects' names by their ids.
    init(_ reply: JSON, titles: [Int: String]) {
        data = reply.payload
        self.titles = titles
    }

    func answer(from ovalEdge: OvalEdgeAPI) async -> Answer {
        var text = Markdown()
        text.heading(3, "Written to OvalEdge")
        let counts = ["created", "associated", "skipped", "failed"].compactMap { name in
            data["\(name)Count"]?.wholeNumber.map { "\($0) \(name)" }
        }
        if !counts.isEmpty { text.bullet("\(escaped: counts.joined(separator: ", "))") }
        if let status = data.text("status", "statusMessage") { text.bullet("OvalEdge says: \(escaped: status)") }
        for row in rows { text.bullet(line(of: row)) }
        var now: [JSONObject.Member] = []
        for id in ruleIDs.prefix(Self.mostReadBack) {
            let rule = try? await ovalEdge.send(.qualityRules(id: id, limit: 1)).opened().rules.first
            let line: Inline = rule?.line(links: ovalEdge.links) ?? "\(code: "dqrule \(id)") could not be read back"
            text.bullet("Now in OvalEdge: \(line)")
            now.append(.init("dqrule \(id)", rule?.name.map { .string(Untrusted.cleaned($0)) } ?? .null))
        }
        if ruleIDs.count > now.count { text.line("\(ruleIDs.count - now.count) more rules were not read back.") }
        return Answer(
            text.text,
            structured: [
                "ok": true, "written": true, "workflowPhase": "done", "data": Untrusted.cleaned(data),
                "now": .object(JSONObject(now)),
            ]
        )
    }

    private var rows: [JSON] { data["rows"]?.array ?? [] }

    /// Those that something was done with, each once.
    private var ruleIDs: [Int] {
        var seen = Set<Int>()
        let done = rows.filter { ["created", "associated"].contains($0["status"]?.string ?? "") }
        let ids = done.map { $0["dqruleId"]?.wholeNumber } + [data["dqruleId"]?.wholeNumber]
        return ids.compactMap { $0 }.filter { seen.insert($0).inserted }
    }

    private func line(of row: JSON) -> Inline {
        let id = row["objectId"]?.wholeNumber
        let title =
            id.flatMap { titles[$0] }
            ?? [row.text("objectType"), id.map { String($0) }]
            .compactMap { $0 }.joined(separator: " ")
        var line: Inline = "\(bold: title): \(escaped: Self.word(for: row.text("status") ?? "no word"))"
        if let rule = row.text("ruleName") { line += ", rule \(escaped: rule)" }
        if let rule = row["dqruleId"]?.wholeNumber { line += " \(code: "dqrule \(rule)")" }
        for message in [row.text("criteriaMessage"), row.text("message")].compactMap({ $0 }) {
            line += " — \(escaped: message)"
        }
        return line
    }

    /// The product's states, as people say them.
    private static func word(for status: String) -> String {
        switch status {
        case "criteria_missing": "no rule, because its criteria are missing: give `supplemental_criteria_text`"
        case "function_not_identified": "no rule, because no function suits it"
        default: status
        }
    }
}
