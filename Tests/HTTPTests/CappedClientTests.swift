import HTTP
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A client with a cap` {
    private let request = HTTPRequest(.get, "http://a.example/")

    @Test func `sends so many requests at a time, and all of them`() async throws {
        let back = BackEnd()
        let client = CappedClient(back, atOnce: 2)
        let calls = (0..<7).map { _ in Task { try await client.send(request) } }
        await back.hasBegun(2)
        #expect(back.most == 2)
        back.gate.open()
        for call in calls { #expect(try await call.value.status == .ok) }
        #expect(back.most <= 2 && back.begun.value == 7)
    }

    @Test func `ends a request that waits for its turn when its task is cancelled`() async throws {
        let back = BackEnd()
        let client = CappedClient(back, atOnce: 1)
        let first = Task { try await client.send(request) }
        await back.hasBegun(1)
        let second = Task { try await client.send(request) }
        second.cancel()
        await #expect(throws: HTTPFailure.cancelled) { try await second.value }
        let third = Task { try await client.send(request) }
        back.gate.open()
        #expect(try await first.value.status == .ok)
        #expect(try await third.value.status == .ok)
        #expect(back.begun.value == 2)
    }

    @Test func `passes the turn on after a failure`() async throws {
        let back = BackEnd(fails: true)
        back.gate.open()
        let client = CappedClient(back, atOnce: 1)
        for _ in 0..<3 {
            await #expect(throws: HTTPFailure.timedOut(seconds: 1)) { try await client.send(request) }
        }
    }
}

/// Answers once its gate is open, and counts what is under way.
private final class BackEnd: HTTPClient {
    let gate = Gate()
    let begun = Counter()
    private let fails: Bool
    private let state = Mutex((underWay: 0, most: 0))

    init(fails: Bool = false) { self.fails = fails }

    var most: Int { state.withLock { $0.most } }

    func hasBegun(_ count: Int) async {
        while begun.value < count { await Task.yield() }
    }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        state.withLock { state in
            state.underWay += 1
            state.most = max(state.most, state.underWay)
        }
        defer { state.withLock { $0.underWay -= 1 } }
        begun.increment()
        await gate.pass()
        if fails { throw .timedOut(seconds: 1) }
        return HTTPResponse(.ok)
    }
}
