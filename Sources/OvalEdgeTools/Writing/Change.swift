package import JSON

/// What is there now and what will be, field by field: for the person who decides, and for the record.
package struct Change: Sendable {
    private enum Past { case read, unread, none }

    private let title: Inline
    private let fields: [(name: String, before: String?, after: String)]
    private let past: Past
    /// What goes with the change and has no state of its own.
    private let more: [(name: String, value: String)]

    /// A field whose `before` is nil has nothing yet; what is not `isReadable` may hold anything.
    package init(
        of subject: String,
        _ fields: [(name: String, before: String?, after: String)],
        with more: [(name: String, value: String)] = [],
        isReadable: Bool = true
    ) {
        title = "Change of \(escaped: subject)"
        self.fields = fields
        self.more = more
        past = isReadable ? .read : .unread
    }

    /// Something new, of which nothing is there yet.
    package init(new subject: String, _ fields: [(name: String, value: String)]) {
        title = "New: \(escaped: subject)"
        self.fields = fields.map { ($0.name, nil, $0.value) }
        more = []
        past = .none
    }

    package var preview: String {
        var text = Markdown()
        text.heading(3, title)
        for field in fields {
            switch past {
            case .none: text.bullet("\(bold: field.name): \(Self.shown(field.after))")
            case .unread: text.bullet("\(bold: field.name), now unknown, then: \(Self.shown(field.after))")
            case .read:
                text.bullet("\(bold: field.name)")
                text.line("  - now: \(Self.shown(field.before))")
                text.line("  - then: \(Self.shown(field.after))")
            }
        }
        for (name, value) in more { text.bullet("\(bold: name): \(Self.shown(value))") }
        return text.text
    }

    /// Nil where nothing is known of it.
    package var before: JSON? { past == .read ? object { $0.before } : nil }
    package var after: JSON {
        var after = object { $0.after }
        for (name, value) in more { after[name] = .string(value) }
        return after
    }

    /// What is agreed to is seen whole.
    private static func shown(_ text: String?) -> Inline {
        guard let text, !text.isEmpty else { return "(nothing)" }
        return "\(escaped: text.split { $0.isNewline }.joined(separator: " / "))"
    }

    private func object(_ value: ((name: String, before: String?, after: String)) -> String?) -> JSON {
        .object(JSONObject(fields.map { .init($0.name, value($0).map { .string($0) } ?? .null) }))
    }
}
