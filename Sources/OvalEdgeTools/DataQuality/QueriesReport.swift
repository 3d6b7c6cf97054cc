import JSON
import MCP
import OvalEdge
import Rendering
import Writes

/// The drafted queries of a rule, or why it has no queries, and what to do next.
struct QueriesReport {
    private let generated: GeneratedQueries
    private let target: QualityTarget

    init(_ generated: GeneratedQueries, for target: QualityTarget) {
        self.generated = generated
        self.target = target
    }

    func write(to text: inout Markdown) {
        text.heading(3, "Queries for \(code: target.reference): \(escaped: generated.status)")
        if let message = generated.message { text.bullet("\(escaped: message)") }
        if let function = generated.function { text.bullet("Function: \(escaped: function)") }
        if let connection = generated.connection { text.bullet("`connection_id`: \(connection)") }
        if let schema = generated.schema { text.bullet("`schema_id`: \(schema)") }
        if let queries = generated.queries { text.queries(queries) }
        text.line("")
        text.note("Next: \(next)")
    }

    private var next: Inline {
        switch generated.outcome {
        case .generated where generated.queries != nil:
            """
            show the queries and ask for corrections, then `validate_query` with them and these ids, if that step is \
            enabled; then `dq_rule_manager` with `step` `create_custom_sql` and the function as \
            `recommended_function`.
            """
        case .crossSchema: "describe a rule for one schema only; OvalEdge creates no rule across schemas."
        case .standardFunction: "no SQL is needed: `dq_rule_manager` with `step` `create_standard`."
        case .codeFound: reuse
        case .generated, .notIdentified:
            "state more exactly what must hold, as `business_rule`, and call again; or continue with the person's own queries."
        case nil: "unknown outcome; ask the person how to continue."
        }
    }

    /// Code that does it is there already.
    private var reuse: Inline {
        switch generated.reuse {
        case .alreadyAssociated: "nothing, a rule from existing code already checks this object."
        case .associateRule:
            generated.codeRule.map { "`dq_rule_manager` with `step` `associate` and `dqrule_id` \($0)." }
                ?? "find the rule of that code with `step` `lookup`, then `dq_rule_manager` with `step` `associate`."
        case .createFromCode, nil:
            generated.codeObject.map {
                "`dq_rule_manager` with `step` `create_custom_sql`, `code_object_id` \($0) and the connection's id."
            } ?? "choose one of the matching code objects, then `dq_rule_manager`."
        }
    }
}

/// The outcome of three queries that were run on the source.
struct ValidationReport {
    private let data: JSON

    init(_ reply: JSON) { data = reply.payload }

    /// Whether the queries were judged, which is what was asked for, however the judgement is.
    var isResult: Bool {
        data["canCreateRule"]?.flag != nil || data["valid"]?.flag != nil
            || data["results"]?.array?.contains { $0["valid"]?.flag != nil } == true
    }

    func result(of target: String) -> WriteResult {
        guard isResult else {
            let what =
                "OvalEdge returned no result: whether the queries were run on \(target) is unknown."
            var answer = Answer.failure("\(what) Ask your OvalEdge administrators before you retry.")
            answer.meta = [FailureLabel.key: FailureLabel.doubt]
            return WriteResult(.unknown, answer)
        }
        return WriteResult(.done, answer)
    }

    private var answer: Answer {
        let canCreate = data["canCreateRule"]?.flag ?? false
        var text = Markdown()
        text.heading(
            3,
            canCreate ? "A rule can be created from these queries" : "No rule can be created from these queries"
        )
        for result in data["results"]?.array ?? [] {
            let state: Inline =
                switch result["valid"]?.flag {
                case true?: "valid"
                case false?: "not valid"
                case nil: "not known to be valid"
                }
            let message: Inline = result.text("message").map { ": \(escaped: $0)" } ?? ""
            text.bullet("\(escaped: result.text("queryType") ?? "query") query is \(state)\(message)")
        }
        if let message = data.text("message") { text.bullet("\(escaped: message)") }
        text.note(
            canCreate
                ? "Next: `dq_rule_manager` with `step` `create_custom_sql` and the same queries."
                : "Next: fix what is not valid, show it to the person, and validate again."
        )
        return Answer(
            text,
            structured: [
                "ok": true, "workflowPhase": "validate_queries", "canCreateRule": .bool(canCreate),
                "data": Untrusted.cleaned(data),
            ]
        )
    }
}

extension QualityQuerySet {
    /// The three queries in the body of a request, as a person is shown them.
    static let shown: [Change.Part] = [
        .code("Rule query", at: ["ruleQuery"], in: "sql"), .code("Statistics query", at: ["statsQuery"], in: "sql"),
        .code("Failed values query", at: ["failedValuesQuery"], in: "sql"),
    ]
}

extension Markdown {
    /// The three queries of a rule, to be read and copied letter by letter.
    mutating func queries(_ queries: QualityQuerySet) {
        for query in queries.titled {
            line("")
            line("\(bold: query.title)")
            code(query.text, in: "sql")
        }
    }
}
