import JSON

/// A TOML text (version 1.0) with the places of its tables and pairs.
struct TOMLDocument {
    /// A line with a header, or one or more with a pair.
    struct Statement {
        enum Kind: Hashable {
            case table([String])
            case tableOfList([String])
            /// A pair of the table above it; the key may have several parts.
            case pair(table: [String], key: [String], value: Range<Int>)
        }

        let kind: Kind
        /// Whole lines, with the end of the last.
        let lines: Range<Int>
    }

    let bytes: [UInt8]
    let statements: [Statement]
    /// The root table; numbers, dates and truth values as their text in an object, so that nothing else equals them.
    let json: JSON

    init(_ bytes: [UInt8]) throws(DocumentFault) {
        try bytes.checkText()
        var reader = TOMLReader(bytes)
        let root = TOMLTable()
        statements = try reader.statements(into: root)
        json = root.json
        self.bytes = bytes
    }

    /// What stands for a value that JSON does not know as TOML does.
    static func raw(_ text: String) -> JSON { ["TOML": .string(text)] }
}

// The entries below `[map.NAME]`, as Codex has them.
extension TOMLDocument {
    func found(at path: [String]) -> JSON? {
        var value: JSON? = json
        for name in path { value = value?[name] }
        return value
    }

    /// The statements of `[map.NAME]` and of the tables below it; throws where it is written in another way.
    private func statements(of path: [String]) throws(DocumentFault) -> [Int] {
        guard found(at: path) != nil else { return [] }
        let isHeader = statements.contains { $0.kind == .table(path) }
        guard isHeader else {
            throw DocumentFault(
                "`\(path.joined(separator: "."))` is not written as a table of its own",
                advice: "Write it as [\(path.joined(separator: "."))], or remove it, and try again."
            )
        }
        return statements.indices.filter { place in
            switch statements[place].kind {
            case .table(let table), .tableOfList(let table), .pair(let table, _, _): table.starts(with: path)
            }
        }
    }

    /// With the entry as a table of its own at the end.
    func adding(_ entry: JSONObject, at path: [String]) throws(DocumentFault) -> [UInt8] {
        let map = Array(path.dropLast())
        let isInline = statements.contains { statement in
            if case .pair(let table, let key, _) = statement.kind { table + key == map } else { false }
        }
        if isInline || found(at: map)?.object == nil && found(at: map) != nil {
            throw DocumentFault(
                "`\(map.joined(separator: "."))` is written inline, where nothing can be added without rewriting it",
                advice: "Write it as [\(map.joined(separator: ".")).NAME] tables and try again."
            )
        }
        let lineEnd = bytes.lineEnd
        var result = bytes
        if let last = result.last, last != 0x0A { result += lineEnd }
        if !statements.isEmpty { result += lineEnd }
        result += Array("[\(path.map { Self.key($0) }.joined(separator: "."))]".utf8) + lineEnd
        for member in entry.members { result += Self.pair(member) + lineEnd }
        return result
    }

    private static func pair(_ member: JSONObject.Member) -> [UInt8] {
        Array("\(key(member.name)) = ".utf8) + written(member.value)
    }

    private static func key(_ name: String) -> String {
        let isBare = name.utf8.allSatisfy { TOMLReader.isBare($0) } && !name.isEmpty
        return isBare ? name : JSON.string(name).text
    }

    /// Texts, lists of them, and whole numbers; a text in JSON is one in TOML, but for DEL.
    private static func written(_ value: JSON) -> [UInt8] {
        switch value {
        case .array(let items): Array("[".utf8) + items.map { written($0) }.joined(separator: [0x2C, 0x20]) + [0x5D]
        case .string: value.bytes.flatMap { $0 == 0x7F ? Array(#"\u007F"#.utf8) : [$0] }
        case .object(let object):
            Array("{ ".utf8) + object.members.map { pair($0) }.joined(separator: [0x2C, 0x20]) + Array(" }".utf8)
        default: value.bytes
        }
    }

    /// With these members in the entry, and without those named stale; all others stay.
    func changing(_ members: [JSONObject.Member], stale: [String], at path: [String]) throws(DocumentFault) -> [UInt8] {
        let places = try statements(of: path)
        var edits: [TextEdit] = []
        for place in places {
            if let part = Self.part(statements[place].kind, of: path), stale.contains(part) {
                edits.append(TextEdit(statements[place].lines))
            }
            guard case .pair(path, let key, let range) = statements[place].kind, let name = key.first else { continue }
            if stale.contains(name) { edits.append(TextEdit(statements[place].lines)) }
            guard let member = members.first(where: { $0.name == name }) else { continue }
            guard key.count == 1 else { throw DocumentFault("`\(name)` is written with a dotted key") }
            edits.append(TextEdit(range, Self.written(member.value)))
        }
        let known = found(at: path)?.object?.names ?? []
        let added = members.filter { !known.contains($0.name) }
        guard let header = places.first(where: { statements[$0].kind == .table(path) }) else { return bytes }
        let end = statements[header].lines.upperBound
        let isCut = bytes[end - 1] != 0x0A
        for member in added {
            let line = isCut ? bytes.lineEnd + Self.pair(member) : Self.pair(member) + bytes.lineEnd
            edits.append(TextEdit(at: end, line))
        }
        return bytes.applying(edits)
    }

    /// Without the table and those below it, and without the empty line before it.
    func removing(_ path: [String]) throws(DocumentFault) -> [UInt8] {
        var edits: [TextEdit] = []
        for place in try statements(of: path) {
            let lines = statements[place].lines
            var start = lines.lowerBound
            if statements[place].kind == .table(path) { start = emptyLine(before: start) }
            // Comments and empty lines between two statements of the entry go with it.
            if let last = edits.last, place > 0, statements[place - 1].lines.upperBound == last.range.upperBound,
                Self.isPart(statements[place].kind, of: path)
            {
                edits[edits.count - 1] = TextEdit(last.range.lowerBound..<lines.upperBound)
            } else {
                edits.append(TextEdit(start..<lines.upperBound))
            }
        }
        return bytes.applying(edits)
    }

    /// The table below the entry that a statement belongs to.
    private static func part(_ kind: Statement.Kind, of path: [String]) -> String? {
        switch kind {
        case .table(let table), .tableOfList(let table), .pair(let table, _, _):
            table.count > path.count ? table[path.count] : nil
        }
    }

    private static func isPart(_ kind: Statement.Kind, of path: [String]) -> Bool {
        switch kind {
        case .table(let table), .tableOfList(let table): table.count > path.count
        case .pair: true
        }
    }

    private func emptyLine(before start: Int) -> Int {
        guard start > 0 else { return 0 }
        let line = bytes.lineStart(start - 1)
        return bytes[line..<start].allSatisfy { $0 == 0x0A || $0 == 0x0D } ? line : start
    }
}
