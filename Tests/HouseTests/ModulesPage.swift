/// What docs/Modules.md states in its tables, for the tests that hold it.
struct ModulesPage {
    /// What each target imports of ours.
    let imports: [String: Set<String>]
    /// Threads, tasks and locks, with the types that have them.
    let holders: [(what: String, types: [String])]
    private let text: String

    init() throws {
        text = try House.text("docs/Modules.md")
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { row in
            row.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
        }
        imports = Dictionary(
            rows.filter { $0.count == 2 }.compactMap { row in
                Self.names(in: row[0]).first.map { ($0, Set(Self.names(in: row[1]))) }
            }
        ) { $0.union($1) }
        holders = rows.filter { $0.count == 3 }.map { ($0[0], Self.names(in: $0[1])) }
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
