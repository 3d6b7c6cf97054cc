import JSON
import JSONRPC

/// What a server may ask of a client, and what the client must have declared for it.
enum QuestionKind {
    /// Whether a client with these capabilities takes that question.
    static func isTaken(_ method: String, _ params: JSON?, by capabilities: JSON) -> Bool {
        switch method {
        case "roots/list": return capabilities["roots"] != nil
        case "sampling/createMessage":
            guard let sampling = capabilities["sampling"] else { return false }
            return params?["tools"] == nil || sampling["tools"] != nil
        case "elicitation/create":
            guard let elicitation = capabilities["elicitation"] else { return false }
            guard params?["mode"] == "url" else {
                // Without a word about modes it is forms (2025-11-25, client/elicitation).
                return elicitation["form"] != nil || elicitation["url"] == nil
            }
            return elicitation["url"] != nil
        default: return false
        }
    }

    /// The answer to a server that asks a client for what it has not declared; nil where it may be asked.
    static func refusal(_ method: String, _ params: JSON?, by capabilities: JSON) -> RPCError? {
        let known = ["roots/list", "sampling/createMessage", "elicitation/create"]
        guard known.contains(method), !isTaken(method, params, by: capabilities) else { return nil }
        return .methodNotFound(method)
    }

    /// Whether a client with these capabilities can be asked anything.
    static func isAny(takenBy capabilities: JSON) -> Bool {
        ["roots", "sampling", "elicitation"].contains { capabilities[$0] != nil }
    }
}
