import JSON
import JSONRPC
import Logging
import Synchronization
import Text

/// Carries a request of 2026-07-28 from one round to the next: what was answered so far travels with the client.
///
/// The state is sealed, good for ten minutes and for one use, and bound to who asks and to what is asked
/// (basic/patterns/mrtr, "Server Requirements").
final class Rounds: Sendable {
    static let lifetime = 600.0

    private let seal: Seal
    private let now: @Sendable () -> Double
    /// The states that came back, with the second in which each would have ended anyway.
    private let used = Mutex<[String: Double]>([:])

    init(seal: Seal, now: @escaping @Sendable () -> Double) {
        self.seal = seal
        self.now = now
    }

    /// The answers that a request brought along, of this round and those before; empty for a first one.
    func answers(of method: String, _ params: JSONObject, for principal: Principal) throws(RPCError) -> [String: JSON] {
        guard let given = params["requestState"], !given.isNull else { return [:] }
        guard let text = given.string else { throw .staleState }
        let state = try opened(text)
        let isOurs = state["request"] == digest(of: method, params, for: principal)
        guard isOurs, let end = state["end"]?.double, now() < end, let asked = state["asked"]?.array else {
            throw .staleState
        }
        let answers = try answers(from: params["inputResponses"], to: asked, after: state["answers"]?.object)
        // The bytes, not the text: a text has several spellings of the same bytes.
        guard let sealed = Base64.decoded(text), use(Base64.encoded(sealed), until: end) else { throw .staleState }
        return answers
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
            "request": digest(of: method, params, for: context.principal),
            "end": .double(now() + Self.lifetime),
            "asked": .strings(open.questions.map { $0.key }),
            "answers": .object(JSONObject(answers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })),
        ]
        guard let sealed = try? seal.sealed(state.bytes, for: Self.purpose) else { throw .internalError }
        return [
            .init("inputRequests", .object(JSONObject(requests))),
            .init("requestState", .string(Base64.encoded(sealed, .urlSafe))),
        ]
    }

    private static let purpose = "requestState"

    private func opened(_ text: String) throws(RPCError) -> JSON {
        guard let sealed = Base64.decoded(text), let plain = try? seal.opened(sealed, for: Self.purpose),
            let state = try? JSON(parsing: plain)
        else { throw .staleState }
        return state
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

    private func use(_ state: String, until end: Double) -> Bool {
        let now = now()
        return used.withLock { used in
            if used.count > 1_000 { used = used.filter { $0.value > now } }
            return used.updateValue(end, forKey: state) == nil
        }
    }

    /// The same for a request and its repetition, whose id, metadata and answers differ.
    private func digest(of method: String, _ params: JSONObject, for principal: Principal) -> JSON {
        let salient = params.members.filter { !["_meta", "inputResponses", "requestState"].contains($0.name) }
        let parts: JSON = [.string(principal.name), .string(method), JSON.object(JSONObject(salient)).canonical]
        return (try? seal.digest(parts.bytes)).map { .string(Base64.encoded($0, .urlSafe)) } ?? .null
    }
}

extension RPCError {
    static let staleState = RPCError.invalidParams(
        "`requestState` was not given out for this request, was used before or is too old; send the request without it."
    )
}

extension Principal {
    fileprivate var name: String {
        switch self {
        case .local: "local"
        case .user(let name): "user \(name)"
        }
    }
}
