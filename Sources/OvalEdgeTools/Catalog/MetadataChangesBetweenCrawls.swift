package import JSON
package import MCP
package import OvalEdge
package import Rendering

package struct MetadataChangesBetweenCrawls: OneRequestTool {
    package static let definition = ToolDefinition(
        name: "metadata_changes_between_crawls",
        title: "Compare metadata changes",
        effect: .reads,
        searchHint: "schema drift, what changed, columns added or dropped, row counts",
        summary: "Tell what changed in schemas, tables, columns and row counts from one crawl to another.",
        guidance: """
            Use it for "what changed since last week", "which columns were dropped" and "why did the load break". Send \
            what the person named and nothing else: a connection, schemas, tables, and one way to say the period. \
            Without a period the newest crawls are compared. Put the person's words into question, and the kinds of \
            change they ask for into kinds.

            Words: a crawl is OvalEdge's look into a data source; what it found is compared with what it had found \
            before. What an asset is like now is in `asset_details`.
            """,
        view: .metadataChanges
    )

    let question: String?
    let connectionName: String?
    let schemaNames: [String]
    let tableNames: [String]
    let fromTimestamp: Moment?
    let toTimestamp: Moment?
    let lastNDays: Int?
    let lastNWeeks: Int?
    let fromCrawlID: Int?
    let toCrawlID: Int?
    let kinds: [ChangeKind]
    let firstRow: Int
    let detail: Detail

    package init(_ input: inout Arguments) {
        question = input.read("question", "The person's question.")
        connectionName = input.read("connection_name", "Only this connection.")
        schemaNames = input.read("schema_names", "Only these schemas.", default: [])
        tableNames = input.read("table_names", "Only these tables.", default: [])
        fromTimestamp = input.read("from_timestamp", "Begin of the period, such as 2026-01-31T00:00:00.")
        toTimestamp = input.read("to_timestamp", "End of the period.")
        lastNDays = input.read("last_n_days", "The last days, instead of timestamps.", in: .counting)
        lastNWeeks = input.read("last_n_weeks", "The last weeks, instead of days.", in: .counting)
        fromCrawlID = input.read("from_crawl_id", "Id of the earlier crawl.", in: 1...Int.max)
        toCrawlID = input.read("to_crawl_id", "Id of the later crawl.", in: 1...Int.max)
        kinds = input.read("kinds", "Only these kinds of change; data: values only.", default: [])
        firstRow = input.read("first_row", "Row to begin with in each list.", in: .counting, default: 1)
        detail = input.readDetail()
        if lastNDays != nil && lastNWeeks != nil {
            input.note("`last_n_days` and `last_n_weeks` exclude each other; give one of them.")
        }
        if let fromTimestamp, let toTimestamp, fromTimestamp.isLater(than: toTimestamp) {
            input.note("from_timestamp", "must not be after `to_timestamp`.")
        }
        if let fromCrawlID, let toCrawlID, fromCrawlID > toCrawlID {
            input.note("from_crawl_id", "must not be above `to_crawl_id`.")
        }
    }

    package var request: APIRequest<Envelope<MetadataChanges>> {
        var query = MetadataChangesQuery()
        query.question = question
        query.connectionName = connectionName
        query.schemaNames = schemaNames
        query.tableNames = tableNames
        query.fromTimestamp = fromTimestamp?.text
        query.toTimestamp = toTimestamp?.text
        query.days = lastNDays
        query.weeks = lastNWeeks
        query.fromCrawl = fromCrawlID
        query.toCrawl = toCrawlID
        return .metadataChanges(query)
    }

    /// What breaks most comes first.
    private static let brief = SizeLimits(items: 40)

    package func render(_ changes: MetadataChanges, links: LinkBase) -> SizedAnswer {
        let topic = ChangeTopic(question, kinds: kinds, tableNames: tableNames)
        let lists = ChangeLists(changes, topic: topic)
        return SizedAnswer(
            detail.limits(Self.brief),
            more: "`detail` `full` shows more; `kinds` and `table_names` narrow it.",
            beyond: "Narrow it with `kinds`, `table_names` or a shorter period."
        ) { limits in
            let rows = lists.window(from: firstRow, in: limits)
            var text = Markdown()
            MetadataChangesReport(changes, lists, rows, topic: topic, links: links).write(to: &text)
            return Answer(text, structured: changes.structured(lists, rows, links: links, topic: topic))
        }
    }

    package static let outputSchema: JSON = Omissions.added(to: [
        "type": "object",
        "properties": [
            "totalChanges": ["type": "integer"],
            "complete": ["type": "boolean", "description": "Whether every change that was asked for is here."],
            "nextRow": ["type": "integer"],
            "largestGrowth": rows,
            "largestLosses": rows,
            "data": [
                "type": "object",
                "properties": [
                    "contextHeader": ["type": "object", "description": "Connection and schema."],
                    "rollup": ["type": "object", "description": "Counts by kind of change."],
                    "columnChanges": list, "tableChanges": list, "tableSummaries": list, "rowCountChanges": list,
                    "notableDeltas": list,
                ],
            ],
        ],
        "required": ["totalChanges", "complete", "data"],
    ])

    private static let list: JSON = ["type": "array", "items": ["type": "object"]]

    private static let rows: JSON = [
        "type": "array",
        "items": [
            "type": "object",
            "properties": ["tableName": ["type": "string"], "rowCountDelta": ["type": "integer"]],
            "required": ["tableName", "rowCountDelta"],
        ],
    ]
}
