package import JSON

/// Several assets to be marked as critical data elements, or not, as the body of the request.
package struct CriticalElementUpdate: Hashable, Sendable {
    package enum Mark: String, CaseIterable, Sendable {
        case yes = "Yes"
        case no = "No"
        case none = "None"
    }

    package struct Target: Hashable, Sendable {
        package let id: Int
        /// As the catalog is asked for it.
        package let type: ObjectType

        package init(id: Int, type: ObjectType) {
            self.id = id
            self.type = type
        }
    }

    package static let longestJustification = 5000

    package let targets: [Target]
    package let mark: Mark
    package let category: String?
    package let justification: String?
    package let client: WriteContext

    package init(
        _ targets: [Target],
        _ mark: Mark,
        category: String?,
        justification: String?,
        client: WriteContext
    ) {
        self.targets = targets
        self.mark = mark
        self.category = category
        self.justification = justification
        self.client = client
    }

    package var body: JSON {
        .members(
            ("targets", .array(targets.map { $0.json })),
            ("action", .string(mark.rawValue)),
            ("cdeCategory", category.map { .string($0) }),
            ("cdeJustification", justification.map { .string($0) }),
            ("options", client.options()),
            ("clientContext", client.context)
        )
    }
}

extension CriticalElementUpdate.Target {
    /// The kinds that can be marked, under the names that the catalog is asked with.
    package static let types: [ObjectType] = [
        .oeschema, .oetable, .oecolumn, .oefile, .oefilecolumn, .filecolumn, .oechart, .chartchild, .oeapi,
        .oeapicolumn, .oequery, .code, .oecode,
    ]

    fileprivate var json: JSON { ["objectId": .int(id), "objectType": .string(sentType)] }

    /// Here queries go by another name than in other writes.
    private var sentType: String {
        type == .code || type == .oecode ? ObjectType.oequery.rawValue : type.nameForWriting
    }
}

extension Asset {
    /// Whether it is a critical data element: `Yes`, `No`, or `None` where it has no mark; nil when that is not known.
    package var criticalMark: String? {
        let sent = json["criticalDataElement"] ?? json["cde"]
        guard let mark = sent?.flag.map({ $0 ? CriticalElementUpdate.Mark.yes : .no }) else {
            return sent?.isNull == true ? CriticalElementUpdate.Mark.none.rawValue : sent?.plainText
        }
        return mark.rawValue
    }
}

extension APIRequest where Reply == JSON {
    package static func updateCriticalElements(_ update: CriticalElementUpdate) -> Self {
        .command("/api/v1/mcp/update-cde-associations", update.body)
    }
}
