import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import OvalEdge

/// A store of one credential in memory, whose turns can run out and which can be out of reach.
private final class TokensInMemory: TokenStore, OpenTokenStore {
    private struct State {
        var record: TokenRecord?
        var turns = 0
        var holder: Int?
        var isAway = false
    }

    private struct Turn: TokenTurn {
        let store: TokensInMemory
        let number: Int

        func write(_ record: TokenRecord) throws -> Bool {
            try store.reached { state in
                guard state.turns == self.number else { return false }
                state.record = record
                return true
            }
        }

        func release() { _ = try? store.reached { if $0.holder == self.number { $0.holder = nil } } }
    }

    private let state = Mutex(State())

    var isTaken: Bool { state.withLock { $0.holder != nil } }
    func goes(away isAway: Bool) { state.withLock { $0.isAway = isAway } }
    /// What the time limit of a turn does.
    func endsTurn() { state.withLock { $0.holder = nil } }

    func opened(for credentials: Credentials, at baseURL: String) -> (any OpenTokenStore)? { self }
    func record() throws -> TokenRecord? { try reached { $0.record } }

    func turn() throws -> (any TokenTurn)? {
        try reached { state in
            guard state.holder == nil else { return nil }
            state.turns += 1
            state.holder = state.turns
            return Turn(store: self, number: state.turns)
        }
    }

    private func reached<Value: Sendable>(_ body: (inout sending State) -> sending Value) throws -> Value {
        let value = state.withLock { state in state.isAway ? nil : body(&state) }
        guard let value else { throw TokenStoreUnreachable() }
        return value
    }
}

/// An OvalEdge that takes no credential.
private final class RefusingDesk: HTTPClient {
    private let count = Atomic(0)

    var exchanges: Int { count.load(ordering: .relaxed) }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        count.add(1, ordering: .relaxed)
        return HTTPResponse(.unauthorized, text: "{}")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Servers that share a token` {
    private let clock = TestClock()
    private let store = TokensInMemory()
    private let lines = Shared<[String]>([])
    private let request = APIRequest<JSON>.get("/api/v1/mcp/asset-details")

    private func server(_ desk: any HTTPClient, patience: Double = 1e6) -> OvalEdgeAPI {
        let log = Log(.warning) { [lines] line in lines.value.withLock { $0.append(line) } }
        let time = SessionClock(now: { [clock] in clock.now }, sleep: { _ in await Task.yield() })
        let configuration = OvalEdgeConfiguration(baseURL: "https://acme.net")
        let exchange = TokenExchange(
            configuration,
            credentials: .ann,
            client: desk,
            redactor: log.redactor,
            now: time.now
        )
        let source = SharedTokenSource(
            exchange,
            store: store,
            patience: patience,
            refusalLife: 30,
            log: log,
            clock: time
        )
        let broker = TokenBroker(source, log: log, clock: time, renewsAhead: false)
        return OvalEdgeAPI(configuration, client: desk, broker: broker, remedies: .neutral, log: log)
    }

    private func call(_ server: OvalEdgeAPI) async throws { _ = try await server.send(request) }

    @Test func `exchange once for all of them`() async throws {
        let desk = OneLiveToken(clock)
        let servers = (0..<4).map { _ in server(desk) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 { group.addTask { try await call(servers[number % 4]) } }
            try await group.waitForAll()
        }
        #expect(desk.exchanges == 1 && !store.isTaken)
    }

    @Test func `write nothing in a turn that took too long, and come to one token`() async throws {
        let gate = Gate()
        let desk = OneLiveToken(clock, gate: gate)
        let (late, other) = (server(desk), server(desk))
        let first = Task { try await call(late) }
        await eventually { desk.mostInFlight == 1 }
        store.endsTurn()
        let second = Task { try await call(other) }
        await eventually { desk.mostInFlight == 2 }
        gate.open()
        try await first.value
        try await second.value
        let kept = try #require(try store.record()?.token)
        for _ in 0..<2 {
            try await call(late)
            try await call(other)
        }
        #expect(desk.exchanges <= 3 && kept.receivedAt == clock.now && !store.isTaken)
    }

    @Test func `take the turn of one that was killed in it, and exchange`() async throws {
        let desk = OneLiveToken(clock)
        let turn = try #require(try store.turn())
        var record = TokenRecord()
        record.exchangingSince = clock.now
        #expect(try await turn.write(record))
        let call = Task { try await self.call(server(desk)) }
        for _ in 0..<200 { await Task.yield() }
        #expect(desk.exchanges == 0)
        store.endsTurn()
        try await call.value
        #expect(desk.exchanges == 1)
    }

    @Test func `do not try a credential again for half a minute that OvalEdge has refused to one of them`() async throws
    {
        let desk = RefusingDesk()
        for _ in 0..<3 {
            let error = await #expect(throws: OvalEdgeError.self) { try await call(server(desk)) }
            #expect(error?.status == 401)
        }
        #expect(desk.exchanges == 1)
        clock.advance(by: 31)
        await #expect(throws: OvalEdgeError.self) { try await call(server(desk)) }
        #expect(desk.exchanges == 2)
    }

    @Test func `go on alone while the store is away, without a word and without a pause`() async throws {
        let desk = OneLiveToken(clock)
        let (one, two) = (server(desk), server(desk))
        try await call(one)
        store.goes(away: true)
        for number in 0..<8 {
            desk.losesToken()
            try await call(number.isMultiple(of: 2) ? one : two)
        }
        store.goes(away: false)
        desk.losesToken()
        let before = desk.exchanges
        try await call(one)
        try await call(two)
        #expect(desk.exchanges == before + 1)
        #expect(lines.value.withLock { $0 }.isEmpty)
    }
}
