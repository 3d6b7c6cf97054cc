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

/// The product answered, but with `"ok": false` or an `error`.
package struct Refusal: Hashable, Sendable {
    private static let longestMessage = 300
    private static let longestCode = 100

    package let message: String?
    package let code: String?

    package init?(_ json: JSON) {
        let error = json.first(of: "error")
        let hasError = error.map { $0 != false && $0 != "" } ?? false
        guard json["ok"] == false || hasError else { return nil }
        let message = error?.text("message", "detail") ?? error?.plainText ?? json.text("message", "detail")
        self.message = Self.words(message)
        let code = json.text("code", "error_code") ?? error?.text("code")
        self.code = code.map { String($0.prefix(Self.longestCode)) }
    }

    /// What a reply says for itself, fit to be quoted: one line without power over the page.
    package static func words(_ text: String?) -> String? {
        text.flatMap { Quotation.line($0, atMost: longestMessage) }
    }

    package var error: OvalEdgeError {
        let known = KnownRefusal(message)
        return OvalEdgeError(
            .notValid,
            message.map { "OvalEdge refused the request: “\($0)”." }
                ?? "OvalEdge refused the request without saying why.",
            advice: known?.advice ?? "Check the ids, types and names in the call, and call again.",
            code: code ?? known?.code
        )
    }
}
