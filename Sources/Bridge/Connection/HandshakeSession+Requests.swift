import Clock
import JSON
import JSONRPC
import MCP
import MCPClient
import Threads

// What a client of a revision with a handshake asks for.
extension HandshakeSession {
    func handle(_ request: Request, _ params: JSONObject, in exchange: Exchange) -> Reply {
        switch request.method {
        case "server/discover", "subscriptions/listen": return .now(.failure(.methodNotFound(request.method)))
        case "ping" where remote.server?.revision.isStateless ?? true: return .now(.success(.emptyObject))
        case "tools/list" where isSignedOut: return .now(.success(EncodedJSON(SignInTool.list)))
        case "tools/call" where params["name"]?.string == SignInTool.name && bridge.options.signInRemedy != nil:
            return .later(Job { [self] in await signIn() })
        default: return forward(request, params, in: exchange)
        }
    }

    private func forward(_ request: Request, _ params: JSONObject, in exchange: Exchange) -> Reply {
        let (carried, token) = HopMetadata.carried(params)
        let limit = bridge.options.questionLimit
        let relay = CallRelay(
            exchange,
            token: token,
            admits: { [remote] notification in
                // Of 2026-07-28, log lines are all that can come with a call.
                remote.server?.revision.isStateless == true && notification.method != "notifications/message"
                    ? nil : notification
            }
        ) { [client] method, params in
            if let refusal = QuestionKind.refusal(method, params, by: client.capabilities) { return .failure(refusal) }
            return await exchange.relay(method, params, within: limit)
        }
        return .later(
            Job(cancelled: relay.mute) { [self] in
                defer { relay.mute() }
                do throws(RemoteFailure) {
                    return .success(EncodedJSON(try await result(of: request.method, carried, relay, exchange)))
                } catch {
                    return ended(request, error)
                }
            }
        )
    }

    private func result(
        of method: String,
        _ params: JSONObject,
        _ relay: CallRelay,
        _ exchange: Exchange
    ) async throws(RemoteFailure) -> JSON {
        let server = if let known = remote.server { known } else { try await remote.open() }
        guard server.revision.isStateless else {
            let result = try await remote.call(call(method, params, relay))
            return DownLevel.projected(result, of: method, from: server.revision, to: revision)
        }
        switch method {
        case "ping": return [:]
        case "logging/setLevel":
            guard let level = params["level"]?.string, ClientLog.Level(rawValue: level) != nil else {
                throw .refused(
                    .invalidParams("`level` must be one of the levels of RFC 5424, from `debug` to `emergency`.")
                )
            }
            setLogLevel(level)
            return [:]
        case "resources/subscribe", "resources/unsubscribe":
            guard let uri = params["uri"]?.string else { throw .refused(.invalidParams("`uri` must be a text.")) }
            subscribes(method == "resources/subscribe", to: uri)
            return try await remote.call(call(method, params, relay))
        case _ where EraMethods.cross(method): return try await rounds(of: method, params, relay, exchange)
        default: throw .refused(.methodNotFound(method))
        }
    }

    private func call(_ method: String, _ params: JSONObject, _ relay: CallRelay) -> RemoteCall {
        RemoteCall(
            method,
            params.isEmpty ? nil : params,
            wantsProgress: relay.wantsProgress,
            isRepeatable: EraMethods.isRepeatable(method),
            events: relay,
            caller: caller
        )
    }

    /// A server of 2026-07-28 asks with its result; each question is a request to this client.
    private func rounds(
        of method: String,
        _ params: JSONObject,
        _ relay: CallRelay,
        _ exchange: Exchange
    ) async throws(RemoteFailure) -> JSON {
        var params = params
        // Tasks of 2025-11-25 are not offered across.
        params["task"] = nil
        if let logLevel { params = HopMetadata.asking(for: logLevel, in: params) }
        var rounds = InputRounds(params, capabilities: client.capabilities)
        while true {
            let result = try await remote.call(call(method, params, relay))
            switch rounds.step(after: result) {
            case .done(let result):
                do throws(RPCError) {
                    return try ResultToHandshake.translated(result, of: method, for: revision)
                } catch {
                    throw .refused(error)
                }
            case .ask(let questions):
                params = rounds.params(answering: try await answers(to: questions, in: exchange))
            case .again(let pause):
                do { try await SystemClock.sleep(for: pause) } catch { throw .cancelled }
                params = rounds.params()
            case .fail(let error): throw .refused(error)
            }
        }
    }

    private func answers(
        to questions: [InputRounds.Question],
        in exchange: Exchange
    ) async throws(RemoteFailure) -> [(key: String, answer: JSON)] {
        let limit = bridge.options.questionLimit
        let answers = await withTaskGroup(of: (Int, Result<JSON, RPCError>).self) { group in
            for (number, question) in questions.enumerated() {
                group.addTask(executorPreference: WorkerPool.shared) {
                    (number, await Self.answer(to: question, in: exchange, within: limit))
                }
            }
            var answers: [Result<JSON, RPCError>?] = Array(repeating: nil, count: questions.count)
            for await (number, answer) in group {
                answers[number] = answer
                // One that is missing ends the request, so no one has to answer the others.
                if case .failure = answer { group.cancelAll() }
            }
            return answers
        }
        guard !Task.isCancelled else { throw .cancelled }
        var all: [(key: String, answer: JSON)] = []
        for (question, answer) in zip(questions, answers) {
            switch answer {
            case .success(let answer)?: all.append((question.key, answer))
            case .failure(let error)?: throw .refused(error)
            case nil: throw .cancelled
            }
        }
        return all
    }

    private static func answer(
        to question: InputRounds.Question,
        in exchange: Exchange,
        within limit: Duration
    ) async -> Result<JSON, RPCError> {
        do {
            return .success(try await exchange.ask(question.method, question.params, within: limit))
        } catch {
            return .failure(unanswered(question, error))
        }
    }

    private static func unanswered(_ question: InputRounds.Question, _ failure: any Error) -> RPCError {
        let cause: JSON? =
            if case AskFailure.refused(let error) = failure { error.json } else { nil }
        return RPCError(
            code: -32603,
            "The client did not answer `\(question.method.prefix(80))`, which the server needs to go on.",
            data: .members(("method", .string(question.method)), ("error", cause))
        )
    }

    /// How a request ends without a result.
    private func ended(_ request: Request, _ failure: RemoteFailure) -> Outcome {
        lost(failure)
        if request.method == "ping", case .refused = failure {
        } else if request.method == "ping" {
            // The bridge is there, and the next call looks for the server.
            return .success(.emptyObject)
        }
        if case .refused(let error) = failure {
            let isOther = remote.server?.revision.isStateless == true
            return .failure(isOther ? ResultToHandshake.translated(error, of: request.method) : error)
        }
        let error = RPCError(failure, remedy: remedy)
        guard isSignedOut, failure.needsSignIn, request.method == "tools/call" else { return .failure(error) }
        return .success(EncodedJSON(SignInTool.said(error.message, isError: true)))
    }

    private func signIn() async -> Outcome {
        if await isThere() {
            found()
            return .success(EncodedJSON(SignInTool.said(SignInTool.done, isError: false)))
        }
        return .success(EncodedJSON(SignInTool.said("Not signed in. \(remedy)", isError: true)))
    }
}
