import JSON
import JSONRPC
import Logging
import Text

/// Carries a request of 2026-07-28 from one round to the next: what was answered so far travels with the client.
///
/// The state is sealed, good for ten minutes and for one use, and bound to who asks and to what is asked
/// (basic/patterns/mrtr, "Server Requirements").
final class MultiRoundState: Sendable {
    private let tokens: OneTimeTokens

    init(seal: Seal, used: any UsedTokens, now: @escaping @Sendable () -> Double) {
        tokens = OneTimeTokens(seal: seal, used: used, purpose: "requestState", now: now)
    }

    /// The answers that a request brought along, of this round and those before; empty for a first one.
    func answers(
        of method: String,
        _ params: JSONObject,
        for principal: Principal
    ) async throws(RPCError) -> [String: JSON] {
        let (answers, token) = try read(of: method, params, for: principal)
        guard let token else { return answers }
        do throws(TokensUnavailable) {
            if try await tokens.use(token) { return answers }
        } catch {
            throw RPCError(code: -32603, error.description)
        }
        throw .staleState
    }

    /// The same, and the token that is good for one use; nil for a first round.
    func read(
        of method: String,
        _ params: JSONObject,
        for principal: Principal
    ) throws(RPCError) -> (answers: [String: JSON], token: OneTimeTokens.Token?) {
        guard let given = params["requestState"], !given.isNull else { return ([:], nil) }
        guard let text = given.string, let token = try known({ () throws(TokensUnavailable) in try tokens.read(text) })
        else { throw .staleState }
        let state = token.content
        let isOurs = state["request"] == (try digest(of: method, params, for: principal))
        guard isOurs, let asked = state["asked"]?.array else { throw .staleState }
        return (try answers(from: params["inputResponses"], to: asked, after: state["answers"]?.object), token)
    }

    /// The result that asks the client for more.
    func members(
        asking open: InputRequired,
        of method: String,
        _ params: JSONObject,
        in context: RequestContext,
        after answers: [String: JSON]
    ) throws(RPCError) -> [JSONObject.Member] {
        let requests = open.questions.map { key, question in
            JSONObject.Member(
                key,
                .members(("method", .string(question.method)), ("params", question.params(for: context.revision)))
            )
        }
        let state: JSON = [
            "request": try digest(of: method, params, for: context.principal),
            "asked": .strings(open.questions.map { $0.key }),
            "answers": .object(JSONObject(answers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })),
        ]
        let token = try known { () throws(TokensUnavailable) in try tokens.token(of: state) }
        return [
            .init("inputRequests", .object(JSONObject(requests))),
            .init("requestState", .string(token)),
        ]
    }

    /// What was not asked for is left out; what was asked and is not there will be asked again.
    private func answers(
        from responses: JSON?,
        to asked: [JSON],
        after earlier: JSONObject?
    ) throws(RPCError) -> [String: JSON] {
        var answers: [String: JSON] = [:]
        for member in earlier?.members ?? [] { answers[member.name] = member.value }
        switch responses {
        case nil, .null?: return answers
        case .object(let responses)?:
            for key in asked.compactMap({ $0.string }) {
                guard let response = responses[key] else { continue }
                guard response.object != nil else {
                    throw .invalidParams("`inputResponses.\(key)` must be an object, the client's result.")
                }
                answers[key] = response
            }
            return answers
        default: throw .invalidParams("`inputResponses` must be an object.")
        }
    }

    /// The same for a request and its repetition, whose id, metadata and answers differ.
    private func digest(
        of method: String,
        _ params: JSONObject,
        for principal: Principal
    ) throws(RPCError) -> JSON {
        let salient = params.members.filter { !["_meta", "inputResponses", "requestState"].contains($0.name) }
        let parts: JSON = [principal.id.json, .string(method), JSON.object(JSONObject(salient)).canonical]
        let digest = try known { () throws(TokensUnavailable) in try tokens.seal.digest(parts.bytes) }
        return .string(Base64.encoded(digest, .urlSafe))
    }

    /// What cannot be known is neither a match nor none.
    private func known<Value>(_ value: () throws(TokensUnavailable) -> Value) throws(RPCError) -> Value {
        do {
            return try value()
        } catch {
            throw RPCError(code: -32603, error.description)
        }
    }
}

extension RPCError {
    static let staleState = RPCError.invalidParams(
        "`requestState` was not given out for this request, was used before or is too old; send the request without it."
    )
}

extension Principal.ID {
    fileprivate var json: JSON { .members(("issuer", issuer.map { .string($0) }), ("subject", .string(subject))) }
}
