package import JSON

/// Something only the client can answer.
package enum ClientRequest: Hashable, Sendable {
    case form(Form)
    /// The parameters of `sampling/createMessage`; `maxTokens` is required.
    case sampling(JSON)
    case roots

    package var need: ClientCapability {
        switch self {
        case .form: .form
        case .sampling: .sampling
        case .roots: .roots
        }
    }

    var method: String {
        switch self {
        case .form: "elicitation/create"
        case .sampling: "sampling/createMessage"
        case .roots: "roots/list"
        }
    }

    func params(for revision: Revision) -> JSON? {
        switch self {
        case .form(let form): form.params(for: revision)
        case .sampling(let params): params
        // 2026-07-28 requires the member, older ones do without.
        case .roots: revision.isStateless ? [:] : nil
        }
    }

    /// The least an answer must look like, wherever it comes from.
    func isAnswered(by answer: JSON) -> Bool {
        switch self {
        case .form: answer["action"]?.string != nil
        case .sampling: answer["content"] != nil
        case .roots: answer["roots"]?.array != nil
        }
    }
}
