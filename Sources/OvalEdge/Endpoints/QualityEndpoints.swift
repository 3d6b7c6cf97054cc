package import JSON

/// One table, column, file or file column, as requests about data quality name it.
package struct QualityObject: Hashable, Sendable {
    package let id: Int
    package let type: ObjectType

    package init(id: Int, type: ObjectType) {
        self.id = id
        self.type = type
    }

    /// Whether a reply means this object; a release may leave out the type, or have another name for it.
    package func isNamed(_ id: Int?, _ type: String?) -> Bool {
        self.id == id && (type.flatMap { ObjectType(rawValue: $0) }?.isSameKind(as: self.type) ?? true)
    }

    package var json: JSON { ["objectId": .int(id), "objectType": .string(type.nameForWriting)] }
}

/// Which objects are looked at for data quality, and by what a check for them is chosen.
package struct QualityScope: Hashable, Sendable {
    /// The most that are looked at in one request.
    package static let highestLimit = 100

    package var objects: [QualityObject] = []
    /// All critical data elements, instead of named objects.
    package var discoversCriticalElements = false
    package var limit = 50
    package var customFieldName: String?
    package var termName: String?
    package var preferredFunction: String?
    package var excludedFunctions: [String] = []
    package var supplementalCriteria: String?

    package init() {}

    package var body: JSON { body() }

    func body(_ more: (String, JSON?)...) -> JSON {
        let members: [(String, JSON?)] =
            [("discoverCdeColumns", .bool(discoversCriticalElements))] + more + [
                ("limit", .int(limit)),
                ("objects", objects.isEmpty ? nil : .array(objects.map { $0.json })),
                ("descriptionCustomFieldName", customFieldName.map { .string($0) }),
                ("descriptionTermName", termName.map { .string($0) }),
                ("supplementalCriteriaText", supplementalCriteria.map { .string($0) }),
                ("preferredFunctionName", preferredFunction.map { .string($0) }),
                ("excludedFunctionNames", excludedFunctions.isEmpty ? nil : .strings(excludedFunctions)),
            ]
        return .object(JSONObject(members.compactMap { name, value in value.map { .init(name, $0) } }))
    }
}

/// The three queries of a rule in SQL: what must hold, how much of it does, and which values do not.
package struct QualityQuerySet: Hashable, Sendable {
    package let rule: String
    package let stats: String
    package let failedValues: String

    package init(rule: String, stats: String, failedValues: String) {
        self.rule = rule
        self.stats = stats
        self.failedValues = failedValues
    }

    /// With a title for people, in the order in which they are read.
    package var titled: [(title: String, text: String)] {
        [("Rule query", rule), ("Statistics query", stats), ("Failed values query", failedValues)]
    }
}

extension APIRequest {
    package static func qualityRules(id: Int, limit: Int) -> Self where Reply == Envelope<QualityRules> {
        .get("/api/v1/mcp/lookup-dq-rules", [("objectId", String(id)), ("limit", String(limit))])
    }

    package static func qualityRules(named name: String, limit: Int) -> Self where Reply == Envelope<QualityRules> {
        .get("/api/v1/mcp/lookup-dq-rules", [("ruleName", name), ("limit", String(limit))])
    }

    package static func assessQuality(_ scope: QualityScope) -> Self where Reply == Envelope<QualityAssessment> {
        .query("/api/v1/mcp/dq-intelligence/assess-cde", scope.body)
    }

    package static func generateQueries(
        for object: QualityObject,
        rule: String?,
        description: String?
    ) -> Self where Reply == Envelope<GeneratedQueries> {
        .query(
            "/api/v1/mcp/dq-intelligence/generate-queries",
            .members(
                ("objectId", object.json["objectId"]),
                ("objectType", object.json["objectType"]),
                ("businessRule", rule.map { .string($0) }),
                ("businessDescription", description.map { .string($0) })
            )
        )
    }
}

extension APIRequest where Reply == JSON {
    /// Runs the queries on the source, so it is no mere question.
    package static func validateQueries(_ queries: QualityQuerySet, connection: Int, schema: Int) -> Self {
        .command(
            "/api/v1/mcp/dq-intelligence/validate-queries",
            [
                "connectionId": .int(connection), "schemaId": .int(schema), "ruleQuery": .string(queries.rule),
                "statsQuery": .string(queries.stats), "failedValuesQuery": .string(queries.failedValues),
            ]
        )
    }
}
