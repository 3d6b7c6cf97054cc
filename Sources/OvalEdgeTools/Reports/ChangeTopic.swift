package import OvalEdge
import Text

/// What a question about changes is after: which kinds, and whether it is about tables of its own.
package struct ChangeTopic: Hashable, Sendable {
    private let words: [String]
    private let tableNames: [String]

    package init(_ question: String?, tableNames: [String]) {
        words = Self.words(of: question ?? "")
        self.tableNames = tableNames
    }

    /// Every kind, when the question names none.
    package var kinds: Set<MetadataChanges.ColumnChange.Kind> {
        let asked = Self.signs.filter { sign in words.contains { $0.hasPrefix(sign.beginning) } }
        guard !asked.isEmpty else { return Set(MetadataChanges.ColumnChange.Kind.allCases) }
        return Set(asked.flatMap { $0.kinds })
    }

    /// Whether tables were named: as arguments, or one of these in the question.
    package func isAboutTables(of known: [String]) -> Bool {
        !tableNames.isEmpty || known.contains { words.contains($0.lowercased()) }
    }

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
