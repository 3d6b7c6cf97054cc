package import JSON

/// Which template a ticket is to follow.
package struct ServiceRequestQuery: Hashable, Sendable {
    package var kind: String?
    package var objectType: String?
    package var connectionType: String?
    package var connectionName: String?
    package var connection: Int?
    package var template: Int?
    /// The first of those that the ticket is about.
    package var object: Int?

    package init() {}
}

/// A ticket as it is filed.
package struct ServiceRequestDraft: Hashable, Sendable {
    package let template: Int
    package let summary: String
    package var description: String?
    package var objectType: String?
    package var objects: [Int] = []
    package var fields = JSONObject()
    package var additionalFields = JSONObject()

    package init(template: Int, summary: String) {
        self.template = template
        self.summary = summary
    }

    package var body: JSON {
        .members(
            ("ticketTemplateId", .int(template)),
            ("summary", .string(summary)),
            ("description", description.map { .string($0) }),
            ("objectId", Self.value(of: objects)),
            ("objectType", objectType.map { .string($0) }),
            ("ticketFields", fields.isEmpty ? nil : .object(fields)),
            ("customFields", additionalFields.isEmpty ? nil : .object(additionalFields))
        )
    }

    /// One id is a number, several are a text with commas; nil for none.
    package static func value(of objects: [Int]) -> JSON? {
        guard let first = objects.first else { return nil }
        return objects.count == 1 ? .int(first) : .string(objects.map { String($0) }.joined(separator: ","))
    }
}

extension APIRequest {
    package static func serviceRequestTemplate(
        for query: ServiceRequestQuery
    ) -> Self where Reply == Envelope<ServiceRequestTemplate> {
        .get(
            "/api/v1/mcp/service-request-templates",
            [
                ("requestType", query.kind), ("requestObjectType", query.objectType),
                ("connType", query.connectionType), ("connectionName", query.connectionName),
                ("connectionId", query.connection.map { String($0) }),
                ("ticketTemplateId", query.template.map { String($0) }), ("objectId", query.object.map { String($0) }),
            ]
        )
    }

    package static func createServiceRequest(_ draft: ServiceRequestDraft) -> Self where Reply == JSON {
        .command("/api/v1/mcp/service-requests", draft.body)
    }
}
