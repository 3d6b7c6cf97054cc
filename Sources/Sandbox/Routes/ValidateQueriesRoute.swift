import HTTP
import JSON

/// `POST dq-intelligence/validate-queries`: whether three queries run, and on one schema.
enum ValidateQueriesRoute {
    private static let queries = [
        ("rule", "ruleQuery"), ("stats", "statsQuery"), ("failedValues", "failedValuesQuery"),
    ]

    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let connection = body["connectionId"]?.int, let id = body["schemaId"]?.int else {
            return .refusal(.badRequest, "connectionId and schemaId are required")
        }
        guard let schema = catalog.asset(id, type: "oeschema"), schema.parent == connection else {
            return .refusal(.badRequest, "No schema \(id) on connection \(connection)")
        }
        let tables = Set(catalog.children(of: schema).map { $0.name.lowercased() })
        let results = queries.map { type, member -> JSON in
            let problem = problem(of: body[member]?.string?.nonBlank ?? "", tables)
            return ["queryType": .string(type), "valid": .bool(problem == nil), "message": .string(problem ?? "")]
        }
        let canCreate = results.allSatisfy { $0["valid"] == true }
        return .json([
            "ok": true,
            "data": [
                "canCreateRule": .bool(canCreate), "ruleQueryValid": results[0]["valid"] ?? false,
                "results": .array(results),
            ],
        ])
    }

    /// Nil for a query that reads a table of the schema.
    static func problem(of query: String, _ tables: Set<String>) -> String? {
        let words = query.words
        guard let first = words.first else { return "The query is empty" }
        guard first == "select" || first == "with" else { return "Only SELECT may run, not \(first.uppercased())" }
        return words.contains { tables.contains($0) } ? nil : "The query reads no table of the schema"
    }
}
