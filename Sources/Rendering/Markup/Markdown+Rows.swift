package import JSON
import OvalEdge

extension Markdown {
    private static let usualFields = 8
    private static let mostFields = 24
    private static let longestCell = 80
    private static let mostNamed = 100

    /// A table of objects whose members are not known beforehand; says which fields it leaves out.
    package mutating func table(of rows: [JSON], _ limits: SizeLimits, in detail: Detail = .brief) {
        let shown = limits.of(rows).map { $0.normal }
        var (names, unshown) = Self.fieldNames(of: shown)
        // Each name is looked for in each row.
        let same = Self.same(in: shown, Array(names.prefix(Self.mostCompared)))
        let alike = Set(same.map { $0.name })
        names.removeAll { alike.contains($0) }
        let fields = Array(names.prefix(detail == .full ? Self.mostFields : Self.usualFields))
        let flags = Set(fields.filter { Self.isFlag($0, in: shown) })
        table(
            fields.map { "\(escaped: $0)" },
            shown.map { row in fields.map { Self.cell(row[$0], as: $0, isFlag: flags.contains($0)) } }
        )
        if !same.isEmpty {
            let facts: [Inline] = same.map { "\(escaped: $0.name) \(Self.cell($0.value, as: $0.name))" }
            line("Of each: \(facts.joined(separator: ", ")).")
        }
        unshown = names.dropFirst(fields.count) + unshown
        if !unshown.isEmpty {
            let hidden: [Inline] = unshown.prefix(Self.mostNamed).map { "\(escaped: $0)" }
            let more = unshown.count - hidden.count
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

    /// Names first, then as they come; and of what can be in no cell.
    private static func fieldNames(of rows: [JSON]) -> (shown: [String], unshown: [String]) {
        var seen = Set<String>()
        var unshown: [String] = []
        var names: [String] = []
        for member in rows.lazy.flatMap({ $0.object?.members ?? [] }) where !seen.contains(member.name) {
            if Inline.isShown(member.value) {
                seen.insert(member.name)
                names.append(member.name)
            } else if !member.value.isNothing, !unshown.contains(member.name) {
                unshown.append(member.name)
            }
        }
        let first = ["name", "columnName", "objectName"].filter { names.contains($0) }
        return (first + names.filter { !first.contains($0) }, unshown.filter { !seen.contains($0) })
    }

    /// Whether a column says yes or no, in whichever form each row does.
    private static func isFlag(_ name: String, in rows: [JSON]) -> Bool {
        JSON.isFlag(name) || rows.contains { $0[name]?.bool != nil }
    }

    private static func cell(_ value: JSON?, as name: String, isFlag: Bool = false) -> Inline {
        if isFlag, let flag = value?.flag { return Words.flag(flag) }
        let line = value.flatMap { Inline.value($0, as: name, upTo: longestCell) }
        return line ?? (isFlag ? Words.flag(nil) : "")
    }
}

extension JSON {
    /// With the members of an object in the form in which answers show them.
    fileprivate var normal: JSON {
        guard let object else { return self }
        return .object(JSONObject(object.members.map { .init($0.name, $0.value.normal(as: $0.name)) }))
    }

    fileprivate var isNothing: Bool {
        isNull || array?.isEmpty == true || object?.isEmpty == true || string?.isEmpty == true
    }
}
