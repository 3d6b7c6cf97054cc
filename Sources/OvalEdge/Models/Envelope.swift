package import JSON

/// A reply in the product's usual wrapping: the content, or its word that it will not.
package enum Envelope<Content: Model>: Model {
    case content(Content)
    case refusal(Refusal)

    package init(_ json: JSON) throws(JSONMismatch) {
        if let refusal = Refusal(json) {
            self = .refusal(refusal)
        } else {
            self = .content(try Content(json))
        }
    }

    /// The content, or the refusal as an error.
    package func opened() throws(OvalEdgeError) -> Content {
        switch self {
        case .content(let content): return content
        case .refusal(let refusal): throw refusal.error
        }
    }
}
