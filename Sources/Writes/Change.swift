package import JSON
package import Rendering
import Text

/// A change as the person sees it who decides about it: made from the body of the request, all of which is in it.
///
/// The new value comes before the current one. Members of the body that no part shows are listed under their own names,
/// so that none can be sent unseen.
package struct Change: Sendable {
    private let title: Inline
    private let body: RequestBody
    private let parts: [Part]
    private let told: [RequestBody.Path]

    /// `telling` names members of the body that the title may show; the others are shown by a part, or listed at the end.
    package init(_ title: Inline, telling told: [RequestBody.Path] = [], in body: JSON?, _ parts: [Part]) {
        self.title = title
        self.body = RequestBody(json: body ?? .null)
        self.parts = parts
        self.told = told
    }

    /// Of one object; `reference` is its kind and id.
    package init(of name: String?, _ reference: String, in body: JSON?, _ parts: [Part]) {
        let title: Inline =
            name.map { "Change of \(excerpt: $0, upTo: Self.longestName) (\(escaped: reference))" }
            ?? "Change of \(escaped: reference)"
        self.init(title, telling: [["target"]], in: body, parts)
    }

    /// Names of the catalog may be of any length, and must not crowd out what is to be seen.
    package static let longestName = 300

    package var preview: String {
        var page = Page(open: body.leaves)
        page.text.heading(3, title)
        page.settle(told, in: title)
        for part in parts { part.write(body, to: &page) }
        for leaf in page.open { page.text.bullet("\(code: leaf.name): \(Self.shown(leaf.value))") }
        return page.text.text
    }

    /// By field, as OvalEdge holds it; nil where nothing is known of it.
    package var before: JSON? {
        let read = fields.compactMap { field in field.now.stored.map { JSONObject.Member(field.name, $0) } }
        return read.isEmpty ? nil : .object(JSONObject(read))
    }

    /// By field; the whole body where it has no fields.
    package var after: JSON {
        let fields = fields.map { JSONObject.Member($0.name, body[$0.path] ?? .null) }
        return fields.isEmpty ? body.json : .object(JSONObject(fields))
    }

    /// Every field holds the very bytes already that are to be written.
    var changesNothing: Bool { !fields.isEmpty && fields.allSatisfy { $0.now.isSame(as: body[$0.path]) } }

    private var fields: [Field] {
        parts.compactMap { part in
            if case .field(let field) = part { field } else { nil }
        }
    }

}

extension Change {
    /// A piece of a preview.
    package enum Part: Sendable {
        case field(Field)
        /// A text of the body, letter by letter.
        case code(_ name: String, at: RequestBody.Path, in: StaticString)
        case line(Inline)
        /// `telling` are the members whose values it shows.
        case bullet(Inline, telling: [RequestBody.Path] = [])

        fileprivate func write(_ body: RequestBody, to page: inout Page) {
            switch self {
            case .field(let field): field.write(body[field.path], to: &page)
            case .code(let name, let path, let language):
                guard let text = body[path]?.string else { return }
                page.text.line("")
                page.text.line("\(bold: name)")
                page.text.code(text, in: language)
                if !Change.isSeen(text) { page.text.line("With white space shown: \(Change.quoted(text))") }
                page.close(path)
            case .line(let line): page.text.line(line)
            case .bullet(let line, let told):
                page.text.bullet(line)
                page.settle(told, in: line)
            }
        }
    }

    /// A member of the body under the name that people know, with its current value.
    package struct Field: Sendable {
        let name: String
        let path: RequestBody.Path
        let now: Now
        /// The value in words, where the body holds an id or a code.
        let words: String?
        /// Further members, of which the name may speak.
        let told: [RequestBody.Path]

        package init(
            _ name: String,
            at path: RequestBody.Path,
            now: Now = .new,
            words: String? = nil,
            telling told: [RequestBody.Path] = []
        ) {
            self.name = name
            self.path = path
            self.now = now
            self.words = words
            self.told = told
        }

        fileprivate func write(_ value: JSON?, to page: inout Page) {
            let name: Inline = "\(bold: name)"
            let sent = Change.shown(value)
            let words = words.map { Change.shown($0) } ?? sent
            let new: Inline = words == sent ? sent : "\(words) (\(sent))"
            switch now {
            case .new: page.text.bullet("\(name): \(new)")
            case .unread: page.text.bullet("\(name), current unknown, new: \(new)")
            case .isCalled(let called):
                page.text.bullet(name)
                page.text.line("  - new: \(new)")
                page.text.line("  - current: \(Now.excerpt(called))")
            case .holds(let text, let plain):
                page.text.bullet(name)
                page.text.line("  - new: \(new)")
                let isFormatted = plain != nil && (text ?? "").utf8.contains(UInt8(ascii: "<"))
                page.text.line(
                    "  - \(isFormatted ? "current, formatted" : "current"): \(Now.excerpt(plain ?? text ?? ""))"
                )
            }
            page.close(path)
            page.settle(told, in: name)
        }
    }

    /// What a field holds before the change.
    package enum Now: Sendable {
        /// Nothing is there yet.
        case new
        /// It may hold anything.
        case unread
        /// As it is stored, nil for nothing; `plain` is how people read it.
        case holds(String?, plain: String? = nil)
        /// Only how people call it, which several values may have in common.
        case isCalled(String)

        fileprivate var stored: JSON? {
            switch self {
            case .new, .unread: nil
            case .holds(let text, _): text.map { .string($0) } ?? .null
            case .isCalled(let name): .string(name)
            }
        }

        fileprivate func isSame(as value: JSON?) -> Bool {
            guard case .holds(let text, _) = self, let value = value?.string else { return false }
            return value.utf8.elementsEqual((text ?? "").utf8)
        }

        private static let longest = 300

        fileprivate static func excerpt(_ text: String) -> Inline {
            let start = text.prefix(longest + 1)
            guard start.count > longest else { return Change.shown(text) }
            return "\(Change.shown(String(start.dropLast()).trimmed)) … (\(text.count) characters)"
        }
    }

    /// A preview as far as it is written, and the members of the body that are not in it yet.
    fileprivate struct Page {
        var text = Markdown()
        private(set) var open: [RequestBody.Leaf]

        /// What is at `path` was shown.
        mutating func close(_ path: RequestBody.Path) { open.removeAll { $0.path.starts(with: path) } }

        /// What is at `paths` was shown where its value is a word of `line`.
        mutating func settle(_ paths: [RequestBody.Path], in line: Inline) {
            open.removeAll { leaf in
                paths.contains { leaf.path.starts(with: $0) } && line.holds(Change.shown(leaf.value))
            }
        }
    }
}
