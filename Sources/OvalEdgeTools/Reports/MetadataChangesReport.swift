import OvalEdge
import Rendering

/// Changes between crawls in words: counts first, then what may break, then the rest; what is not shown is counted.
struct MetadataChangesReport: Sendable {
    private let changes: MetadataChanges
    private let lists: ChangeLists
    private let rows: ListWindow
    private let topic: ChangeTopic
    private let links: LinkBase

    init(_ changes: MetadataChanges, _ lists: ChangeLists, _ rows: ListWindow, topic: ChangeTopic, links: LinkBase) {
        self.changes = changes
        self.lists = lists
        self.rows = rows
        self.topic = topic
        self.links = links
    }

    func write(to text: inout Markdown) {
        text.heading(1, "What changed\(place)")
        if let notice = changes.notice { text.line("\(escaped: notice)") }
        text.message(in: changes.json)
        writePeriod(to: &text)
        if let summary = changes.summary, !["\(changes.total) changes", "1 change"].contains(summary) {
            text.line("\(escaped: summary)")
        }
        writeCounts(to: &text)
        writeRows("Largest growth", lists.growth, to: &text)
        writeRows("Largest losses", lists.losses, to: &text)
        writeTables(to: &text)
        writeTypes(to: &text)
        for (kind, changes) in lists.columns { writeColumns(changes, called: Self.title(of: kind), to: &text) }
        for (kind, tables) in lists.counted { writeCounted(tables, called: Self.title(of: kind), to: &text) }
        writeLinks(to: &text)
        writeNotes(to: &text)
    }

    private var place: Inline {
        switch (changes.schema, changes.connection) {
        case (let schema?, let connection?): " in \(escaped: schema) of \(escaped: connection)"
        case (let place?, nil), (nil, let place?): " in \(escaped: place)"
        case (nil, nil): ""
        }
    }

    private func writePeriod(to text: inout Markdown) {
        guard !changes.comparesNothing else {
            return text.note("Nothing was compared; whether anything changed is not known.")
        }
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
        let tables: [Inline] = rows.of(deltas).map { delta in
            let name: Inline =
                delta.link.map { "\(link: delta.table, to: links.url($0))" } ?? "\(bold: delta.table)"
            return "\(name) \(words: Words.signed(delta.rows))\(Self.authorship(delta.authorship))"
        }
        let things: Inline = Set(deltas.map { $0.place }).count == deltas.count ? "tables" : "changes of tables"
        let count: Inline = deltas.count == 1 ? "1 table" : "\(rows.count(of: deltas.count)) \(things)"
        write(tables, called: "\(title) in rows (\(count))", to: &text)
    }

    private func writeTables(to text: inout Markdown) {
        for (change, tables) in lists.tables {
            let names: [Inline] = rows.of(tables).map { "\(escaped: $0.table)\(Self.authorship($0.authorship))" }
            write(names, called: "Tables \(escaped: change) (\(rows.count(of: tables.count)))", to: &text)
        }
    }

    private func writeTypes(to text: inout Markdown) {
        let shown = Array(rows.of(lists.types))
        guard !shown.isEmpty else { return }
        text.line("\n**Types and lengths changed (\(rows.count(of: lists.types.count)))**")
        let isSigned = (
            who: shown.contains { $0.authorship.who != nil }, when: shown.contains { $0.authorship.when != nil }
        )
        text.table(
            ["Table", "Column", "Was", "Is"] + (isSigned.who ? ["By"] : []) + (isSigned.when ? ["On"] : []),
            shown.map { change in
                let facts =
                    [change.before, change.after] + (isSigned.who ? [change.authorship.who] : [])
                    + (isSigned.when ? [change.authorship.when] : [])
                return ["\(escaped: change.table)", "\(escaped: change.column)"] + facts.map { "\(escaped: $0 ?? "–")" }
            }
        )
        text.line("")
    }

    private func writeColumns(
        _ changes: [MetadataChanges.ColumnChange],
        called title: Inline,
        to text: inout Markdown
    ) {
        let names: [Inline] = rows.of(changes).map {
            "\(escaped: $0.table).\(escaped: $0.column)\(Self.authorship($0.authorship))"
        }
        write(names, called: "\(title) (\(rows.count(of: changes.count)))", to: &text)
    }

