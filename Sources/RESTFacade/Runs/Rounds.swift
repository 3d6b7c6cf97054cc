import JSON
import JSONRPC
import MCPClient
import Threads

/// A call that a server of 2026-07-28 may want answers for before it has a result ("Multi round-trip requests").
struct Rounds {
    /// After so many a server that asks on and on is left.
    private static let most = 10
    /// So many questions one round may have.
    private static let mostQuestions = 32

    private let first: RemoteCall

    init(_ first: RemoteCall) { self.first = first }

    /// `answer` is asked for each request of the server, for those of one round at once.
    func result(
        in session: any RemoteSession,
        on executor: any TaskExecutor,
        answer: @escaping @Sendable (String, JSON?) async -> Outcome
    ) async throws(RemoteFailure) -> JSON {
        var call = first
        for _ in 0..<Self.most {
            let result = try await session.call(call)
            guard result["resultType"]?.string == "input_required" else { return result }
            let questions = result["inputRequests"]?.object?.members ?? []
            guard questions.count <= Self.mostQuestions else {
                throw .protocolFault(detail: "The server asks more than \(Self.mostQuestions) questions at once.")
            }
            call.params = params(try await Self.answers(to: questions, on: executor, answer), result["requestState"])
        }
        throw .protocolFault(detail: "The server asks on and on.")
    }

    private static func answers(
        to questions: [JSONObject.Member],
        on executor: any TaskExecutor,
        _ answer: @escaping @Sendable (String, JSON?) async -> Outcome
    ) async throws(RemoteFailure) -> JSONObject {
        let tasks = questions.map { question in
            Tasks.begin(on: executor) { await answer(question.value["method"]?.string ?? "", question.value["params"]) }
        }
        var responses = JSONObject()
        for (question, task) in zip(questions, tasks) {
            switch await task.value {
            case .success(let answer): responses[question.name] = (try? JSON(parsing: answer.bytes)) ?? [:]
            case .failure(let error):
                for task in tasks { task.cancel() }
                throw .refused(error)
            }
        }
        return responses
    }

    private func params(_ responses: JSONObject, _ state: JSON?) -> JSONObject {
        var params = first.params ?? JSONObject()
        if !responses.isEmpty { params["inputResponses"] = .object(responses) }
        params["requestState"] = state
        return params
    }
}
