import JSON

// Changes whole lines of maps in block style; all other lines keep their bytes.
extension YAMLDocument {
    /// With an entry at the end of the map at `path.dropLast()`, which is made where it is missing.
    func adding(_ entry: JSONObject, at path: [String]) throws(DocumentFault) -> [UInt8] {
        let (map, name) = (path[0], path[1])
        guard let root else { return appending(Self.lines(map, [.init(name, .object(entry))], at: 0)) }
        guard let pairs = root.pairs, !root.isFlow else { throw notABlock("the whole") }
        guard let holder = pairs.first(where: { $0.key.text == map }) else {
            guard column(root) == 0 else { throw notABlock("the whole") }
            return insert(Self.lines(map, [.init(name, .object(entry))], at: 0), at: endOfLines(root))
        }
        if holder.value.isNothing {
            let lines = Self.lines(name, entry.members, at: 2)
            return insert(lines, at: endOfLines(holder.value))
        }
        guard holder.value.pairs != nil, !holder.value.isFlow else { throw notABlock("`\(map)`") }
        return insert(Self.lines(name, entry.members, at: column(holder.value)), at: endOfLines(holder.value))
    }

    private func notABlock(_ what: String) -> DocumentFault {
        DocumentFault(
            "\(what) is not a map in block style, where an entry can be added",
            advice: "Paste the entry by hand."
        )
    }

    private func appending(_ lines: [String]) -> [UInt8] { insert(lines, at: bytes.count) }

    private func insert(_ lines: [String], at place: Int) -> [UInt8] {
        let isCut = place > 0 && bytes[place - 1] != 0x0A && !(place == 3 && bytes.starts(with: [UInt8].byteOrderMark))
        let text = lines.map { Array($0.utf8) + bytes.lineEnd }.joined()
        return bytes.applying([TextEdit(at: place, (isCut ? bytes.lineEnd : []) + text)])
    }

    private func column(_ node: Node) -> Int { node.range.lowerBound - bytes.lineStart(node.range.lowerBound) }

    /// Where the line after the last one of this node begins.
    private func endOfLines(_ node: Node) -> Int {
        let end = node.range.upperBound
        if end > 0, bytes[end - 1] == 0x0A, end > node.range.lowerBound { return end }
        return bytes.nextLine(end)
    }

    /// `name:` with these members below it, each text between quotes as JSON has it.
    private static func lines(_ name: String, _ members: [JSONObject.Member], at column: Int) -> [String] {
        let indentation = String(repeating: " ", count: column)
        return ["\(indentation)\(name):"] + members.flatMap { lines($0, at: column + 2) }
    }

    private static func lines(_ member: JSONObject.Member, at column: Int) -> [String] {
        let indentation = String(repeating: " ", count: column)
        switch member.value {
        case .object(let object) where !object.isEmpty: return lines(member.name, object.members, at: column)
        case .array(let items) where !items.isEmpty:
            return ["\(indentation)\(member.name):"] + items.map { "\(indentation)- \(scalar($0))" }
        default: return ["\(indentation)\(member.name): \(scalar(member.value))"]
        }
    }

    /// A word that YAML reads as itself is written plainly.
    static func scalar(_ value: JSON) -> String {
        guard let text = value.string else { return value.text }
        let isWord = !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F || $0 == 0x2D }
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if isWord, !words.contains(text), text.utf8.first != 0x2D { return text }
        return value.text.unicodeScalars.map { scalar in
            // What YAML allows in no text, though JSON does.
            (0x7F...0x9F).contains(scalar.value) ? "\\u00" + String(scalar.value, radix: 16) : String(scalar)
        }.joined()
    }

    /// With these members in the entry, and without those named stale; all others stay.
    func changing(_ members: [JSONObject.Member], stale: [String], at path: [String]) throws(DocumentFault) -> [UInt8] {
        guard let entry = node(path), let pairs = entry.pairs, !entry.isFlow else { throw notABlock("the entry") }
        var edits: [TextEdit] = []
        for pair in pairs {
            let name = pair.key.text ?? ""
            let lines = bytes.lineStart(pair.key.range.lowerBound)..<endOfLines(pair.value)
            if stale.contains(name) { edits.append(TextEdit(lines)) }
            guard let member = members.first(where: { $0.name == name }) else { continue }
            let text = Self.lines(member, at: column(entry)).map { Array($0.utf8) + bytes.lineEnd }.joined()
            edits.append(TextEdit(lines, Array(text)))
        }
        let known = pairs.compactMap { $0.key.text }
        let added = members.filter { !known.contains($0.name) }
        let result = bytes.applying(edits)
        guard !added.isEmpty else { return result }
        let changed = try YAMLDocument(result)
        guard let entry = changed.node(path) else { throw notABlock("the entry") }
        let lines = added.flatMap { Self.lines($0, at: changed.column(entry)) }
        return changed.insert(lines, at: changed.endOfLines(entry))
    }

    /// Without the lines of the entry; without those of the map, too, where it is the last one and `withMap` says so.
    func removing(_ path: [String], withMap: Bool) throws(DocumentFault) -> [UInt8] {
        guard let holder = node(Array(path.dropLast())), let pairs = holder.pairs, let root = root?.pairs,
            let place = pairs.firstIndex(where: { $0.key.text == path.last })
        else { return bytes }
        guard !holder.isFlow else { throw notABlock("`\(path[0])`") }
        let isLast = pairs.count == 1 && withMap
        let first = isLast ? root.first { $0.key.text == path[0] }?.key ?? pairs[place].key : pairs[place].key
        let lines = bytes.lineStart(first.range.lowerBound)..<endOfLines(pairs[place].value)
        return bytes.applying([TextEdit(lines)])
    }
}
