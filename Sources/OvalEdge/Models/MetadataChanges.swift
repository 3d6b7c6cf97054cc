package import JSON
import Text

/// What differs between two crawls of a data source.
package struct MetadataChanges: Model, Hashable {
    package let connection: String?
    package let schema: String?
    package let from: String?
    package let to: String?
    package let summary: String?
    /// Says why there is nothing to compare, or what was compared instead.
    package let notice: String?
    /// Counts by the product's names, such as `columnsAdded`.
    package let counts: [String: Int]
    /// What matters most first: types, lengths, added, removed, otherwise modified, and last those with other data only.
    package let columns: [ColumnChange]
    package let tables: [TableChange]
    package let tableSummaries: [TableChange]
    package let rowDeltas: [RowDelta]
    /// How many changes of row counts were sent in a form that is no number.
    package let unreadRows: Int
    package let json: JSON

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        guard payload.object != nil else {
            throw JSONMismatch(path: "data", expected: "an object", found: payload.kind)
        }
        let header = payload.first(of: "contextHeader")
        connection = header?.text("connection")
        schema = header?.text("catalogSchema")
        from = Self.time("analyzedFromTimestamp", of: payload)
        to = Self.time("analyzedToTimestamp", of: payload)
        summary = payload.text("changeSummary")
        let fallback = payload.first(of: "fallback")
        notice = fallback?["show"]?.flag == true ? fallback?.text("message") ?? Self.nothingCompared : nil
        counts = (payload.first(of: "rollup")?.object?.members ?? [])
            .reduce(into: [:]) { counts, member in counts[member.name] = member.value.wholeNumber }
        columns = try Self.list("columnChanges", of: payload).map { ColumnChange($0) }.sorted { $0.kind < $1.kind }
        tables = try Self.list("tableChanges", of: payload).map { TableChange($0) }
        tableSummaries = try Self.list("tableSummaries", of: payload).map { TableChange($0) }
        let rows = try Self.list("notableDeltas", of: payload) + Self.list("rowCountChanges", of: payload)
        rowDeltas = Self.distinct(rows.compactMap { RowDelta($0) })
        unreadRows = Self.unread(rows)
        self.json = json
    }

    /// As the product counts them, else as many as it lists.
    package var total: Int {
        counts["totalChanges"] ?? columns.count + tables.count + rowDeltas.count
    }

    /// Whether there were no two crawls: that is no word about whether anything changed.
    package var comparesNothing: Bool { notice != nil && total == 0 && (from == nil || to == nil) }

    /// The largest first.
    package var growth: [RowDelta] { largest { $0.rows > 0 } }

    package var losses: [RowDelta] { largest { $0.rows < 0 } }

    private func largest(where belongs: (RowDelta) -> Bool) -> [RowDelta] {
        rowDeltas.filter(belongs).sorted { $0.rows.magnitude > $1.rows.magnitude }
    }

    /// Each change once, as both lists may hold it, and one of them without its page.
    private static func distinct(_ deltas: [RowDelta]) -> [RowDelta] {
        let linked = Set(deltas.filter { $0.link != nil }.map { [$0.table, $0.authorship.when, String($0.rows)] })
        var seen: Set<[String?]> = []
        return deltas.filter { delta in
            let named = [delta.table, delta.authorship.when, String(delta.rows)]
            if delta.link == nil, linked.contains(named) { return false }
            return seen.insert([delta.place, delta.authorship.when, String(delta.rows)]).inserted
        }
    }

    /// One for each table and crawl, as both lists may name it.
    private static func unread(_ rows: [JSON]) -> Int {
        let unread = rows.filter { $0["rowCountDelta"]?.plainText != nil && RowDelta($0) == nil }
        let places = unread.map { [$0["redirectUrl"]?.string ?? $0.text("tableName"), Authorship($0).when] }
        return Set(places).count
    }

    private static func list(_ name: String, of payload: JSON) throws(JSONMismatch) -> [JSON] {
        (try payload.list(name) ?? []).filter { $0.object != nil }
    }

    private static func time(_ name: String, of payload: JSON) -> String? {
        payload[name]?.date?.text ?? payload.text(name)
    }

    private static let nothingCompared = "OvalEdge had no two crawls to compare."
}

