import HTTP
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A retrying client` {
    @Test func `returns the first answer that is not transient`() async throws {
        let stage = Stage([.answer(503), .answer(429), .answer(200)])
        let response = try await stage.client().send(HTTPRequest(.get, "http://a.example/"))
        #expect(response.status == 200)
        #expect(stage.requests.count == 3)
        #expect(stage.pauses == [.seconds(0.25), .seconds(0.5)])
    }

    @Test func `returns the last answer when the attempts are used up`() async throws {
        let stage = Stage([.answer(503), .answer(503), .answer(502), .answer(200)])
        let response = try await stage.client().send(HTTPRequest(.get, "http://a.example/"))
        #expect(response.status == 502)
        #expect(stage.requests.count == 3)
    }

    @Test func `does not repeat a write that may have happened`() async throws {
        let stage = Stage([.answer(504), .answer(200)])
        let response = try await stage.client().send(HTTPRequest(.post, "http://a.example/"))
        #expect(response.status == 504)
        #expect(stage.requests.count == 1)
    }

    @Test func `does not repeat after a failure`() async throws {
        let stage = Stage([.failure(.cutOff(detail: "x")), .answer(200)])
        await #expect(throws: HTTPFailure.cutOff(detail: "x")) {
            try await stage.client().send(HTTPRequest(.get, "http://a.example/"))
        }
        #expect(stage.requests.count == 1)
    }

    @Test func `waits as long as the server asks`() async throws {
        let stage = Stage([.answer(503, retryAfter: "9"), .answer(200)])
        _ = try await stage.client().send(HTTPRequest(.get, "http://a.example/"))
        #expect(stage.pauses == [.seconds(9)])
    }

    @Test func `gives up at once when the server asks for more than the time left`() async throws {
        let stage = Stage([.answer(503, retryAfter: "21"), .answer(200)])
        let response = try await stage.client().send(HTTPRequest(.get, "http://a.example/"))
        #expect(response.status == 503)
        #expect(stage.pauses.isEmpty)
    }

    @Test func `counts the time of attempts and waits against one deadline`() async throws {
        let stage = Stage([.answer(503, after: .seconds(12), retryAfter: "7"), .answer(503), .answer(200)])
        _ = try await stage.client().send(HTTPRequest(.get, "http://a.example/"))
        #expect(stage.requests.map { $0.timeLimit } == [.seconds(20), .seconds(1), .seconds(0.5)])
    }

    @Test func `leaves a shorter limit of the request as it is`() async throws {
        let stage = Stage([.answer(200)])
        var request = HTTPRequest(.get, "http://a.example/")
        request.timeLimit = .seconds(3)
        _ = try await stage.client().send(request)
        #expect(stage.requests.map { $0.timeLimit } == [.seconds(3)])
    }

    @Test func `is cancelled while it waits`() async throws {
        let stage = Stage([.answer(503, retryAfter: "5"), .answer(200)])
        let (waiting, isWaiting) = AsyncStream.makeStream(of: Void.self)
        let client = RetryingClient(stage, within: .seconds(20)) { _ in
            isWaiting.finish()
            try await Task.sleep(for: .seconds(3600))
        }
        let task = Task { try await client.send(HTTPRequest(.get, "http://a.example/")) }
        for await _ in waiting {}
        task.cancel()
        await #expect(throws: HTTPFailure.cancelled) { try await task.value }
        #expect(stage.requests.count == 1)
    }
}

/// A client that plays answers in order, with a clock that only its waits move.
private final class Stage: HTTPClient {
    enum Turn {
        case answer(HTTPStatus, after: Duration = .zero, retryAfter: String? = nil)
        case failure(HTTPFailure)
    }

    private struct State {
        var turns: [Turn]
        var requests: [HTTPRequest] = []
        var pauses: [Duration] = []
        var now = ContinuousClock.now
    }

    private let state: Mutex<State>

    init(_ turns: [Turn]) { state = Mutex(State(turns: turns)) }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func client() -> RetryingClient {
        RetryingClient(
            self,
            within: .seconds(20),
            sleep: { pause in
                self.state.withLock {
                    $0.pauses.append(pause)
                    $0.now += pause
                }
            },
            now: { self.state.withLock { $0.now } },
            random: { 0.5 }
        )
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let turn = state.withLock {
            $0.requests.append(request)
            return $0.turns.removeFirst()
        }
        switch turn {
        case .failure(let failure): throw failure
        case .answer(let status, let after, let retryAfter):
            state.withLock { $0.now += after }
            var response = HTTPResponse(status)
            response.fields["Retry-After"] = retryAfter
            return response
        }
    }
}
