package import HTTP
import JSON
import Synchronization
import Testing

/// An HTTP client that expects certain requests, in order, and answers each as scripted; anything else fails the test.
package final class ScriptedHTTP: HTTPClient {
    package struct Step: Sendable {
        let expected: String
        let reply: Result<HTTPResponse, HTTPFailure>

        /// `request` is method and path, such as `GET /api/v1/mcp/asset-details`.
        package static func on(_ request: String, answer: HTTPResponse) -> Step {
            Step(expected: request, reply: .success(answer))
        }

        package static func on(_ request: String, _ status: HTTPStatus = .ok, json: String) -> Step {
            .on(request, answer: HTTPResponse(status, text: json, type: "application/json"))
        }

        package static func on(_ request: String, fail: HTTPFailure) -> Step {
            Step(expected: request, reply: .failure(fail))
        }
    }

    private struct State {
        var steps: ArraySlice<Step>
        var sent: [HTTPRequest] = []
    }

    private let state: Mutex<State>

    package init(_ steps: [Step]) { state = Mutex(State(steps: steps[...])) }

    package convenience init(_ steps: Step...) { self.init(steps) }

    /// What was asked so far.
    package var sent: [HTTPRequest] { state.withLock { $0.sent } }

    /// Whether everything expected has happened.
    package var isDone: Bool { state.withLock { $0.steps.isEmpty } }

    /// Expects more.
    package func add(_ steps: Step...) { state.withLock { $0.steps += steps } }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let step = state.withLock { state in
            state.sent.append(request)
            return state.steps.popFirst()
        }
        guard let step, step.expected == request.summary else {
            Issue.record("\(request.summary) was sent where \(step?.expected ?? "nothing more") was expected")
            throw .cutOff(detail: "not in the script")
        }
        return try step.reply.get()
    }
}

/// An HTTP client made of one function, for tests in which the order of requests is open.
package struct AnsweringHTTP: HTTPClient {
    private let answer: @Sendable (HTTPRequest) async throws(HTTPFailure) -> HTTPResponse

    package init(_ answer: @escaping @Sendable (HTTPRequest) async throws(HTTPFailure) -> HTTPResponse) {
        self.answer = answer
    }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        try await answer(request)
    }
}
