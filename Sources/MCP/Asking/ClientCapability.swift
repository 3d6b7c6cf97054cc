import JSON

/// What a client can do for a server beyond asking, if it declared that.
package enum ClientCapability: Hashable, Sendable {
    /// Show a form to a person.
    case form
    /// Let its model write something.
    case sampling
    /// List the folders on which it works.
    case roots

    /// As a client declares it, and as -32021 asks for it.
    var capability: JSON {
        switch self {
        case .form: ["elicitation": ["form": [:]]]
        case .sampling: ["sampling": [:]]
        case .roots: ["roots": [:]]
        }
    }

    /// A client that declares elicitation without naming a way means forms (client/elicitation, "Capabilities").
    func isMet(by capabilities: JSON, in revision: Revision) -> Bool {
        switch self {
        case .form:
            guard revision >= .june2025, let elicitation = capabilities["elicitation"]?.object else { return false }
            return revision == .june2025 || elicitation["form"] != nil || elicitation["url"] == nil
        case .sampling: return capabilities["sampling"]?.object != nil
        case .roots: return capabilities["roots"]?.object != nil
        }
    }
}
