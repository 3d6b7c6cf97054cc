package import JSON
import OvalEdge

extension Markdown {
    private static let mostFields = 8
    private static let longestCell = 80

    /// A table of objects whose members are not known beforehand; says how many rows and fields it leaves out.
    package mutating func table(of rows: [JSON], atMost limit: Int, called noun: String) {
        let shown = rows.prefix(limit)
        let names = Self.fieldNames(of: Array(shown))
        let fields = Array(names.prefix(Self.mostFields))
        table(
            fields.map { "\(escaped: $0)" },
            shown.map { row in fields.map { Self.cell(row[$0]) } }
        )
        if rows.count > limit {
            line("\(rows.count - limit) more \(words: noun) of \(rows.count) are in the structured content.")
        }
        if names.count > fields.count {
            let hidden: [Inline] = names.dropFirst(Self.mostFields).map { "\(escaped: $0)" }
            line("More fields in the structured content: \(hidden.joined(separator: ", ")).")
        }
    }

    /// The parts of an answer that could not be read, and why.
    package mutating func notRead(_ json: JSON) {
        for (name, why) in json.notRead { line("\(escaped: Words.spaced(name)) could not be read: \(escaped: why)") }
    }

    /// Names first, then as they come; only what can stand in a cell.
    private static func fieldNames(of rows: [JSON]) -> [String] {
        var seen = Set<String>()
        let names = rows.flatMap { $0.object?.members ?? [] }
            .filter { isCell($0.value) && seen.insert($0.name).inserted }
            .map { $0.name }
        let first = ["name", "columnName", "objectName"].filter { names.contains($0) }
        return first + names.filter { !first.contains($0) }
    }

    private static func isCell(_ value: JSON) -> Bool { value.bool != nil || value.plainText != nil }

    private static func cell(_ value: JSON?) -> Inline {
        switch value {
        case .bool(let value)?: value ? "yes" : "no"
        case let value?: value.plainText.map { "\(excerpt: $0, upTo: longestCell)" } ?? ""
        case nil: ""
        }
    }
}
