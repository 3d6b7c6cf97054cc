import Text

/// One tag of HTML, or a comment, which is a tag named `!`.
struct HTMLTag {
    let name: String
    let isClosing: Bool
    /// Where the text goes on.
    let end: Int
    private let attributes: ArraySlice<UInt8>

    /// Nil when no tag that HTML knows begins here.
    init?(at text: ArraySlice<UInt8>) {
        let afterOpen = text.dropFirst()
        if afterOpen.first == UInt8(ascii: "!") || afterOpen.first == UInt8(ascii: "?") {
            guard let end = Self.endOfComment(text) else { return nil }
            (name, isClosing, self.end, attributes) = ("!", false, end, [])
            return
        }
        isClosing = afterOpen.first == UInt8(ascii: "/")
        let inside = isClosing ? afterOpen.dropFirst() : afterOpen
        let name = inside.prefix(Self.longestName + 1).prefix { Self.isLetterOrDigit($0) }
        if inside[name.endIndex...].first == UInt8(ascii: ":"), !name.isEmpty {
            guard Self.officePrefixes.contains(String(decoding: name, as: UTF8.self).lowercased()),
                let close = Self.close(of: inside[name.endIndex...])
            else { return nil }
            (self.name, end, attributes) = (":", close + 1, [])
            return
        }
        let behind = inside[name.endIndex...]
        guard let next = behind.first, Self.isSpace(next) || next == UInt8(ascii: "/") || next == UInt8(ascii: ">"),
            !name.isEmpty
        else { return nil }
        self.name = String(decoding: name, as: UTF8.self).lowercased()
        guard Self.known.contains(self.name), let close = Self.close(of: behind) else { return nil }
        attributes = behind[..<close]
        end = close + 1
    }

    var isBlock: Bool { Self.blocks.contains(name) }

    /// The value of an attribute, entities decoded.
    func attribute(_ name: String) -> String? {
        var rest = attributes
        while !rest.isEmpty {
            rest = rest.drop { Self.isSpace($0) || $0 == UInt8(ascii: "/") }
            let found = rest.prefix { !Self.isSpace($0) && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "/") }
            rest = rest[found.endIndex...].drop { Self.isSpace($0) }
            var value: ArraySlice<UInt8> = []
            if rest.first == UInt8(ascii: "=") {
                rest = rest.dropFirst().drop { Self.isSpace($0) }
                if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                    value = rest.dropFirst().prefix { $0 != quote }
                    rest = rest[value.endIndex...].dropFirst()
                } else {
                    value = rest.prefix { !Self.isSpace($0) }
                    rest = rest[value.endIndex...]
                }
            }
            if String(decoding: found, as: UTF8.self).lowercased() == name {
                return String(decoding: HTMLEntities.decoded(value), as: UTF8.self).trimmed
            }
        }
        return nil
    }

    /// The `>` that ends a tag; one between quotes does not.
    private static func close(of text: ArraySlice<UInt8>) -> Int? {
        var quote: UInt8?
        for index in text.indices {
            let byte = text[index]
            if let open = quote {
                if byte == open { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: ">"): return index
            case UInt8(ascii: "<"): return nil
            default: break
            }
        }
        return nil
    }

    private static func endOfComment(_ text: ArraySlice<UInt8>) -> Int? {
        guard text.starts(with: "<!--".utf8) else { return close(of: text.dropFirst()).map { $0 + 1 } }
        var rest = text.dropFirst(4)
        while let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            rest = rest[dash...]
            if rest.starts(with: "-->".utf8) { return rest.startIndex + 3 }
            rest = rest.dropFirst()
        }
        return text.endIndex
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static let longestName = 10

    /// What Word puts before the names of its own tags.
    private static let officePrefixes: Set<String> = ["m", "o", "st1", "v", "w", "x"]

    static let headings: Set<String> = ["h1", "h2", "h3", "h4", "h5", "h6"]

    private static let blocks: Set<String> = [
        "address", "article", "aside", "body", "center", "dd", "details", "dl", "dt", "figcaption", "figure", "footer",
        "form", "header", "html", "main", "nav", "summary", "tbody", "tfoot", "thead", "li", "br", "hr", "p", "div",
        "section", "table", "tr", "blockquote", "ul", "ol", "pre", "caption", "fieldset", "legend", "td", "th", "h1",
        "h2", "h3", "h4", "h5", "h6", "menu", "dir", "title", "option", "textarea",
    ]

    private static let known: Set<String> = blocks.union([
        "a", "abbr", "acronym", "area", "audio", "b", "base", "bdi", "bdo", "big", "button", "canvas", "cite", "code",
        "col", "colgroup", "data", "del", "dfn", "em", "embed", "font", "head", "i", "iframe", "img", "input", "ins",
        "kbd", "label", "link", "map", "mark", "meta", "nobr", "noscript", "object", "param", "picture", "q", "s",
        "samp", "script", "select", "small", "source", "span", "strike", "strong", "style", "sub", "sup", "svg",
        "template", "time", "tt", "u", "var", "video", "wbr",
    ])
}
