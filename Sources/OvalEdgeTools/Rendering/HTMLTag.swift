import Encodings

/// One tag of HTML, or a comment, which is a tag named `!`.
struct HTMLTag {
    let name: String
    let isClosing: Bool
    /// Where the text goes on.
    let end: Substring.Index
    private let attributes: Substring

    /// Nil when no tag that HTML knows begins here.
    init?(at text: Substring) {
        if text.hasPrefix("<!") || text.hasPrefix("<?") {
            guard let end = Self.endOfComment(text) else { return nil }
            (name, isClosing, self.end, attributes) = ("!", false, end, text.prefix(0))
            return
        }
        let afterOpen = text.dropFirst()
        isClosing = afterOpen.first == "/"
        let inside = isClosing ? afterOpen.dropFirst() : afterOpen
        let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        self.name = name.lowercased()
        let behind = inside[name.endIndex...]
        guard Self.known.contains(self.name), let next = behind.first, next.isWhitespace || next == "/" || next == ">",
            let close = Self.close(of: behind)
        else { return nil }
        attributes = behind[..<close]
        end = text.index(after: close)
    }

    var isBlock: Bool { Self.blocks.contains(name) }

    /// The value of an attribute, entities decoded.
    func attribute(_ name: String) -> String? {
        var rest = attributes
        while !rest.isEmpty {
            rest = rest.drop { $0.isWhitespace || $0 == "/" }
            let found = rest.prefix { !$0.isWhitespace && $0 != "=" && $0 != "/" }
            rest = rest[found.endIndex...].drop { $0.isWhitespace }
            var value: Substring = ""
            if rest.first == "=" {
                rest = rest.dropFirst().drop { $0.isWhitespace }
                if let quote = rest.first, quote == "\"" || quote == "'" {
                    value = rest.dropFirst().prefix { $0 != quote }
                    rest = rest[value.endIndex...].dropFirst()
                } else {
                    value = rest.prefix { !$0.isWhitespace }
                    rest = rest[value.endIndex...]
                }
            }
            if found.lowercased() == name { return HTMLEntities.decoded(value).trimmed }
            if found.isEmpty { rest = rest.dropFirst() }
        }
        return nil
    }

    /// The `>` that ends a tag; one between quotes does not.
    private static func close(of text: Substring) -> Substring.Index? {
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == ">" {
                return index
            } else if character == "<" {
                return nil
            }
        }
        return nil
    }

    private static func endOfComment(_ text: Substring) -> Substring.Index? {
        guard text.hasPrefix("<!--") else { return close(of: text.dropFirst()).map { text.index(after: $0) } }
        var rest = text.dropFirst(4)
        while let dash = rest.firstIndex(of: "-") {
            rest = rest[dash...]
            if rest.hasPrefix("-->") { return rest.index(rest.startIndex, offsetBy: 3) }
            rest = rest.dropFirst()
        }
        return text.endIndex
    }

    static let headings: Set<String> = ["h1", "h2", "h3", "h4", "h5", "h6"]

    private static let blocks: Set<String> = [
        "address", "article", "aside", "body", "center", "dd", "details", "dl", "dt", "figcaption", "figure", "footer",
        "form", "header", "html", "main", "nav", "summary", "tbody", "tfoot", "thead", "li",
    ]

    private static let known: Set<String> = headings.union(blocks).union([
        "a", "abbr", "b", "big", "blockquote", "br", "button", "caption", "cite", "code", "col", "colgroup", "del",
        "div", "em", "font", "head", "hr", "i", "iframe", "img", "input", "ins", "kbd", "label", "link", "mark", "meta",
        "ol", "p", "pre", "q", "s", "script", "section", "small", "span", "strike", "strong", "style", "sub", "sup",
        "svg", "table", "td", "th", "title", "tr", "tt", "u", "ul", "var", "video", "wbr",
    ])
}
