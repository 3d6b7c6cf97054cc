import JSON
import MCP
import OvalEdge
import Rendering
import Writes

/// The outcome for rules that were to be created or associated with objects, and how the catalog holds them now.
struct RuleWriteReport {
    private static let mostReadBack = 10

    private let reply: JSON
    private let data: JSON
    private let target: String
    private let titles: ObjectTitles

    init(_ reply: JSON, of target: String, titles: ObjectTitles) {
        self.reply = reply
        data = reply.payload
        self.target = target
        self.titles = titles
    }

    func result(from ovalEdge: OvalEdgeAPI) async -> WriteResult {
        let outcome = outcome
        var text = Markdown()
        text.heading(3, Self.heading(outcome), isNote: true)
        let counts = Self.counts.compactMap { name in
            data["\(name)Count"]?.wholeNumber.map { "\($0) \(name)" }
        }
        if !counts.isEmpty { text.bullet("\(escaped: counts.joined(separator: ", "))") }
        if let status = data.text("status", "statusMessage") { text.bullet("OvalEdge reports: \(escaped: status)") }
        for row in rows { text.bullet(line(of: row), isNote: row.text("status") == Self.withoutCriteria) }
        var now: [JSONObject.Member] = []
        for id in ruleIDs.prefix(Self.mostReadBack) {
            let rule =
                await ovalEdge.readBack { try await $0.send(.qualityRules(id: id, limit: 1)).opened().rules.first }
                ?? nil
            let line: Inline = rule?.line(links: ovalEdge.links) ?? "\(code: "dqrule \(id)") could not be read back"
            text.bullet("Now in OvalEdge: \(line)", isNote: rule == nil)
            now.append(.init("dqrule \(id)", rule?.name.map { .string(Untrusted.cleaned($0)) } ?? .null))
        }
        if ruleIDs.count > now.count { text.note("\(ruleIDs.count - now.count) more rules were not read back.") }
        guard outcome != .unknown, outcome != .failed else {
            var answer = Answer.failure(text.text + (outcome == .unknown ? "\n\n\(WriteReport.doubt(of: target))" : ""))
            answer.meta = [FailureLabel.key: FailureLabel.doubt]
            return WriteResult(outcome, answer)
        }
        let structured: JSON = .members(
            ("ok", true),
            ("written", outcome.isWritten.map { .bool($0) }),
            ("status", .string(outcome.rawValue)),
            ("workflowPhase", "done"),
            ("data", Untrusted.cleaned(data)),
            ("now", .object(JSONObject(now)))
        )
        return WriteResult(outcome, Answer(text, structured: structured))
    }

    private static let withoutCriteria = "criteria_missing"

    private static func heading(_ outcome: WriteOutcome) -> Inline {
        switch outcome {
        case .done: "Written to OvalEdge"
        case .partlyDone: "Partly written to OvalEdge"
        case .unchanged, .failed, .refused: "OvalEdge changed nothing"
        default: "OvalEdge did not report the result"
        }
    }

    /// By the rows where there are any, else by the counts or by the id of the new rule.
    private var outcome: WriteOutcome {
        let states = rows.compactMap { $0.text("status") }
        let (done, skipped, all) =
            states.isEmpty
            ? (count("created") + count("associated"), count("skipped"), counted)
            : (states.count { Self.made.contains($0) }, states.count { $0 == "skipped" }, states.count)
        if all > 0 {
            if done > 0 { return done + skipped == all ? .done : .partlyDone }
            return skipped == all ? .unchanged : .failed
        }
        return Claim.creation(reply, id: data["dqruleId"]?.wholeNumber.map { String($0) }).outcome(seen: [])
    }

    private static let made: Set = ["created", "associated"]

    private var counted: Int { Self.counts.reduce(0) { $0 + count($1) } }

    private func count(_ name: String) -> Int { min(max(data["\(name)Count"]?.wholeNumber ?? 0, 0), 1_000_000) }

    private static let counts = ["created", "associated", "skipped", "failed"]

    private var rows: [JSON] { data["rows"]?.array ?? [] }

    /// Those that something was done with, each once.
    private var ruleIDs: [Int] {
        var seen = Set<Int>()
        let done = rows.filter { Self.made.contains($0["status"]?.string ?? "") }
        let ids = done.map { $0["dqruleId"]?.wholeNumber } + [data["dqruleId"]?.wholeNumber]
        return ids.compactMap { $0 }.filter { seen.insert($0).inserted }
    }

    private func line(of row: JSON) -> Inline {
        let id = row["objectId"]?.wholeNumber
        let title =
            titles[id, row.text("objectType")]
            ?? [row.text("objectType"), id.map { String($0) }]
            .compactMap { $0 }.joined(separator: " ")
        var line: Inline = "\(bold: title): \(escaped: Self.word(for: row.text("status") ?? "no status"))"
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
        case withoutCriteria: "no rule, because its criteria are missing: give `supplemental_criteria_text`"
        case "function_not_identified": "no rule, because no function suits it"
        default: status
        }
    }
}
