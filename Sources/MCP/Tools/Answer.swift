package import JSON

/// What a tool says: text for the model, JSON for programs, links for people; or a mistake the model can fix.
package struct Answer: Hashable, Sendable {
    package var content: [Content]
    /// An object, or nil; a failure carries none, because it would not match the tool's output schema.
    package var structured: JSON?
    package var meta: JSON?
    package var isFailure: Bool
    /// The outcome of a change, which must be reported even when the time for the call has run out.
    package var tellsOutcome = false

    package init(_ content: [Content], structured: JSON? = nil, meta: JSON? = nil) {
        self.content = content
        self.structured = structured
        self.meta = meta
        isFailure = false
    }

    package init(_ text: String, structured: JSON? = nil, links: [ResourceLink] = []) {
        self.init([.text(text)] + links.map { .link($0) }, structured: structured)
    }

    /// `text` says what happened and what to do.
    package static func failure(_ text: String) -> Answer {
        var answer = Answer(text)
        answer.isFailure = true
        return answer
    }

    /// The text of it, without what is pictured, heard or linked.
    package var text: String { content.compactMap { $0.text }.joined(separator: "\n") }
}
