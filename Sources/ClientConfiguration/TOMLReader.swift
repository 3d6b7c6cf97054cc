import JSON

/// Reads TOML 1.0, and refuses whatever that does not allow.
struct TOMLReader {
    let bytes: [UInt8]
    var place: Int
    private static let deepest = 128

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = bytes.starts(with: [UInt8].byteOrderMark) ? 3 : 0
    }

    mutating func statements(into root: TOMLTable) throws(DocumentFault) -> [TOMLDocument.Statement] {
        var statements: [TOMLDocument.Statement] = []
        var (table, path) = (root, [String]())
        while true {
            skipBlanks()
            guard let byte else { return statements }
            let start = bytes.lineStart(place)
            if byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "#") {
                try endLine()
                continue
            }
            let kind: TOMLDocument.Statement.Kind
            if byte == UInt8(ascii: "[") {
                let header = try header()
                guard let next = root.headed(header.path, isList: header.isList) else {
                    throw fault("a table that is defined already, or cannot be one", at: start)
                }
                (table, path) = (next, header.path)
                kind = header.isList ? .tableOfList(path) : .table(path)
            } else {
                let pair = try pair(into: table)
                kind = .pair(table: path, key: pair.key, value: pair.value)
            }
            skipBlanks()
            try endLine()
            statements.append(.init(kind: kind, lines: start..<place))
        }
    }

    func fault(_ problem: String, at offset: Int? = nil) -> DocumentFault {
        DocumentFault(problem, at: offset ?? place, in: bytes)
    }

    var byte: UInt8? { place < bytes.count ? bytes[place] : nil }

    func begins(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[place...].starts(with: $0) }
    }

    mutating func take(_ character: Unicode.Scalar) throws(DocumentFault) {
        guard byte == UInt8(ascii: character) else { throw fault("a \(character) is missing") }
        place += 1
    }

    private mutating func skipBlanks() { while byte == 0x20 || byte == 0x09 { place += 1 } }

    /// A comment, if there is one, and the end of the line or of the file.
    private mutating func endLine() throws(DocumentFault) {
        if byte == UInt8(ascii: "#") {
            while let byte, byte != 0x0A, byte != 0x0D {
                if byte < 0x20 && byte != 0x09 || byte == 0x7F { throw fault("a control character in a comment") }
                place += 1
            }
        }
        if byte == 0x0D { place += 1 }
        if place < bytes.count || bytes.last == 0x0D && place > 0 && bytes[place - 1] == 0x0D {
            guard byte == 0x0A else { throw fault("something after the end of a value") }
            place += 1
        }
    }

    private mutating func header() throws(DocumentFault) -> (path: [String], isList: Bool) {
        let isList = begins(with: "[[")
        place += isList ? 2 : 1
        let path = try key()
        try take("]")
        if isList { try take("]") }
        return (path, isList)
    }

    private mutating func pair(
        into table: TOMLTable,
        depth: Int = 0
    ) throws(DocumentFault) -> (key: [String], value: Range<Int>) {
        let start = place
        let key = try key()
        try take("=")
        skipBlanks()
        let begin = place
        let item = try item(depth: depth)
        guard table.define(key, item) else { throw fault("a key that is defined already, or cannot be", at: start) }
        return (key, begin..<place)
    }

    /// With the blanks on both sides.
    private mutating func key() throws(DocumentFault) -> [String] {
        var parts: [String] = []
        while true {
            skipBlanks()
            parts.append(try part())
            skipBlanks()
            guard byte == UInt8(ascii: ".") else { return parts }
            place += 1
        }
    }

    private mutating func part() throws(DocumentFault) -> String {
        if byte == UInt8(ascii: "\"") { return try basic() }
        if byte == UInt8(ascii: "'") { return try literal() }
        let start = place
        while let byte, Self.isBare(byte) { place += 1 }
        guard place > start else { throw fault("a key is missing") }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func item(depth: Int) throws(DocumentFault) -> TOMLTable.Item {
        guard depth < Self.deepest else { throw fault("more than \(Self.deepest) levels") }
        guard byte == UInt8(ascii: "{") else { return .value(try readValue(depth: depth)) }
        return .table(try inlineTable(depth: depth))
    }

    private mutating func readValue(depth: Int) throws(DocumentFault) -> JSON {
        switch byte {
        case UInt8(ascii: "\""): .string(begins(with: "\"\"\"") ? try longBasic() : try basic())
        case UInt8(ascii: "'"): .string(begins(with: "'''") ? try longLiteral() : try literal())
        case UInt8(ascii: "["): try list(depth: depth)
        case UInt8(ascii: "{"): try inlineTable(depth: depth).json
        default: try scalar()
        }
    }

    /// On one line, without a comma at its end.
    private mutating func inlineTable(depth: Int) throws(DocumentFault) -> TOMLTable {
        let table = TOMLTable(.inline)
        place += 1
        skipBlanks()
        if byte == UInt8(ascii: "}") {
            place += 1
            return table
        }
        while true {
            skipBlanks()
            _ = try pair(into: table, depth: depth + 1)
            skipBlanks()
            guard byte == UInt8(ascii: ",") else {
                try take("}")
                return table
            }
            place += 1
        }
    }

    private mutating func list(depth: Int) throws(DocumentFault) -> JSON {
        guard depth < Self.deepest else { throw fault("more than \(Self.deepest) levels") }
        var items: [JSON] = []
        place += 1
        try skipLines()
        while byte != UInt8(ascii: "]") {
            items.append(try readValue(depth: depth + 1))
            try skipLines()
            guard byte == UInt8(ascii: ",") else { break }
            place += 1
            try skipLines()
        }
        try take("]")
        return .array(items)
    }

    /// Blanks, line ends and comments inside of a list.
    private mutating func skipLines() throws(DocumentFault) {
        while true {
            skipBlanks()
            guard byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "#") else { return }
            try endLine()
        }
    }

    private mutating func scalar() throws(DocumentFault) -> JSON {
        let start = place
        while let byte, !" \t\r\n,]}#".utf8.contains(byte) { place += 1 }
        // A date and its time may stand apart by one blank.
        if place - start == 10, byte == 0x20, place + 3 < bytes.count, bytes[start + 4] == UInt8(ascii: "-"),
            TOMLScalar.isDigit(bytes[place + 1]), TOMLScalar.isDigit(bytes[place + 2])
        {
            place += 1
            while let byte, !" \t\r\n,]}#".utf8.contains(byte) { place += 1 }
        }
        let text = Array(bytes[start..<place])
        guard TOMLScalar.isKnown(text) else { throw fault("a value that TOML does not know", at: start) }
        return TOMLDocument.raw(String(decoding: text, as: UTF8.self))
    }
}
