import HTTP
import Logging
import Synchronization
import TestSupport
import Testing

@testable import OvalEdge

/// A source that gives tokens of one length of life, or an error, and counts.
final class TestSource: TokenSource {
    private struct State {
        var count = 0
        var refused: [SessionToken?] = []
        var error: OvalEdgeError?
    }

    private let state = Mutex(State())
    private let clock: TestClock
    private let life: Double
    private let gate: Gate?

    init(_ clock: TestClock, life: Double = 3600, gate: Gate? = nil) {
        self.clock = clock
        self.life = life
        self.gate = gate
    }

    var count: Int { state.withLock { $0.count } }
    var refused: [SessionToken?] { state.withLock { $0.refused } }

    func fails(with error: OvalEdgeError?) { state.withLock { $0.error = error } }

    func token(insteadOf refused: SessionToken?) async throws(OvalEdgeError) -> SessionToken {
        let (number, error) = state.withLock { state in
            state.count += 1
            state.refused.append(refused)
            return (state.count, state.error)
        }
        await gate?.pass()
        if let error { throw error }
        return OvalEdgeTests.token(number, at: clock.now, life: life)
    }
}

extension SessionClock {
    init(_ clock: TestClock) { self.init(now: { clock.now }, sleep: { try await clock.sleep($0) }) }
}

/// Lets other tasks run until `condition` holds, or the time of the test is over.
func eventually(_ condition: () async -> Bool) async {
    while await !condition(), !Task.isCancelled { await Task.yield() }
    #expect(await condition())
}

