package import JSON

/// A description as the product keeps it, in one of the several variants that it sends side by side.
package struct RichText: Hashable, Sendable {
    package enum Format: Sendable { case plain, html }

    package static let plainNames = ["plainText", "wikitextplain", "wikiTextPlain", "plain_text"]
    package static let htmlNames = ["html", "wikitext", "wikiText", "richText", "techtext", "techText"]

    package let text: String
    package let format: Format

    package init(_ text: String, _ format: Format) {
        self.text = text
        self.format = format
    }

    /// Nil when no variant says anything; a bare text may hold HTML.
    package init?(_ json: JSON) {
        if case .string = json {
            guard let text = json.plainText else { return nil }
            self.init(text, .html)
            return
        }
        if let text = Self.plainNames.lazy.compactMap({ json[$0]?.string?.nonBlank }).first {
            self.init(text, .plain)
        } else if let text = Self.htmlNames.lazy.compactMap({ json[$0]?.string?.nonBlank }).first {
            self.init(text, .html)
        } else {
            return nil
        }
    }
}

extension String {
    fileprivate var nonBlank: String? { JSON.string(self).plainText }
}
