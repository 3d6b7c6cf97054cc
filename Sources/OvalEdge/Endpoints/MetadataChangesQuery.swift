import JSON

/// Which crawls to compare, and of what; what is nil or empty is not sent, and nothing at all asks for the newest ones.
package struct MetadataChangesQuery: Hashable, Sendable {
    package var question: String?
    package var connectionName: String?
    package var schemaNames: [String] = []
    package var tableNames: [String] = []
    package var fromTimestamp: String?
    package var toTimestamp: String?
    package var days: Int?
    package var weeks: Int?
    package var fromCrawl: Int?
    package var toCrawl: Int?

    package init() {}

    var body: JSON {
        .members(
            ("question", question.map { .string($0) }),
            ("connectionName", connectionName.map { .string($0) }),
            ("schemaNames", schemaNames.isEmpty ? nil : .strings(schemaNames)),
            ("tableNames", tableNames.isEmpty ? nil : .strings(tableNames)),
            ("fromTimestamp", fromTimestamp.map { .string($0) }),
            ("toTimestamp", toTimestamp.map { .string($0) }),
            ("lastNDays", days.map { .int($0) }),
            ("lastNWeeks", weeks.map { .int($0) }),
            ("fromCrawlId", fromCrawl.map { .int($0) }),
            ("toCrawlId", toCrawl.map { .int($0) })
        )
    }
}

extension APIRequest {
    package static func metadataChanges(_ query: MetadataChangesQuery) -> Self
    where Reply == Envelope<MetadataChanges> {
        .query("/api/v1/mcp/metadata-changes-between-crawls", query.body)
    }
}
