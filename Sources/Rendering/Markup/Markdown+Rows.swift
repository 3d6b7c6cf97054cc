package import JSON
import OvalEdge

extension Markdown {
    private static let usualFields = 8
    private static let mostFields = 24
    private static let longestCell = 80
    private static let mostNamed = 100

    /// A table of objects whose members are not known beforehand; says which fields it leaves out.
    package mutating func table(of rows: [JSON], _ limits: SizeLimits, in detail: Detail = .brief) {
        let shown = limits.of(rows)
        var names = Self.fieldNames(of: Array(shown))
        // Each name is looked for in each row.
        let same = Self.same(in: Array(shown), Array(names.prefix(Self.mostCompared)))
        let alike = Set(same.map { $0.name })
        names.removeAll { alike.contains($0) }
        let fields = Array(names.prefix(detail == .full ? Self.mostFields : Self.usualFields))
        table(
            fields.map { "\(escaped: $0)" },
            shown.map { row in fields.map { Self.cell(row[$0]) } }
        )
        if !same.isEmpty {
            let facts: [Inline] = same.map { "\(escaped: $0.name) \(Self.cell($0.value))" }
            line("Of each: \(facts.joined(separator: ", ")).")
        }
        if names.count > fields.count {
            let hidden: [Inline] = names.dropFirst(fields.count).prefix(Self.mostNamed).map { "\(escaped: $0)" }
            let more = names.count - fields.count - hidden.count
            let rest: Inline = more > 0 ? " and \(more) more" : ""
            line("Not shown of each: \(hidden.joined(separator: ", "))\(rest).")
        }
    }

    /// What is the same of every row, so that it need not be said in each; one column stays.
    private static func same(in rows: [JSON], _ names: [String]) -> [JSONObject.Member] {
        guard rows.count >= fewestAlike, let first = rows.first else { return [] }
        return names.dropFirst().compactMap { name in
            guard let value = first[name], rows.allSatisfy({ $0[name] == value }) else { return nil }
            return JSONObject.Member(name, value)
        }
    }

    private static let fewestAlike = 3
    private static let mostCompared = 100

    /// The parts of an answer that could not be read, and why.
    package mutating func notRead(_ json: JSON) {
        for (name, why) in json.notRead { note("\(escaped: Words.spaced(name)) could not be read: \(escaped: why)") }
    }

    /// What OvalEdge reports along with its answer, such as that its index is being rebuilt.
    package mutating func message(in json: JSON) {
        if let message = json.messageBesideData { line("OvalEdge says: \(escaped: message)") }
    }

    /// Names first, then as they come; only what can be in a cell.
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
