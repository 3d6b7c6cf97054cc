package import JSON
import Text

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

    /// The text as it is kept, with its formatting; nil when it is empty.
    ///
    /// A plain text comes with a variant in HTML, too, which is no more than one paragraph of it.
    package static func stored(_ json: JSON) -> String? {
        if let text = json.string { return text }
        let plain = plainNames.firstNonNil { json[$0]?.string?.nonBlank }
        let html = htmlNames.firstNonNil { json[$0]?.string?.nonBlank }
        guard let plain, let html else { return html ?? plain }
        return html.utf8.elementsEqual("<p>\(plain)</p>".utf8) ? plain : html
    }

    /// Nil when no variant says anything; a bare text may hold HTML.
    package init?(_ json: JSON) {
        if case .string = json {
            guard let text = json.plainText else { return nil }
            self.init(text, .html)
            return
        }
        if let text = Self.plainNames.firstNonNil({ json[$0]?.string?.nonBlank }) {
            self.init(text, .plain)
        } else if let text = Self.htmlNames.firstNonNil({ json[$0]?.string?.nonBlank }) {
            self.init(text, .html)
        } else {
            return nil
        }
    }
}

extension String {
    fileprivate var nonBlank: String? { JSON.string(self).plainText }
}
