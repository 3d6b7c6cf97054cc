package import JSON
package import MCP
package import OvalEdge
package import Writes

package struct DQRuleAdvisor: WritingTool {
    package static let family = WriteFamily.quality
    package static let definition = ToolDefinition(
        name: "dq_rule_advisor",
        title: "DQ rule advisor",
        effect: .runs,
        searchHint: "data quality rules, checks, coverage, which columns lack a rule",
        summary: "Find data quality rules, see which objects lack them, and get a check or SQL queries for those.",
        guidance: """
            Steps: assess shows for objects, or for all critical columns, which rules they have and which standard \
            function suits them; lookup finds rules by id or name; generate_query drafts the three SQL \
            queries of a rule for one object, where no standard function fits; validate_query, if enabled, runs these \
            queries on the source, after a person has agreed, and says whether a rule can be created from them.

            Start with assess; `asset_explorer` gives the ids of columns. Rules are created by `dq_rule_manager`, if \
            enabled. Terms: a critical data element is an asset marked as critical; the rule query says what must \
            hold, the statistics query how much of it does, the failed values query which values do not.
            """
    )

    package enum Step: String, ArgumentChoice {
        case assess
        case generateQuery = "generate_query"
        case validateQuery = "validate_query"
        case lookup
    }

    let step: Step
    let discoverCDEColumns: Bool
    let objects: [QualityTarget]
    let limit: Int?
    let only: AssessedOnly?
    let firstRow: Int
    let descriptionCustomFieldName: String?
    let descriptionTermName: String?
    let preferredFunctionName: String?
    let excludedFunctionNames: [String]
    let businessRule: String?
    let businessDescription: String?
    let ruleQuery: String?
    let statsQuery: String?
    let failedValuesQuery: String?
    let connectionID: ObjectID?
    let schemaID: ObjectID?
    let objectID: ObjectID?
    let ruleName: String?
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        step = input.read("step", "What to do.")
        discoverCDEColumns = input.read("discover_cde_columns", "assess: all critical data elements.", default: false)
        objects = input.read("objects", "assess, generate_query: the objects; generate_query takes one.", default: [])
        limit = input.read(
            "limit",
            "assess: at most 1000, usually all; lookup: at most 100, usually 25.",
            in: .counting
        )
        only = input.read("only", "assess: only these objects.")
        firstRow = input.read("first_row", "assess: number of the object to begin with.", in: .counting, default: 1)
        descriptionCustomFieldName = input.read(
            "description_custom_field_name",
            "assess: custom field that holds the business rule."
        )
        descriptionTermName = input.read("description_term_name", "assess: term whose description holds it.")
        preferredFunctionName = input.read("preferred_function_name", "assess: standard function to prefer.")
        excludedFunctionNames = input.read(
            "excluded_function_names",
            "assess: standard functions not to recommend.",
            default: []
        )
        businessRule = input.read("business_rule", "generate_query: what must hold, in plain words.")
        businessDescription = input.read("business_description", "generate_query: what the object means.")
        ruleQuery = input.read("rule_query", "validate_query: says what must hold.")
        statsQuery = input.read("stats_query", "validate_query: counts how much of it does.")
        failedValuesQuery = input.read("failed_values_query", "validate_query: lists the values that do not.")
        connectionID = input.read("connection_id", "validate_query: as generate_query returned it.")
        schemaID = input.read("schema_id", "validate_query: as generate_query returned it.")
        objectID = input.read("object_id", "lookup: id of the rule.")
        ruleName = input.read("rule_name", "lookup: name of the rule, or a part of it.")
        agreement = Agreement(&input)
        check(&input)
    }

    package static let outputSchema: JSON = {
        var schema = WriteReport.outputSchema
        schema["properties"]?["workflowPhase"] = ["type": "string", "description": "What the step did."]
        schema["properties"]?["connectionId"] = ["type": "integer", "description": "For validate_query."]
        schema["properties"]?["schemaId"] = ["type": "integer", "description": "For validate_query."]
        schema["properties"]?["canCreateRule"] = [
            "type": "boolean", "description": "Whether the queries can make a rule.",
        ]
        schema["properties"]?["total"] = ["type": "integer"]
        schema["properties"]?["assessed"] = ["type": "integer"]
        schema["properties"]?["withoutRule"] = ["type": "integer"]
        schema["properties"]?["nextRow"] = ["type": "integer"]
        schema["properties"]?["complete"] = ["type": "boolean", "description": "Whether the list is complete."]
        return schema
    }()
}

extension DQRuleAdvisor {
    /// All but one of the steps only read.
    package static func isOffered(allowing families: Set<WriteFamily>) -> Bool { true }

    package var mayWrite: Bool { step == .validateQuery }

    package static func steps(beyond families: Set<WriteFamily>) -> Set<String> {
        families.contains(family) ? [] : [Step.validateQuery.rawValue]
    }

    private func check(_ input: inout Arguments) {
        // Without a step there is nothing to hold the others against.
        guard input.mistakes.isEmpty else { return }
        switch step {
        case .assess:
            if objects.isEmpty == discoverCDEColumns { return }
            input.note("The step assess takes either `objects` or `discover_cde_columns`: true.")
        case .generateQuery:
            if objects.count == 1 { return }
            input.note("objects", "must name one object for the step generate_query; call it once for each.")
        case .validateQuery:
            let needed: [(String, Bool)] = [
                ("rule_query", ruleQuery == nil), ("stats_query", statsQuery == nil),
                ("failed_values_query", failedValuesQuery == nil), ("connection_id", connectionID == nil),
                ("schema_id", schemaID == nil),
            ]
            for (name, isMissing) in needed where isMissing {
                input.note(name, "is needed for the step validate_query.")
            }
        case .lookup:
            if (objectID == nil) != (ruleName == nil) { return }
            input.note("The step lookup takes either `object_id` or `rule_name`.")
        }
    }

    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        switch step {
        case .assess: .draft(try await assessment(from: ovalEdge, context.progress))
        case .generateQuery: .draft(try await queries(from: ovalEdge))
        case .validateQuery: .write(try await validation(from: ovalEdge))
        case .lookup: .draft(try await rules(from: ovalEdge))
        }
    }
}
