import JSON

/// A JSON text with the places of its parts, comments and trailing commas allowed.
struct JSONDocument {
    /// A value and where it stands.
    struct Node {
        enum Kind {
            case object([Member])
            case array([Node])
            case string(String)
            /// A number, true, false or null.
            case literal(JSON)
        }

        let range: Range<Int>
        let kind: Kind

        var members: [Member]? { if case .object(let members) = kind { members } else { nil } }

        subscript(_ name: String) -> Member? { members?.first { $0.name == name } }

        var json: JSON {
            switch kind {
            case .object(let members): .object(JSONObject(members.map { .init($0.name, $0.value.json) }))
            case .array(let items): .array(items.map { $0.json })
            case .string(let text): .string(text)
            case .literal(let value): value
            }
        }
    }

    struct Member {
        let name: String
        let nameRange: Range<Int>
        let value: Node
        /// Where the comma after it is.
        var comma: Int?
    }

    let bytes: [UInt8]
    /// Nil where there is nothing but white space and comments.
    let root: Node?
    /// Whether there is something in it that strict readers refuse, and where.
    let firstExtension: Int?

    init(_ bytes: [UInt8]) throws(DocumentFault) {
        try bytes.checkText()
        var reader = JSONReader(bytes)
        root = try reader.document()
        firstExtension = reader.firstExtension
        self.bytes = bytes
    }

    /// The member at this path, with the object that holds it.
    func member(_ path: [String]) -> (holder: Node, member: Member)? {
        guard var holder = root else { return nil }
        for (place, name) in path.enumerated() {
            guard let member = holder[name] else { return nil }
            if place == path.count - 1 { return (holder, member) }
            holder = member.value
        }
        return nil
    }

    func found(at path: [String]) -> JSON? { path.isEmpty ? root?.json : member(path)?.member.value.json }
}

/// Reads JSON with comments and trailing commas (JSONC), strictly otherwise: RFC 8259, UTF-8, no name twice.
private struct JSONReader {
    private let bytes: [UInt8]
    private var place: Int
    private(set) var firstExtension: Int?
    private static let deepest = 512

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = bytes.starts(with: [UInt8].byteOrderMark) ? 3 : 0
    }

    mutating func document() throws(DocumentFault) -> JSONDocument.Node? {
        try skip()
        guard place < bytes.count else { return nil }
        let root = try readValue(depth: 0)
        try skip()
        guard place == bytes.count else { throw fault("something after the end of the value") }
        return root
    }

    private func fault(_ problem: String, at offset: Int? = nil) -> DocumentFault {
        DocumentFault(problem, at: offset ?? place, in: bytes)
    }

    private var byte: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skip() throws(DocumentFault) {
        while let byte {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            case UInt8(ascii: "/"): try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(DocumentFault) {
        let start = place
        firstExtension = firstExtension ?? start
        let second = place + 1 < bytes.count ? bytes[place + 1] : 0
        if second == UInt8(ascii: "/") {
            place = bytes[place...].firstIndex { $0 == 0x0A } ?? bytes.count
        } else if second == UInt8(ascii: "*") {
            place += 2
            while place + 1 < bytes.count, bytes[place] != UInt8(ascii: "*") || bytes[place + 1] != UInt8(ascii: "/") {
                place += 1
            }
            guard place + 1 < bytes.count else { throw fault("a comment without an end", at: start) }
            place += 2
        } else {
            throw fault("an unexpected character")
        }
    }

    private mutating func readValue(depth: Int) throws(DocumentFault) -> JSONDocument.Node {
        guard depth < Self.deepest else { throw fault("more than \(Self.deepest) levels") }
        let start = place
        switch byte {
        case UInt8(ascii: "{"):
            let members = try members(depth: depth)
            return .init(range: start..<place, kind: .object(members))
        case UInt8(ascii: "["):
            let items = try items(depth: depth)
            return .init(range: start..<place, kind: .array(items))
        case UInt8(ascii: "\""):
            let text = try string()
            return .init(range: start..<place, kind: .string(text))
        case nil: throw fault("the file ends in the middle of a value")
        default: return try literal()
        }
    }

    private mutating func literal() throws(DocumentFault) -> JSONDocument.Node {
        let start = place
        while let byte, !Self.ends(byte) { place += 1 }
        guard let value = try? JSON(parsing: Array(bytes[start..<place])) else {
            throw fault("an unexpected character", at: start)
        }
        return .init(range: start..<place, kind: .literal(value))
    }

    private static func ends(_ byte: UInt8) -> Bool {
        [0x20, 0x09, 0x0A, 0x0D].contains(byte) || ",]}/:[{\"".utf8.contains(byte)
    }

    private mutating func string() throws(DocumentFault) -> String {
        let start = place
        place += 1
        while let byte, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fault("a control character inside a text") }
            place += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < bytes.count else { throw fault("a text without an end", at: start) }
        place += 1
        guard case .string(let text)? = try? JSON(parsing: Array(bytes[start..<place])) else {
            throw fault("a text that is not JSON", at: start)
        }
        return text
    }

    private mutating func members(depth: Int) throws(DocumentFault) -> [JSONDocument.Member] {
        var members: [JSONDocument.Member] = []
        var names: Set<String> = []
        place += 1
        while true {
            try skip()
            if try closes(UInt8(ascii: "}"), after: members.last.map { $0.comma }) { return members }
            let start = place
            guard byte == UInt8(ascii: "\"") else { throw fault("a name is missing") }
            let name = try string()
            let end = place
            guard names.insert(name).inserted else { throw fault("the name \"\(name)\" a second time", at: start) }
            try skip()
            guard byte == UInt8(ascii: ":") else { throw fault("a colon is missing") }
            place += 1
            try skip()
            let value = try readValue(depth: depth + 1)
            try skip()
            members.append(.init(name: name, nameRange: start..<end, value: value, comma: comma()))
        }
    }

    private mutating func items(depth: Int) throws(DocumentFault) -> [JSONDocument.Node] {
        var items: [JSONDocument.Node] = []
        var lastComma: Int??
        place += 1
        while true {
            try skip()
            if try closes(UInt8(ascii: "]"), after: lastComma) { return items }
            items.append(try readValue(depth: depth + 1))
            try skip()
            lastComma = .some(comma())
        }
    }

    private mutating func comma() -> Int? {
        guard byte == UInt8(ascii: ",") else { return nil }
        defer { place += 1 }
        return place
    }

    /// `last` is nil before the first part; else it is where the comma after the last one is, if there is one.
    private mutating func closes(_ end: UInt8, after last: Int??) throws(DocumentFault) -> Bool {
        if byte == end {
            if case .some(.some(let comma)) = last { firstExtension = min(firstExtension ?? comma, comma) }
            place += 1
            return true
        }
        guard byte != nil else { throw fault("the file ends in the middle of a value") }
        if case .some(.none) = last { throw fault("a comma is missing") }
        return false
    }
}
