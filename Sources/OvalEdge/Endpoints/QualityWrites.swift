package import JSON

/// A rule in SQL for one object, and for others that share it.
package struct SQLRule: Hashable, Sendable {
    package let name: String
    package let objects: [QualityObject]
    package let recommendedFunction: String
    package var queries: QualityQuerySet?
    /// A stored query that the rule is made of.
    package var codeObject: Int?
    package var connection: Int?
    package var schema: Int?
    package var purpose: String?

    /// `objects` holds one at least.
    package init(name: String, objects: [QualityObject], recommendedFunction: String) {
        self.name = name
        self.objects = objects
        self.recommendedFunction = recommendedFunction
    }

    package var body: JSON {
        let others = objects.dropFirst().map { $0.json }
        return .members(
            ("objectId", objects.first?.json["objectId"]),
            ("objectType", objects.first?.json["objectType"]),
            ("ruleName", .string(name)),
            ("ruleQuery", queries.map { .string($0.rule) }),
            ("statsQuery", queries.map { .string($0.stats) }),
            ("failedValuesQuery", queries.map { .string($0.failedValues) }),
            ("codeObjectId", codeObject.map { .int($0) }),
            ("connectionId", connection.map { .int($0) }),
            ("schemaId", schema.map { .int($0) }),
            ("purpose", purpose.map { .string($0) }),
            ("recommendedFunction", .string(recommendedFunction)),
            ("additionalObjects", others.isEmpty ? nil : .array(others))
        )
    }
}

extension APIRequest where Reply == JSON {
    /// Rules of the standard functions that suit the objects of `scope`.
    package static func createRules(
        _ scope: QualityScope,
        prefersExisting: Bool,
        skipsDuplicates: Bool
    ) -> Self {
        let body = scope.body(
            ("preferExistingRule", .bool(prefersExisting)),
            ("skipDuplicateFunctionOnObject", .bool(skipsDuplicates))
        )
        return .command("/api/v1/mcp/dq-intelligence/create-rules", body)
    }

    package static func createRule(_ rule: SQLRule) -> Self {
        .command("/api/v1/mcp/dq-intelligence/create-sql-rule", rule.body)
    }

    package static func associateRule(_ id: Int, with objects: [QualityObject], skipsAssociated: Bool) -> Self {
        .command(
            "/api/v1/mcp/dq-intelligence/associate-rule-objects",
            [
                "dqruleId": .int(id), "skipAlreadyAssociated": .bool(skipsAssociated),
                "objects": .array(objects.map { $0.json }),
            ]
        )
    }
}
