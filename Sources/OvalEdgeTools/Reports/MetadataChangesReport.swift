package import OvalEdge
package import Rendering

/// Changes between crawls in words: counts first, then what may break, then the rest; what is not shown is counted.
package struct MetadataChangesReport: Sendable {
    private static let mostRowChanges = 6

    private let changes: MetadataChanges
    private let topic: ChangeTopic
    private let links: LinkBase
    private let limits: SizeLimits
    /// Of the kinds that are asked for, as many as there is room for; JSON has them in this order, too.
    private let columns: ArraySlice<MetadataChanges.ColumnChange>

    package init(_ changes: MetadataChanges, topic: ChangeTopic, links: LinkBase, in limits: SizeLimits) {
        self.changes = changes
        self.topic = topic
        self.links = links
        self.limits = limits
        columns = limits.of(changes.columns.filter { topic.kinds.contains($0.kind) })
    }

    package func write(to text: inout Markdown) {
        text.heading(1, "What changed\(place)")
        if let notice = changes.notice { text.line("\(escaped: notice)") }
        text.message(in: changes.json)
        writePeriod(to: &text)
        if let summary = changes.summary, !["\(changes.total) changes", "1 change"].contains(summary) {
            text.line("\(escaped: summary)")
        }
        writeCounts(to: &text)
        writeRows("Largest growth", changes.growth, to: &text)
        writeRows("Largest losses", changes.losses, to: &text)
        if changes.unreadRowDeltas > 0 {
            text.note("Of \(changes.unreadRowDeltas) changes in rows the number could not be read.")
        }
        writeTables(to: &text)
        writeTypes(to: &text)
        for (kind, title) in Self.buckets where topic.kinds.contains(kind) { writeBucket(kind, title, to: &text) }
        writeHidden(to: &text)
        writeLinks(to: &text)
    }

    private var place: Inline {
        switch (changes.schema, changes.connection) {
        case (let schema?, let connection?): " in \(escaped: schema) of \(escaped: connection)"
        case (let place?, nil), (nil, let place?): " in \(escaped: place)"
        case (nil, nil): ""
        }
    }

    private func writePeriod(to text: inout Markdown) {
        let count: Inline =
            switch changes.total {
            case 0: "No change was found"
            case 1: "1 change was found"
            default: "\(changes.total) changes were found"
            }
        switch (changes.from, changes.to) {
        case (let from?, let to?):
            text.line("\(count) between the crawls of \(escaped: from) and \(escaped: to).")
        case (let from?, nil): text.line("\(count) since the crawl of \(escaped: from).")
        default: text.line("\(count); OvalEdge did not name the crawls.")
        }
    }

    /// What did not change is not counted.
    private func writeCounts(to text: inout Markdown) {
        let counts: [Inline] = Self.counters.compactMap { counter, name in
            changes.counts[counter].flatMap { $0 == 0 ? nil : "\(name) \($0)" }
        }
        if !counts.isEmpty { text.bullet("Counts: \(counts.joined(separator: ", ")).") }
    }

    private func writeRows(_ title: Inline, _ deltas: [MetadataChanges.RowDelta], to text: inout Markdown) {
        guard !deltas.isEmpty else { return }
        let shown = deltas.prefix(min(limits.items, Self.mostRowChanges))
        let tables: [Inline] = shown.map { delta in
            let name: Inline =
                delta.link.map { "\(link: delta.table, to: links.url($0))" } ?? "\(bold: delta.table)"
            return "\(name) \(words: Words.signed(delta.rows))"
        }
        let count: Inline = deltas.count == 1 ? "1 table" : "\(deltas.count) tables"
        write(tables, of: deltas.count, called: "\(title) in rows (\(count))", to: &text)
    }

    private func writeTables(to text: inout Markdown) {
        for change in ["added", "deleted", "removed"] {
            let count = changes.tables.count { $0.change == change }
            guard count > 0 else { continue }
            let names = limits.of(changes.tables).filter { $0.change == change }.map { $0.table }
            write(names.map { "\(escaped: $0)" }, of: count, called: "Tables \(words: change) (\(count))", to: &text)
        }
    }

    private func writeTypes(to text: inout Markdown) {
        let kinds: Set<MetadataChanges.ColumnChange.Kind> = [.type, .length]
        let count = changes.columns.count { kinds.contains($0.kind) && topic.kinds.contains($0.kind) }
        guard count > 0 else { return }
        let shown = columns.filter { kinds.contains($0.kind) }
        text.line("\n**Types and lengths changed (\(count))**")
        text.table(
            ["Table", "Column", "Was", "Is"],
            shown.map { change in
                [
                    "\(escaped: change.table)", "\(escaped: change.column)", "\(escaped: change.before ?? "–")",
                    "\(escaped: change.after ?? "–")",
                ]
            }
        )
        writeLeft(count - shown.count, to: &text)
        text.line("")
    }

    /// Columns by name; where only tables are counted, these.
    private func writeBucket(_ kind: MetadataChanges.ColumnChange.Kind, _ title: Inline, to text: inout Markdown) {
        let count = changes.columns.count { $0.kind == kind }
        if count > 0 {
            let shown = columns.filter { $0.kind == kind }
            let names: [Inline] = shown.map { "\(escaped: $0.table).\(escaped: $0.column)" }
            return write(names, of: count, called: "\(title) (\(count))", to: &text)
        }
        let counted = changes.tableSummaries.map { table in
            (table.table, kind == .added ? table.columnsAdded : kind == .removed ? table.columnsRemoved : 0)
        }.filter { $0.1 > 0 }
        guard !counted.isEmpty else { return }
        let names: [Inline] = limits.of(counted).map { "\(escaped: $0.0): \($0.1)" }
        write(names, of: counted.count, called: "\(title), by table (\(counted.count))", to: &text)
    }

    /// A few of them follow their title on the line; many make a list.
    private func write(_ names: [Inline], of count: Int, called title: Inline, to text: inout Markdown) {
        guard names.count > Self.mostOnLine else {
            let left: Inline = count > names.count ? " and \(count - names.count) more" : ""
            return text.bullet("\(title): \(names.joined(separator: ", "))\(left)")
        }
        text.bullet("\(title):")
        for name in names { text.line("  - \(name)") }
        writeLeft(count - names.count, to: &text)
    }

    private static let mostOnLine = 8

    private func writeLeft(_ left: Int, to text: inout Markdown) {
        if left > 0 { text.line("\(left) more") }
    }

    /// A question about one kind of change hides the others, which are counted.
    private func writeHidden(to text: inout Markdown) {
        let hidden = changes.columns.filter { !topic.kinds.contains($0.kind) }.count
        guard hidden > 0 else { return }
        text.note("\(hidden) column changes of other kinds were left out; call without `question` to see them.")
    }

    private func writeLinks(to text: inout Markdown) {
        let isAboutTables = topic.isAboutTables(of: changes.tableNames)
        let pages = isAboutTables ? [.object] : MetadataChanges.Page.allCases
        let found: [Inline] = pages.compactMap { page in
            changes.link(to: page).map { "\(link: Self.title(of: page), to: links.url($0))" }
        }
        guard !found.isEmpty else { return }
        text.bullet("Pages: \(found.joined(separator: ", "))")
    }

    private static let counters: [(String, Inline)] = [
        ("schemasAdded", "schemas added"), ("schemasModified", "schemas modified"),
        ("schemasRemoved", "schemas removed"), ("tablesAdded", "tables added"), ("tablesModified", "tables modified"),
        ("tablesDeleted", "tables removed"), ("columnsAdded", "columns added"),
        ("columnsModified", "columns modified"), ("columnsDeleted", "columns removed"),
        ("rowCountChanges", "row counts changed"), ("dataTypeChanges", "data types changed"),
        ("lengthChanges", "lengths changed"),
    ]

    private static let buckets: [(MetadataChanges.ColumnChange.Kind, Inline)] = [
        (.added, "Columns added"), (.removed, "Columns removed"), (.modified, "Columns modified otherwise"),
        (.dataOnly, "Columns of which only the data changed"),
    ]

    private static func title(of page: MetadataChanges.Page) -> String {
        switch page {
        case .object: "Open in OvalEdge"
        case .comparison: "Compare the crawls"
        case .schema: "Schema"
        case .dataChanges: "Data changes"
        case .metadataChanges: "Metadata changes"
        }
    }
}

extension MetadataChanges {
    /// Of all tables that are spoken of.
    fileprivate var tableNames: [String] {
        columns.map { $0.table } + tables.map { $0.table } + tableSummaries.map { $0.table }
            + rowDeltas.map { $0.table }
    }
}

extension Words {
    /// `+1,200`, `-35`.
    static func signed(_ number: Int) -> String {
        let digits = String(number.magnitude)
        let head = digits.count % 3
        var groups = head > 0 ? [String(digits.prefix(head))] : []
        var rest = digits.dropFirst(head)
        while !rest.isEmpty {
            groups.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        return (number < 0 ? "-" : "+") + groups.joined(separator: ",")
    }
}
