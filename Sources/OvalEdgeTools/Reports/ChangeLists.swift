import JSON
import OvalEdge
import Rendering

/// The changes that were asked for, kind by kind: what text and JSON show, by the same numbers.
struct ChangeLists: Sendable {
    /// Types and lengths.
    let types: [MetadataChanges.ColumnChange]
    /// Other changes of columns, each kind by itself.
    let columns: [(kind: MetadataChanges.ColumnChange.Kind, changes: [MetadataChanges.ColumnChange])]
    /// By the product's own word for the change.
    let tables: [(change: String, tables: [MetadataChanges.TableChange])]
    let growth: [MetadataChanges.RowDelta]
    let losses: [MetadataChanges.RowDelta]
    /// Tables of which only the number of columns is known that came or went.
    let counted: [(kind: MetadataChanges.ColumnChange.Kind, tables: [(table: String, columns: Int)])]
    /// How many changes were not asked for.
    let hiddenColumns: Int
    let hiddenOthers: Int
    private let sent: [Int]

    init(_ changes: MetadataChanges, topic: ChangeTopic) {
        let wanted = changes.columns.filter { topic.kinds.contains($0.kind) }
        types = wanted.filter { $0.kind == .type || $0.kind == .length }
        columns = [MetadataChanges.ColumnChange.Kind.added, .removed, .modified, .dataOnly].map { kind in
            (kind, wanted.filter { $0.kind == kind })
        }
        let shown = changes.tables.filter { topic.shows($0) }
        let words = Set(shown.map { Self.word(for: $0) }).sorted { Self.rank($0) < Self.rank($1) }
        tables = words.map { word in (word, shown.filter { Self.word(for: $0) == word }) }
        growth = topic.showsRows ? changes.growth : []
        losses = topic.showsRows ? changes.losses : []
        counted = [MetadataChanges.ColumnChange.Kind.added, .removed].map { kind in
            let isNamed = changes.columns.contains { $0.kind == kind }
            let tables = topic.kinds.contains(kind) && !isNamed ? changes.tableSummaries : []
            return (kind, tables.map { ($0.table, $0.columns(kind)) }.filter { $0.1 > 0 })
        }
        hiddenColumns = changes.columns.count - wanted.count
        hiddenOthers =
            changes.tables.count - shown.count + (topic.showsRows ? 0 : changes.growth.count + changes.losses.count)
        sent = [changes.tableSummaries.count] + (topic.showsRows ? changes.sentRowLists : [])
    }

    /// As many of each as there is room for together.
    func window(from first: Int, in limits: SizeLimits) -> ListWindow {
        ListWindow(from: first, sharing: limits, among: lengths, beside: sent)
    }

    private var lengths: [Int] {
        [types.count, growth.count, losses.count] + columns.map { $0.changes.count } + tables.map { $0.tables.count }
            + counted.map { $0.tables.count }
    }

    /// Those that are in the answer.
    func shown(in rows: ListWindow) -> (columns: [MetadataChanges.ColumnChange], tables: [MetadataChanges.TableChange])
    {
        (Array(rows.of(types)) + columns.flatMap { rows.of($0.changes) }, tables.flatMap { rows.of($0.tables) })
    }

    private static func word(for table: MetadataChanges.TableChange) -> String { table.change ?? "changed" }

    /// What breaks most comes first.
    private static func rank(_ word: String) -> (Int, String) {
        (["added", "deleted", "removed", "modified"].firstIndex(of: word) ?? .max, word)
    }
}

extension MetadataChanges {
    /// How long the lists are that row counts were sent in.
    fileprivate var sentRowLists: [Int] {
        ["notableDeltas", "rowCountChanges"].map { json.payload[$0]?.array?.count ?? 0 }
    }
}

extension MetadataChanges.TableChange {
    fileprivate func columns(_ kind: MetadataChanges.ColumnChange.Kind) -> Int {
        kind == .added ? columnsAdded : columnsRemoved
    }
}
