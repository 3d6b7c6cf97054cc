import JSON
import JSONRPC

/// One request in several rounds, where a server of 2026-07-28 asks a client of a revision that is asked by requests
/// (basic/patterns/mrtr).
///
/// A value: it is given each result, and returns what to do.
struct InputRounds {
    struct Question: Hashable {
        let key: String
        let method: String
        let params: JSON?
    }

    enum Step: Hashable {
        /// The request has ended.
        case done(JSON)
        /// The client is to be asked, all at once; then the answers are sent.
        case ask([Question])
        /// There is nothing to ask; the request is sent again after a while.
        case again(after: Duration)
        case fail(RPCError)
    }

    /// More are a server that will never be content.
    static let most = 10

    private let original: JSONObject
    private let capabilities: JSON
    private let newID: @Sendable () -> String
    private(set) var count = 0
    private var state: JSON?

    /// `params` are those of the first round; `newID` names pages that a client is asked to open.
    init(
        _ params: JSONObject,
        capabilities: JSON,
        newID: @escaping @Sendable () -> String = { RequestID.unguessable().json.string ?? "" }
    ) {
        original = params
        self.capabilities = capabilities
        self.newID = newID
    }

    mutating func step(after result: JSON) -> Step {
        guard result["resultType"] == "input_required" else { return .done(result) }
        count += 1
        guard count <= Self.most else {
            return .fail(RPCError(code: -32603, "The server asked for input \(Self.most) times and was not content."))
        }
        state = result["requestState"]
        let entries = result["inputRequests"]?.object?.members ?? []
        var questions: [Question] = []
        for entry in entries {
            guard let method = entry.value["method"]?.string else {
                return .fail(RPCError(code: -32603, "The server asked for input without saying for what."))
            }
            let params = entry.value["params"]
            guard QuestionKind.isTaken(method, params, by: capabilities) else {
                return .fail(Self.undeclared(method, params))
            }
            questions.append(Question(key: entry.name, method: method, params: named(params)))
        }
        return questions.isEmpty ? .again(after: .milliseconds(100 << min(count, 6))) : .ask(questions)
    }

    /// The params of the next round.
    func params(answering answers: [(key: String, answer: JSON)] = []) -> JSONObject {
        var params = original
        if !answers.isEmpty {
            params["inputResponses"] = .object(JSONObject(answers.map { .init($0.key, $0.answer) }))
        }
        if let state { params["requestState"] = state }
        return params
    }

    /// 2025-11-25 has an id for each page that is to be opened, 2026-07-28 has none.
    private func named(_ params: JSON?) -> JSON? {
        guard params?["mode"] == "url", params?["elicitationId"] == nil else { return params }
        var params = params
        params?["elicitationId"] = .string(newID())
        return params
    }

    static func undeclared(_ method: String, _ params: JSON?) -> RPCError {
        let mode = params?["mode"]?.string.map { " (\($0))" } ?? ""
        return RPCError(
            code: -32603,
            "The server needs `\(method.prefix(80))`\(mode) of the client, which this client does not offer.",
            data: .members(("method", .string(method)), ("mode", params?["mode"]))
        )
    }
}
