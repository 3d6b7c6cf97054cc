package import JSON
package import MCP
package import OvalEdge
import Text
package import Writes

package struct DQRuleManager: WritingTool {
    package static let family = WriteFamily.quality
    package static let definition = ToolDefinition(
        name: "dq_rule_manager",
        title: "DQ rule manager",
        effect: .adds,
        searchHint: "create data quality rule check",
        summary: "Create data quality rules, or associate existing ones with objects, after a person has agreed.",
        guidance: """
            Steps: create_standard creates rules from the standard functions that suit the objects, or all critical \
            data elements; create_custom_sql creates one rule from three queries, drafted and validated with \
            `dq_rule_advisor`, or from a stored query; associate applies an existing rule to objects. Use it where a rule is missing: first check with \
            `dq_rule_advisor` which rules exist: reuse is better than a duplicate, and create_standard shows existing \
            rules instead of creating another, unless prefer_existing_rule is false. Nothing is created before the \
            person has seen the preview and agreed to it.
            """
    )

    package enum Step: String, ArgumentChoice {
        case createStandard = "create_standard"
        case createCustomSQL = "create_custom_sql"
        case associate
    }

    let step: Step
    let discoverCDEColumns: Bool
    let objects: [QualityTarget]
    let limit: Int
    let preferExistingRule: Bool
    let skipDuplicateFunctionOnObject: Bool
    let descriptionCustomFieldName: String?
    let descriptionTermName: String?
    let supplementalCriteriaText: String?
    let preferredFunctionName: String?
    let excludedFunctionNames: [String]
    let dqRuleID: ObjectID?
    let ruleName: String?
    let skipAlreadyAssociated: Bool
    let sqlRuleName: String?
    let ruleQuery: String?
    let statsQuery: String?
    let failedValuesQuery: String?
    let purpose: String?
    let recommendedFunction: String?
    let connectionID: ObjectID?
    let schemaID: ObjectID?
    let codeObjectID: ObjectID?
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        step = input.read("step", "What to do.")
        discoverCDEColumns = input.read(
            "discover_cde_columns",
            "create_standard: all critical data elements.",
            default: false
        )
        objects = input.read("objects", "The objects to check.", default: [])
        limit = input.read(
            "limit",
            "create_standard: how many objects at most, up to 100.",
            in: .counting,
            default: 50
        )
        preferExistingRule = input.read(
            "prefer_existing_rule",
            "create_standard: show existing rules instead of creating more.",
            default: true
        )
        skipDuplicateFunctionOnObject = input.read(
            "skip_duplicate_function_on_object",
            "create_standard: create no second rule of one function for an object.",
            default: true
        )
        descriptionCustomFieldName = input.read(
            "description_custom_field_name",
            "create_standard: custom field that holds the business rule."
        )
        descriptionTermName = input.read("description_term_name", "create_standard: term whose description holds it.")
        supplementalCriteriaText = input.read(
            "supplemental_criteria_text",
            "create_standard: criteria that are not in the catalog, such as bounds."
        )
        preferredFunctionName = input.read("preferred_function_name", "create_standard: function to prefer.")
        excludedFunctionNames = input.read(
            "excluded_function_names",
            "create_standard: functions not to use.",
            default: []
        )
        dqRuleID = input.read("dqrule_id", "associate: id of the rule.")
        ruleName = input.read("rule_name", "associate: name of the rule, instead of its id.")
        skipAlreadyAssociated = input.read(
            "skip_already_associated",
            "associate: skip objects that have the rule.",
            default: true
        )
        sqlRuleName = input.read("sql_rule_name", "create_custom_sql: name of the new rule.")
        ruleQuery = input.read("rule_query", "create_custom_sql: says what must hold, as validated.")
        statsQuery = input.read("stats_query", "create_custom_sql: counts how much of it does.")
        failedValuesQuery = input.read("failed_values_query", "create_custom_sql: lists the values that do not.")
        purpose = input.read("purpose", "create_custom_sql: what the rule is for.")
        recommendedFunction = input.read("recommended_function", "create_custom_sql: as generate_query returned it.")
        connectionID = input.read("connection_id", "create_custom_sql: as generate_query returned it.")
        schemaID = input.read("schema_id", "create_custom_sql: as generate_query returned it.")
        codeObjectID = input.read("code_object_id", "create_custom_sql: a stored query, instead of three queries.")
        agreement = Agreement(&input)
        check(&input)
    }

    package static let outputSchema: JSON = {
        var schema = WriteReport.outputSchema
        schema["properties"]?["workflowPhase"] = ["type": "string", "description": "The current phase."]
        schema["properties"]?["requiresRuleSelection"] = [
            "type": "boolean", "description": "True: rules exist; nothing was written.",
        ]
        schema["properties"]?["existingRuleChoices"] = ["type": "array", "items": ["type": "object"]]
        return schema
    }()
}

