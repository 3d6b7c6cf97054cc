import JSON
import Text

/// Clients that are known without asking anyone; a dated file that becomes part of the program.
package struct KnownClients: Sendable {
    /// A document's address and what it says; `{id}` in both stands for one segment of a path.
    struct Entry: Sendable {
        let id: String
        let document: JSON
    }

    /// When the file was brought up to date, such as `2026-11-29`.
    package let date: String
    /// Where clients that register have people sent back.
    package let redirects: [String]
    package let redirectPrefixes: [String]
    let documents: [Entry]

    package static let builtIn = KnownClients(PackageResources.known_clients_json)

    init(_ bytes: [UInt8]) {
        let json = (try? JSON(parsing: bytes)) ?? [:]
        date = json["date"]?.string ?? ""
        redirects = Self.texts(json["redirects"])
        redirectPrefixes = Self.texts(json["redirect_prefixes"])
        documents = (json["documents"]?.array ?? []).compactMap { document in
            document["client_id"]?.string.map { Entry(id: $0, document: document) }
        }
    }

    private static func texts(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap { $0.string } }

    /// One whose document can be fetched to see whether any can.
    package var example: ClientDocumentID? {
        documents.lazy.compactMap { ClientDocumentID($0.id) }.first { !$0.text.contains("{") }
    }

    /// The bytes of the document as they were; nil where it is not known.
    func snapshot(_ id: ClientDocumentID) -> [UInt8]? {
        for entry in documents {
            guard let segment = Self.segment(of: id.text, in: entry.id) else { continue }
            let document = entry.document.replacingTexts { text in
                text.holds(Self.mark) ? text.replacing(every: Self.mark, with: segment) : nil
            }
            return (document ?? entry.document).bytes
        }
        return nil
    }

    private static let mark = "{id}"

    /// What stands in place of the mark, or an empty text without a mark; nil where the address is another.
    private static func segment(of text: String, in pattern: String) -> String? {
        guard let range = pattern.range(ofFirst: mark) else { return text == pattern ? "" : nil }
        let (before, after) = (pattern[..<range.lowerBound], pattern[range.upperBound...])
        guard text.utf8.count > before.utf8.count + after.utf8.count, text.hasPrefix(before), text.hasSuffix(after)
        else {
            return nil
        }
        let segment = text.dropFirst(before.count).dropLast(after.count)
        return RedirectPolicy.isPlainSegment(segment) ? String(segment) : nil
    }
}
