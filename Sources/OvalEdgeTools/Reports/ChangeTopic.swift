import MCP
package import OvalEdge
import Text

/// A kind of change that can be asked for by name.
package enum ChangeKind: String, ArgumentChoice {
    case added, removed, type, length, modified, data, rows

    package static func meant(by word: String) -> ChangeKind? {
        switch Suggestion.folded(word) {
        case "new": .added
        case "deleted", "dropped", "deletion": .removed
        case "datatype", "datatypes", "types": .type
        case "rowcount", "rowcounts": .rows
        default: nil
        }
    }
}

/// What a question about changes is after: which kinds, whether it is about tables of its own, and who or when.
package struct ChangeTopic: Hashable, Sendable {
    private let words: [String]
    private let tableNames: [String]
    private let named: Set<ChangeKind>

    /// `kinds` go before the words of the question.
    package init(_ question: String?, kinds: [ChangeKind] = [], tableNames: [String]) {
        words = Self.words(of: question ?? "")
        named = Set(kinds)
        self.tableNames = tableNames
    }

    /// Kinds of changes of columns; every kind, when none is named.
    package var kinds: Set<MetadataChanges.ColumnChange.Kind> {
        guard named.isEmpty else { return Set(named.compactMap { Self.columnKinds[$0] }) }
        let asked = Self.signs.filter { sign in words.contains { $0.hasPrefix(sign.beginning) } }
        guard !asked.isEmpty else { return Set(MetadataChanges.ColumnChange.Kind.allCases) }
        return Set(asked.flatMap { $0.kinds })
    }

    /// Whether kinds were named apart from the question.
    package var namesKinds: Bool { !named.isEmpty }

    /// Words of a question narrow columns only.
    package func shows(_ table: MetadataChanges.TableChange) -> Bool {
        switch table.change {
        case "added": shows(.added)
        case "deleted", "removed": shows(.removed)
        default: shows(.modified)
        }
    }

    package var showsRows: Bool { shows(.rows) }

    private func shows(_ kind: ChangeKind) -> Bool { named.isEmpty || named.contains(kind) }

    /// Whether tables were named: as arguments, or one of these in the question.
    package func isAboutTables(of known: [String]) -> Bool {
        !tableNames.isEmpty || known.contains { words.contains($0.lowercased()) }
    }

    /// Those of the tables asked for that are not among these, whatever the case and the schema before a name.
    func tables(missingFrom known: [String]) -> [String] {
        func last(_ name: String) -> String { name.split(separator: ".").last.map { $0.lowercased() } ?? "" }
        let known = Set(known.map { last($0) })
        return tableNames.filter { !known.contains(last($0)) }
    }

    package var asksWho: Bool { words.contains { ["who", "whom", "whose"].contains($0) } }
    package var asksWhen: Bool { words.contains("when") }

    private static let columnKinds: [ChangeKind: MetadataChanges.ColumnChange.Kind] = [
        .added: .added, .removed: .removed, .type: .type, .length: .length, .modified: .modified, .data: .dataOnly,
    ]

    private static let signs: [(beginning: String, kinds: [MetadataChanges.ColumnChange.Kind])] = [
        ("add", [.added]), ("new", [.added]),
        ("delet", [.removed]), ("remov", [.removed]), ("drop", [.removed]),
        ("modif", [.type, .length, .modified, .dataOnly]), ("datatype", [.type, .length]),
        ("type", [.type, .length]), ("length", [.type, .length]),
    ]

    private static func words(of question: String) -> [String] {
        question.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map { String($0) }
    }
}