extension DQRuleManager {
    /// Each object is looked up before a rule is tied to it.
    private static let mostObjects = 50

    /// What models write when there is no function; the product refuses these.
    private static let noFunctions: Set<String> = [
        "customsql", "notidentified", "none", "null", "n/a", "na", "unknown", "notavailable",
    ]

    private func check(_ input: inout Arguments) {
        guard input.mistakes.isEmpty else { return }
        switch step {
        case .createStandard:
            if objects.isEmpty != discoverCDEColumns {
                input.note("The step create_standard takes either `objects` or `discover_cde_columns`: true.")
            }
            if objects.count > QualityScope.highestLimit {
                input.note("objects", "can be at most \(QualityScope.highestLimit) in one call.")
            }
            return
        case .createCustomSQL: checkRule(&input)
        case .associate:
            if (dqRuleID == nil) == (ruleName == nil) {
                input.note("The step associate takes either `dqrule_id` or `rule_name`.")
            }
        }
        if objects.isEmpty { input.note("objects", "must name one object at least for the step \(step.rawValue).") }
        if objects.count > Self.mostObjects { input.note("objects", "can be at most \(Self.mostObjects) in one call.") }
    }

    private func checkRule(_ input: inout Arguments) {
        if newName == nil { input.note("sql_rule_name", "is needed for the step create_custom_sql.") }
        let queries = [
            ("rule_query", ruleQuery), ("stats_query", statsQuery), ("failed_values_query", failedValuesQuery),
        ]
        if codeObjectID == nil || queries.contains(where: { $0.1 != nil }) {
            for (name, query) in queries where query == nil {
                input.note(name, "is needed: the three queries go together, unless a `code_object_id` stands for them.")
            }
        }
        guard let recommendedFunction else {
            return input.note("recommended_function", "is needed: `generate_query` of dq_rule_advisor returns it.")
        }
        if Self.noFunctions.contains(Suggestion.folded(recommendedFunction)) {
            input.note("recommended_function", "must be the name of a function, as `generate_query` returns it.")
        }
    }

    var newName: String? { sqlRuleName ?? ruleName }

    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        switch step {
        case .createStandard: try await creation(from: ovalEdge)
        case .createCustomSQL: try await sqlRule(from: ovalEdge)
        case .associate: try await association(from: ovalEdge)
        }
    }

    static func missing(_ references: [String]) -> Answer {
        let list = references.map { "`\($0)`" }.joined(separator: ", ")
        return .failure(
            "The catalog does not have \(list), or this account cannot see it; nothing was written for any of "
                + "the objects. Look their ids up with a search, or omit them."
        )
    }

    func write(
        of target: String,
        _ change: Change,
        _ request: APIRequest<JSON>,
        refusal: @escaping @Sendable (JSON) -> OvalEdgeError? = { Refusal($0)?.error },
        report: @escaping @Sendable (JSON, OvalEdgeAPI) async -> WriteResult
    ) -> Write {
        Write(
            tool: Self.definition.name,
            family: Self.family,
            target: target,
            change: change,
            request: request,
            refusal: refusal,
            report: report
        )
    }
}
