import CYAML
import JSON

/// A YAML text of one document, read by libyaml, with the places of its parts.
struct YAMLDocument {
    struct Node {
        enum Kind {
            case scalar(String, isPlain: Bool)
            case list([Node])
            case map([(key: Node, value: Node)])
        }

        let kind: Kind
        /// In bytes; that of a list or map in block style begins with its first part and ends with its last.
        let range: Range<Int>
        let isFlow: Bool

        var text: String? { if case .scalar(let text, _) = kind { text } else { nil } }
        var pairs: [(key: Node, value: Node)]? { if case .map(let pairs) = kind { pairs } else { nil } }
        var isNothing: Bool {
            if case .scalar(let text, isPlain: true) = kind { ["", "~", "null"].contains(text) } else { false }
        }

        subscript(_ name: String) -> Node? { pairs?.first { $0.key.text == name }?.value }

        /// Plain scalars that are words of YAML become what these stand for.
        var json: JSON {
            switch kind {
            case .scalar("true", isPlain: true): true
            case .scalar("false", isPlain: true): false
            case .scalar(let text, isPlain: true): isNothing ? .null : Int(text).map { .int($0) } ?? .string(text)
            case .scalar(let text, isPlain: false): .string(text)
            case .list(let items): .array(items.map { $0.json })
            case .map(let pairs): .object(JSONObject(pairs.map { .init($0.key.text ?? "", $0.value.json) }))
            }
        }
    }

    let bytes: [UInt8]
    /// Nil where there is nothing but white space and comments.
    let root: Node?

    init(_ bytes: [UInt8]) throws(DocumentFault) {
        try bytes.checkText()
        if let tab = bytes.firstIndex(of: 0x09) {
            throw DocumentFault("a tab, which readers of YAML take differently,", at: tab, in: bytes)
        }
        var reader = try YAMLReader(bytes)
        defer { reader.close() }
        root = try reader.document()
        self.bytes = bytes
    }

    func node(_ path: [String]) -> Node? {
        var node = root
        for name in path { node = node?[name] }
        return node
    }
}

/// Puts libyaml's events together, and refuses what cannot be edited without understanding more: anchors, aliases,
/// tags, and a second document.
private struct YAMLReader {
    private let bytes: [UInt8]
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let parser: OpaquePointer
    /// Where each character begins, in bytes, and the end.
    private let offsets: [Int]
    private static let deepest = 128

    init(_ bytes: [UInt8]) throws(DocumentFault) {
        var reason: UnsafePointer<CChar>?
        guard oe_yaml_open(&reason) == 1 else {
            throw DocumentFault(
                reason.map { String(cString: $0) } ?? "libyaml could not be opened",
                advice: "Install it, or paste the entry by hand."
            )
        }
        let start = bytes.starts(with: [UInt8].byteOrderMark) ? 3 : 0
        self.bytes = bytes
        text = .allocate(capacity: max(bytes.count - start, 1))
        _ = text.initialize(from: bytes[start...])
        offsets = (start..<bytes.count).filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
        guard let parser = oe_yaml_make(text.baseAddress, bytes.count - start) else {
            text.deallocate()
            throw DocumentFault("there is no memory to read it")
        }
        self.parser = parser
    }

    func close() {
        oe_yaml_free(parser)
        text.deallocate()
    }

    mutating func document() throws(DocumentFault) -> YAMLDocument.Node? {
        var event = try next()
        while event.kind == oe_yaml_other { event = try next() }
        guard event.kind == oe_yaml_document else { return nil }
        let root = try node(try next(), depth: 0)
        event = try next()
        guard event.is_marked == 0 else { throw unsupported("a marked end of the document", event) }
        event = try next()
        guard event.kind == oe_yaml_end else { throw unsupported("a second document", event) }
        return root
    }

    private func fault(_ problem: String, _ event: oe_yaml_event) -> DocumentFault {
        DocumentFault(problem, at: offset(event.start), in: bytes)
    }

    /// The client may well read it.
    private func unsupported(_ problem: String, _ event: oe_yaml_event) -> DocumentFault {
        let fault = fault("\(problem), which is not read here,", event)
        return DocumentFault(fault.description, advice: "Paste the entry by hand.", isBroken: false)
    }

    private func offset(_ character: Int) -> Int { offsets[min(character, offsets.count - 1)] }

    private func next() throws(DocumentFault) -> oe_yaml_event {
        var event = oe_yaml_event()
        var problem: UnsafePointer<CChar>?
        var (line, column) = (0, 0)
        guard oe_yaml_next(parser, &event, &problem, &line, &column) == 1 else {
            let what = problem.map { String(cString: $0) } ?? "it cannot be read"
            throw DocumentFault("\(what) at line \(line + 1), column \(column + 1)")
        }
        return event
    }

    private func node(_ event: oe_yaml_event, depth: Int) throws(DocumentFault) -> YAMLDocument.Node {
        guard depth < Self.deepest else { throw fault("more than \(Self.deepest) levels", event) }
        guard event.is_marked == 0, event.kind != oe_yaml_alias else {
            throw unsupported("an anchor, alias or tag", event)
        }
        let start = offset(event.start)
        switch event.kind {
        case oe_yaml_scalar:
            let text = String(decoding: UnsafeRawBufferPointer(start: event.text, count: event.length), as: UTF8.self)
            let kind = YAMLDocument.Node.Kind.scalar(text, isPlain: event.is_plain == 1)
            return .init(kind: kind, range: start..<offset(event.end), isFlow: false)
        case oe_yaml_list: return try list(from: event, depth: depth)
        default: return try map(from: event, depth: depth)
        }
    }

    private func list(from event: oe_yaml_event, depth: Int) throws(DocumentFault) -> YAMLDocument.Node {
        var items: [YAMLDocument.Node] = []
        var next = try self.next()
        while next.kind != oe_yaml_list_end {
            items.append(try node(next, depth: depth + 1))
            next = try self.next()
        }
        return whole(.list(items), event, next, last: items.last)
    }

    private func map(from event: oe_yaml_event, depth: Int) throws(DocumentFault) -> YAMLDocument.Node {
        var pairs: [(key: YAMLDocument.Node, value: YAMLDocument.Node)] = []
        var names: Set<String> = []
        var next = try self.next()
        while next.kind != oe_yaml_map_end {
            let key = try node(next, depth: depth + 1)
            guard let name = key.text else { throw fault("a key that is no text", next) }
            guard names.insert(name).inserted else { throw fault("the key \"\(name)\" a second time", next) }
            pairs.append((key, try node(try self.next(), depth: depth + 1)))
            next = try self.next()
        }
        return whole(.map(pairs), event, next, last: pairs.last?.value)
    }

    private func whole(
        _ kind: YAMLDocument.Node.Kind,
        _ event: oe_yaml_event,
        _ end: oe_yaml_event,
        last: YAMLDocument.Node?
    ) -> YAMLDocument.Node {
        let isFlow = event.is_flow == 1
        let upper = isFlow ? offset(end.end) : last?.range.upperBound ?? offset(event.end)
        let start = offset(event.start)
        return .init(kind: kind, range: start..<max(start, upper), isFlow: isFlow)
    }
}
