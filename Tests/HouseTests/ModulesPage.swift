/// What docs/Modules.md states in its tables, for the tests that hold it.
struct ModulesPage {
    /// What each target imports of ours.
    let imports: [String: Set<String>]
    private let text: String

    init() throws {
        text = try House.text("docs/Modules.md")
        let rows = Self.rows(in: text)
        imports = Dictionary(
            rows.filter { $0.count == 2 }.compactMap { row in
                Self.names(in: row[0]).first.map { ($0, Set(Self.names(in: row[1]))) }
            }
        ) { $0.union($1) }
    }

    /// Threads, tasks and locks of a program, with the types that have them.
    func holders(of program: String) -> [(what: String, types: [String])] {
        let heading = "\n## Threads, tasks and locks of `\(program)`\n"
        guard let start = text.firstRange(of: heading)?.upperBound else { return [] }
        let section = text[start...].firstRange(of: "\n## ").map { text[start..<$0.lowerBound] } ?? text[start...]
        return Self.rows(in: String(section)).filter { $0.count == 3 }.map { ($0[0], Self.names(in: $0[1])) }
    }

    private static func rows(in text: String) -> [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { row in
            row.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
        }
    }

    /// All targets that become part of a program, itself included.
    func parts(of program: String) -> Set<String> {
        var parts: Set<String> = []
        var open = [program]
        while let next = open.popLast() {
            if parts.insert(next).inserted { open += imports[next] ?? [] }
        }
        return parts
    }

    /// Whether a paragraph says what belongs into a target.
    func describes(_ target: String) -> Bool { text.contains("**`\(target)`**") }

    /// `A.run` names `A`.
    private static func names(in cell: String) -> [String] {
        cell.matches(of: /`([\w-]+)[^`]*`/).map { String($0.output.1) }
    }
}
