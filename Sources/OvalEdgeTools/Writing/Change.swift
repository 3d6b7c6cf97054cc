package import JSON

/// What is there now and what will be, field by field: for the person who decides, and for the record.
package struct Change: Sendable {
    private let subject: String
    private let fields: [(name: String, before: String?, after: String)]

    /// A field whose `before` is nil has nothing yet.
    package init(of subject: String, _ fields: [(name: String, before: String?, after: String)]) {
        self.subject = subject
        self.fields = fields
    }

    package var preview: String {
        var text = Markdown()
        text.heading(3, "Change of \(escaped: subject)")
        for field in fields {
            text.bullet("\(bold: field.name)")
            text.line("  - now: \(Self.shown(field.before))")
            text.line("  - then: \(Self.shown(field.after))")
        }
        return text.text
    }

    package var before: JSON { object { $0.before } }
    package var after: JSON { object { $0.after } }

    /// What is agreed to is seen whole.
    private static func shown(_ text: String?) -> Inline {
        guard let text, !text.isEmpty else { return "(nothing)" }
        return "\(escaped: text.split { $0.isNewline }.joined(separator: " / "))"
    }

    private func object(_ value: ((name: String, before: String?, after: String)) -> String?) -> JSON {
        .object(JSONObject(fields.map { .init($0.name, value($0).map { .string($0) } ?? .null) }))
    }
}
