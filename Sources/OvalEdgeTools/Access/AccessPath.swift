import Text

/// A way to an object in a source system, as people write it and as the product requires it.
package struct AccessPath: Hashable, Sendable {
    /// `sales.orders`; with `/` between the parts where the system is Tableau.
    package let text: String
    package let parts: [String]

    /// Drops quotation marks and the words around a name, as in "the orders table".
    package init(_ written: String, sourceSystem: String?) {
        let separator: Character = sourceSystem == "tableau" ? "/" : "."
        let unquoted = written.filter { !Self.quotes.contains($0) }
        var words = unquoted.split(separator: " ", omittingEmptySubsequences: true)
        // Names of reports and projects may well hold such words.
        if separator == "." {
            if words.count > 1, words[0].lowercased() == "the" { words.removeFirst() }
            if words.count > 1, Self.nouns.contains(words[0].lowercased()) { words.removeFirst() }
            if words.count > 1, Self.nouns.contains(words[words.count - 1].lowercased()) { words.removeLast() }
        }
        parts = words.joined(separator: " ").split(separator: separator).map { String($0).trimmed }
            .filter { !$0.isEmpty }
        text = parts.joined(separator: String(separator))
    }

    private static let quotes: Set<Character> = ["\"", "'", "`", "\u{201C}", "\u{201D}"]
    private static let nouns: Set<String> = ["table", "view", "schema", "database", "column"]

    /// Whether a full name ends with this path, whatever the case and whichever mark is between its parts.
    package func ends(_ fullName: String) -> Bool {
        let wanted = Self.folded(parts.joined(separator: "/"))
        return !wanted.isEmpty && ("/" + Self.folded(fullName)).hasSuffix("/" + wanted)
    }

    /// Names may hold the mark that is between others.
    private static func folded(_ path: String) -> String {
        String(path.lowercased().map { $0 == "." ? "/" : $0 })
    }
}