    /// Where only tables are counted, these.
    private func writeCounted(
        _ tables: [(table: String, columns: Int)],
        called title: Inline,
        to text: inout Markdown
    ) {
        let names: [Inline] = rows.of(tables).map { "\(escaped: $0.table): \($0.columns)" }
        write(names, called: "\(title), by table (\(rows.count(of: tables.count)))", to: &text)
    }

    /// ` (by ann, 2026-10-02)`; nothing where nothing is known.
    private static func authorship(_ authorship: MetadataChanges.Authorship) -> Inline {
        let parts: [Inline] = [
            authorship.who.map { "by \(escaped: $0)" }, authorship.when.map { "\(escaped: $0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }

    /// A few of them follow their title on the line; many make a list; of a list that has ended nothing is said.
    private func write(_ names: [Inline], called title: Inline, to text: inout Markdown) {
        guard !names.isEmpty else { return }
        guard names.count > Self.mostOnLine else {
            return text.bullet("\(title): \(names.joined(separator: ", "))")
        }
        text.bullet("\(title):")
        for name in names { text.line("  - \(name)") }
    }

    private static let mostOnLine = 8

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

    private static func title(of kind: MetadataChanges.ColumnChange.Kind) -> Inline {
        switch kind {
        case .type, .length: "Types and lengths changed"
        case .added: "Columns added"
        case .removed: "Columns removed"
        case .modified: "Columns modified otherwise"
        case .dataOnly: "Columns of which only the data changed"
        }
    }

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

/// What is not here, and why.
extension MetadataChangesReport {
    private func writeNotes(to text: inout Markdown) {
        let notes = [
            unread, missing, hidden, topic.asksWho ? withoutAuthor : nil, topic.asksWhen ? withoutDate : nil,
            rows.advice,
        ]
        for note in notes.compactMap({ $0 }) { text.note(note) }
    }

    private var withoutAuthor: Inline? {
        let (missing, all) = unsigned { $0.who == nil }
        guard missing == all else {
            return missing == 0 ? nil : "OvalEdge did not send who made \(missing) of these \(all) changes."
        }
        return "OvalEdge did not send who made these changes: crawls compare what they find, and see no person."
    }

    private var withoutDate: Inline? {
        let (missing, all) = unsigned { $0.when == nil }
        guard missing == all else {
            return missing == 0 ? nil : "OvalEdge did not send when \(missing) of these \(all) changes were made."
        }
        return "OvalEdge did not send when these changes were made, only between which crawls they were found."
    }

    private func unsigned(_ isMissing: (MetadataChanges.Authorship) -> Bool) -> (missing: Int, all: Int) {
        let shown = lists.shown(in: rows)
        let deltas = rows.of(lists.growth) + rows.of(lists.losses)
        let all =
            shown.columns.map { $0.authorship } + shown.tables.map { $0.authorship } + deltas.map { $0.authorship }
        return (all.count { isMissing($0) }, all.count)
    }

    private var unread: Inline? {
        switch changes.unreadRows {
        case 0: nil
        case 1: "The row count of 1 table could not be read."
        case let count: "The row counts of \(count) tables could not be read."
        }
    }

    /// What did not change is not sent, so that a wrong name looks like a table that is as it was.
    private var missing: Inline? {
        let listed = changes.tableNames
        guard !changes.comparesNothing, !listed.isEmpty || changes.total == 0 else { return nil }
        let missing = topic.tables(missingFrom: listed)
        guard !missing.isEmpty else { return nil }
        return """
            Of \(escaped: missing.joined(separator: ", ")) there is no change: unchanged, or no table of this name is in \
            the comparison. Check the name with `asset_explorer`.
            """
    }

    /// A question about some kinds of change hides the others, which are counted.
    private var hidden: Inline? {
        let count = lists.hiddenColumns + lists.hiddenOthers
        guard count > 0 else { return nil }
        let changes: Inline = count == 1 ? "1 change of another kind was" : "\(count) changes of other kinds were"
        let way: Inline = topic.namesKinds ? "add to `kinds`" : "call without `question`"
        return "\(changes) left out; \(way) to see them."
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
