package import JSON

/// A reply in the product's usual wrapping: the content, its word that it will not, or neither.
package enum Envelope<Content: Model>: Model {
    case content(Content)
    case refusal(Refusal)
    /// With OvalEdge's words about that.
    case nothing(String?)

    package init(_ json: JSON) throws(JSONMismatch) {
        if let refusal = Refusal(json) {
            self = .refusal(refusal)
        } else if Content.isNothing(json) {
            self = .nothing(Refusal.words(json.messageBesideData))
        } else {
            self = .content(try Content(json))
        }
    }

    /// The content; anything else is an error, which names what was asked about.
    package func opened(about subject: String? = nil) throws(OvalEdgeError) -> Content {
        switch self {
        case .content(let content): return content
        case .refusal(let refusal): throw refusal.error
        case .nothing(let message): throw Self.absence(of: subject, message.map { ": “\($0)”" } ?? "")
        }
    }

    private static func absence(of subject: String?, _ message: String) -> OvalEdgeError {
        if Content.isList {
            OvalEdgeError(
                .notUnderstood,
                "OvalEdge returned neither results nor an empty result\(message).",
                remedy: .report(nil, after: "Call again later")
            )
        } else {
            OvalEdgeError(
                .notFound,
                "OvalEdge answered nothing for \(subject ?? "what was asked for")\(message); it may not exist or not be "
                    + "visible to this account.",
                remedy: .searchFirst
            )
        }
    }
}
