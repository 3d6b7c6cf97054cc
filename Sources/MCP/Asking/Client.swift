package import JSON
package import JSONRPC

/// The client of one request, as far as a handler may ask it for something.
///
/// A handler asks in a straight channel. In the handshake era a question is a request of ours, and the handler waits for
/// its answer. In 2026-07-28 the handler is left at the first question without an answer; the client sends the request
/// again with the answer, and the handler runs again from its start. So whatever comes before the last question must be
/// safe to repeat, and nothing may be changed until it is answered.
package struct Client: Sendable {
    /// As it declared them, an object.
    package let capabilities: JSON
    let revision: Revision
    let channel: Channel

    /// How a question gets an answer.
    enum Channel: Sendable {
        /// A client that is asked right away, once its session is open.
        case session(Exchange, Deadline)
        /// Answers come with the request itself, or not yet.
        case rounds([String: JSON])
        /// There is no one to ask.
        case none
    }

    /// One that can do nothing.
    package static let none = Client([:], .newestWithHandshake, .none)

    init(_ capabilities: JSON, _ revision: Revision, _ channel: Channel) {
        self.capabilities = capabilities
        self.revision = revision
        self.channel = channel
    }

    /// The same client with what it answered along with its request.
    func answering(_ answers: [String: JSON]) -> Client { Client(capabilities, revision, .rounds(answers)) }

    package func can(_ need: ClientCapability) -> Bool {
        if case .none = channel { return false }
        return need.isMet(by: capabilities, in: revision)
    }

    /// Throws when the client did not declare it: -32021 in 2026-07-28, which names what to declare.
    package func require(_ need: ClientCapability) throws(RPCError) {
        if !can(need) { throw .missingCapability(need, in: revision) }
    }

    /// Shows a form to the person at the client; `key` distinguishes the questions of one call.
    package func ask(_ form: Form, as key: String = "form") async throws -> FormAnswer {
        guard can(.form) else { return .notPossible }
        let answer = try await answers(to: [key: .form(form)])[key] ?? .null
        switch answer["action"]?.string {
        case "accept":
            switch form.read(answer["content"] ?? .null) {
            case .success(let values): return .accepted(values)
            case .failure(let unfit): throw AskFailure.unfit(problem: unfit.problem)
            }
        case "decline": return .declined
        case "cancel": return .cancelled
        default: throw AskFailure.unfit(problem: "The client answered a form with something that is no answer to one.")
        }
    }

    /// Asks several things at once and gives the client's results as they came, by key.
    ///
    /// Throws when the client did not declare what one of them needs.
    package func answers(to questions: KeyValuePairs<String, ClientRequest>) async throws -> [String: JSON] {
        for (_, question) in questions { try require(question.need) }
        switch channel {
        case .none: return [:]
        case .rounds(let given): return try fromRounds(given, questions)
        case .session(let exchange, let deadline):
            return try await deadline.paused { try await fromSession(exchange, questions) }
        }
    }

    /// How long a person may take.
    private static let patience = Duration.seconds(600)

    private func fromSession(
        _ exchange: Exchange,
        _ questions: KeyValuePairs<String, ClientRequest>
    ) async throws -> [String: JSON] {
        var answers: [String: JSON] = [:]
        for (key, question) in questions {
            let answer = try await exchange.ask(question.method, question.params(for: revision), within: Self.patience)
            guard question.isAnswered(by: answer) else { throw Self.noAnswer(key) }
            answers[key] = answer
        }
        return answers
    }

    private func fromRounds(
        _ given: [String: JSON],
        _ questions: KeyValuePairs<String, ClientRequest>
    ) throws -> [String: JSON] {
        let open = questions.filter { given[$0.key] == nil }
        if !open.isEmpty { throw InputRequired(questions: open.map { ($0.key, $0.value) }) }
        for (key, question) in questions where !question.isAnswered(by: given[key] ?? .null) {
            throw Self.noAnswer(key)
        }
        return given.filter { key, _ in questions.contains { $0.key == key } }
    }

    private static func noAnswer(_ key: String) -> AskFailure {
        .unfit(problem: "The answer to `\(key)` is not what was asked for.")
    }
}

/// Leaves a handler of 2026-07-28 whose questions have no answers yet.
struct InputRequired: Error {
    let questions: [(key: String, question: ClientRequest)]
}

extension RPCError {
    /// A client that sends answers along with a request gets the error of any other parameter; nil for a session.
    init?(_ failure: AskFailure, in revision: Revision) {
        guard revision.isStateless, case .unfit(let problem) = failure else { return nil }
        self = .invalidParams("`inputResponses`: \(problem)")
    }

    static func missingCapability(_ need: ClientCapability, in revision: Revision) -> RPCError {
        let capability = need.capability
        let name = capability.object?.names.first ?? ""
        let message = "The client must declare the capability `\(name)` for this."
        guard revision.isStateless else { return .invalidParams(message) }
        return RPCError(code: -32021, message, data: ["requiredCapabilities": capability])
    }
}
