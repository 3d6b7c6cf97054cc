package import JSON

/// What a tool says: text for the model, JSON for programs, links for people; or a mistake the model can mend.
package struct Answer: Hashable, Sendable {
    package struct Link: Hashable, Sendable {
        package let uri: String
        package let name: String
        package let description: String?

        package init(_ uri: String, name: String, description: String? = nil) {
            self.uri = uri
            self.name = name
            self.description = description
        }
    }

    package var text: String
    /// An object, or nil; a failure carries none, because it would not match the tool's output schema.
    package var structured: JSON?
    package var links: [Link]
    package var isFailure: Bool

    package init(_ text: String, structured: JSON? = nil, links: [Link] = []) {
        self.text = text
        self.structured = structured
        self.links = links
        isFailure = false
    }

    /// `text` says what happened and what to do.
    package static func failure(_ text: String) -> Answer {
        var answer = Answer(text)
        answer.isFailure = true
        return answer
    }
}