@Suite(.timeLimit(.minutes(5))) struct `The token broker` {
    private let clock = TestClock()

    private func broker(_ source: any TokenSource, log: Log = .none) -> TokenBroker {
        TokenBroker(source, log: log, clock: SessionClock(clock))
    }

    @Test func `fetches once for eight callers`() async throws {
        let gate = Gate()
        let source = TestSource(clock, gate: gate)
        let broker = broker(source)
        let tokens = try await withThrowingTaskGroup(of: SessionToken.self) { group in
            for _ in 0..<8 { group.addTask { try await broker.token() } }
            await eventually { broker.waitingCount == 8 }
            gate.open()
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(tokens.count == 1)
        #expect(source.count == 1)
    }

    @Test func `lets a cancelled caller go at once and serves the others`() async throws {
        let gate = Gate()
        let source = TestSource(clock, gate: gate)
        let broker = broker(source)
        let impatient = Task { try await broker.token() }
        await eventually { broker.waitingCount == 1 }
        let patient = Task { try await broker.token() }
        await eventually { broker.waitingCount == 2 }
        impatient.cancel()
        await #expect(throws: OvalEdgeError.cancelled) { try await impatient.value }
        #expect(broker.waitingCount == 1)
        gate.open()
        _ = try await patient.value
        #expect(source.count == 1)
    }

    @Test func `keeps the token that no one waits for any more`() async throws {
        let gate = Gate()
        let source = TestSource(clock, gate: gate)
        let broker = broker(source)
        let only = Task { try await broker.token() }
        await eventually { broker.waitingCount == 1 }
        only.cancel()
        _ = await only.result
        gate.open()
        _ = try await broker.token()
        #expect(source.count == 1)
    }

    @Test func `does not begin anything for a caller that is cancelled already`() async {
        let source = TestSource(clock)
        let broker = broker(source)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await broker.token()
        }
        await #expect(throws: OvalEdgeError.cancelled) { try await task.value }
        #expect(source.count == 0)
    }

    @Test func `fails all who wait when the fetch fails, and recovers`() async throws {
        let source = TestSource(clock)
        let broker = broker(source)
        let refusal = OvalEdgeError(.notSignedIn, "Refused.", remedy: .text("Check."))
        source.fails(with: refusal)
        await #expect(throws: refusal) { try await broker.token() }
        await #expect(throws: refusal) { try await broker.token() }
        await #expect(throws: refusal) { try await broker.token() }
        #expect(source.count == 2)
        source.fails(with: nil)
        clock.advance(by: 1)
        _ = try await broker.token()
        #expect(source.count == 3)
    }

    @Test func `asks for another token than the refused one`() async throws {
        let source = TestSource(clock)
        let broker = broker(source)
        let first = try await broker.token()
        broker.rejected(first)
        let second = try await broker.token()
        #expect(second != first)
        #expect(source.refused == [nil, first])
        broker.rejected(first)
        #expect(try await broker.token() == second)
    }

    /// Code R9: the refused token was kept, and named to each later renewal.
    @Test func `forgets the refused token with the next one`() async throws {
        let source = TestSource(clock, life: 100)
        let broker = broker(source)
        let first = try await broker.token()
        broker.rejected(first)
        _ = try await broker.token()
        clock.advance(by: 99)
        _ = try await broker.token()
        #expect(source.refused == [nil, first, nil])
    }

    @Test func `fetches ahead of the first caller`() async throws {
        let source = TestSource(clock)
        let broker = broker(source)
        broker.prefetch()
        await eventually { source.count == 1 }
        _ = try await broker.token()
        #expect(source.count == 1)
    }

    @Test func `asks again after an attempt ahead of time that failed`() async throws {
        let source = TestSource(clock)
        source.fails(with: OvalEdgeError(.unreachable, "Silent.", remedy: .text("Wait.")))
        let broker = broker(source)
        for count in 1...3 {
            // The attempt before it may still be on its way to the broker.
            await eventually {
                broker.prefetch()
                return source.count >= count
            }
        }
        source.fails(with: nil)
        // No time passes: a failure that is remembered would be repeated for ever.
        await eventually { (try? await broker.token()) != nil }
    }

    @Test func `renews ahead of time while it is in use, and then no more`() async throws {
        let source = TestSource(clock, life: 300)
        let broker = broker(source)
        _ = try await broker.token()
        await clock.waitForSleepers()
        clock.advance(by: 240)
        await eventually { source.count == 2 }
        // The last use was 480 seconds ago by then, longer than a token lives.
        await clock.waitForSleepers()
        clock.advance(by: 240)
        await eventually { clock.sleeperCount == 0 }
        #expect(source.count == 2)
        _ = try await broker.token()
        #expect(source.count == 3)
    }

    @Test func `ends its timer when it goes`() async throws {
        do {
            let broker = broker(TestSource(clock))
            _ = try await broker.token()
            await clock.waitForSleepers()
        }
        await eventually { clock.sleeperCount == 0 }
    }

    @Test func `makes the log redact the tokens it hands out`() async throws {
        let redactor = Redactor()
        let broker = broker(TestSource(clock, life: 10), log: Log(.error, redactor: redactor) { _ in })
        var tokens: [String] = []
        for number in 0..<6 {
            if number > 0 { clock.advance(by: 9.8) }
            tokens.append(try await broker.token().secret.revealed)
        }
        #expect(redactor.redacted(tokens[5]) == "••••")
        #expect(redactor.redacted(tokens[2]) == "••••")
        // Of the first only what it has in common with later ones is still looked for.
        #expect(redactor.redacted(tokens[0]) != "••••")
    }

    @Test func `takes its tokens out of the redactor when it goes, but for one that another holds`() async throws {
        let redactor = Redactor()
        let log = Log(.error, redactor: redactor) { _ in }
        let source = TestSource(clock)
        var first: TokenBroker? = broker(source, log: log)
        let token = try #require(try await first?.token().secret.revealed)
        redactor.add(Secret(token))
        first = nil
        // The fetch's own task may hold the broker for a moment longer.
        await eventually { clock.sleeperCount == 0 }
        #expect(redactor.redacted(token) == "••••")
        redactor.remove(Secret(token))
        await eventually { redactor.redacted(token) == token }
        #expect(redactor.redacted(token) == token)
    }
}