extension MetadataChanges {
    /// One column that is not as it was.
    package struct ColumnChange: Hashable, Sendable {
        /// In the order of what can break most.
        package enum Kind: Int, Comparable, CaseIterable, Sendable {
            case type, length, added, removed, modified, dataOnly

            package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
        }

        package let table: String
        package let column: String
        package let kind: Kind
        /// Type and length before and after, as in `VARCHAR(20)`.
        package let before: String?
        package let after: String?
        package let authorship: Authorship
        package let json: JSON

        init(_ json: JSON) {
            table = json.text("tableName") ?? MetadataChanges.nameless
            column = json.text("columnName") ?? MetadataChanges.nameless
            kind = Self.kind(of: json)
            before = Self.type(json.text("previousDataType"), json.text("previousLength"))
            after = Self.type(json.text("currentDataType"), json.text("currentLength"))
            authorship = Authorship(json)
            self.json = json
        }

        private static func kind(of json: JSON) -> Kind {
            switch json.text("changeType")?.lowercased() {
            case "added": return .added
            case "deleted", "removed": return .removed
            default: break
            }
            if differs(json, "previousDataType", "currentDataType") { return .type }
            if differs(json, "previousLength", "currentLength") { return .length }
            let detail = json.text("detail")?.lowercased() ?? ""
            return detail.holds("data modified") ? .dataOnly : .modified
        }

        private static func differs(_ json: JSON, _ before: String, _ after: String) -> Bool {
            guard let before = json.text(before), let after = json.text(after) else { return false }
            return before.lowercased() != after.lowercased()
        }

        private static func type(_ name: String?, _ length: String?) -> String? {
            switch (name, length) {
            case (let name?, let length?) where !name.contains("("): "\(name)(\(length))"
            case (let name?, _): name
            case (nil, let length?): "length \(length)"
            case (nil, nil): nil
            }
        }
    }

    /// One table that came, went or changed.
    package struct TableChange: Hashable, Sendable {
        package let table: String
        /// The product's own word: added, modified, deleted.
        package let change: String?
        package let columnsAdded: Int
        package let columnsRemoved: Int
        package let authorship: Authorship
        package let json: JSON

        init(_ json: JSON) {
            table = json.text("tableName", "name") ?? MetadataChanges.nameless
            change = json.text("changeType")?.lowercased()
            columnsAdded = json["columnsAdded"]?.wholeNumber ?? 0
            columnsRemoved = json["columnsDeleted"]?.wholeNumber ?? 0
            authorship = Authorship(json)
            self.json = json
        }
    }

    /// Who made a change and when, where the product knows.
    package struct Authorship: Hashable, Sendable {
        package let who: String?
        package let when: String?

        init(_ json: JSON) {
            who = json.text(
                "changedBy",
                "modifiedBy",
                "updatedBy",
                "lastModifiedBy",
                "changedByUser",
                "changeUser",
                "createdBy",
                "deletedBy",
                "userName",
                "username",
                "user"
            )
            when = json.text(
                "changedOn",
                "changedAt",
                "changedDate",
                "changeDate",
                "changeTimestamp",
                "modifiedOn",
                "modifiedAt",
                "modifiedDate",
                "lastModifiedOn",
                "updatedOn",
                "updatedAt",
                "updatedDate",
                "timestamp"
            )
        }
    }

    /// By how many rows a table grew or shrank.
    package struct RowDelta: Hashable, Sendable {
        package let table: String
        package let rows: Int
        package let authorship: Authorship
        package let link: NavLink?

        /// Which table it is: several may have one name, each its own page.
        package var place: String { link?.fragment ?? table }

        init?(_ json: JSON) {
            guard let rows = json["rowCountDelta"]?.wholeNumber else { return nil }
            table = json.text("tableName") ?? MetadataChanges.nameless
            self.rows = rows
            authorship = Authorship(json)
            link = json["redirectUrl"]?.string.flatMap { NavLink($0) }
        }
    }

    private static let nameless = "(no name)"
}

extension MetadataChanges {
    /// A page of the product that shows more.
    package enum Page: CaseIterable, Sendable {
        case object, comparison, schema, dataChanges, metadataChanges

        package var names: [String] {
            switch self {
            case .object: ["objectRedirectUrl", "redirectUrl"]
            case .comparison: ["compareSchemaUrl"]
            case .schema: ["objectSchemaUrl"]
            case .dataChanges: ["dataChangeUrl"]
            case .metadataChanges: ["metadataChangeUrl"]
            }
        }
    }

    /// As the product sent it; the pages of a schema and of its comparison are known by their ids, too.
    package func link(to page: Page) -> NavLink? {
        let payload = json.payload
        let sent = page.names.firstNonNil { payload[$0]?.string.flatMap { NavLink($0) } }
        let availability = payload.first(of: "dataAvailability")
        let header = payload.first(of: "contextHeader")
        switch page {
        case .comparison:
            return sent ?? availability?["compareSchemaRedirectUrl"]?.string.flatMap { NavLink($0) }
                ?? (availability?.text("compareSchemaId") ?? header?.text("compareSchemaId")).map { .comparison($0) }
        case .schema: return sent ?? header?.text("schemaId").map { .schema($0) }
        default: return sent
        }
    }
}
