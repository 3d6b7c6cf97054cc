import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import OvalEdge

/// An OvalEdge that keeps one live token per credential, and can lose it.
final class OneLiveToken: HTTPClient {
    private struct State {
        var exchanges = 0
        var refusals = 0
        var inFlight = 0
        var mostInFlight = 0
        var live = ""
        var liveUntil = 0.0
        var failure: HTTPFailure?
        /// What every request is answered with, as a 400, whatever its token.
        var complaint: String?
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

    var exchanges: Int { state.withLock { $0.exchanges } }
    var refusals: Int { state.withLock { $0.refusals } }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    /// What an exchange by another machine, a restart or an administrator does.
    func losesToken() { state.withLock { $0.live = "" } }

    func fails(with failure: HTTPFailure?) { state.withLock { $0.failure = failure } }

    func answers(with complaint: String?) { state.withLock { $0.complaint = complaint } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard request.url.hasSuffix(TokenExchange.path) else { return answer(request) }
        let failure = state.withLock { state in
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
            state.live = ""
            return state.failure
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        await gate?.pass()
        for _ in 0..<5 { await Task.yield() }
        if let failure { throw failure }
        return HTTPResponse(.ok, text: exchanged())
    }

    private func exchanged() -> String {
        state.withLock { state in
            state.exchanges += 1
            state.liveUntil = clock.now + life
            state.live = jwt(#"{"n":\#(state.exchanges),"exp":\#(state.liveUntil)}"#)
            return state.live
        }
    }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        let isLive = state.withLock { state in
            let isLive = request.fields["Authorization"] == "jwt \(state.live)" && clock.now < state.liveUntil
            state.refusals += isLive ? 0 : 1
            return isLive
        }
        if let complaint = state.withLock({ $0.complaint }) { return HTTPResponse(.badRequest, text: complaint) }
        let refusal = #"{"message":"Invalid token, please generate a new token"}"#
        return isLive ? HTTPResponse(.ok, text: "{}") : HTTPResponse(.badRequest, text: refusal)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Processes that share a token` {
    private let place = TemporaryDirectory()
    private let clock = TestClock()
    private let request = APIRequest<JSON>.get("/api/v1/mcp/asset-details")

    private struct Process {
        let api: OvalEdgeAPI
        let source: SharedTokenSource
        let warnings: @Sendable () -> [String]
    }

    /// Everything one process has of its own; the directory is what it shares.
    private func process(
        _ server: OneLiveToken,
        store: TokenFolder? = nil,
        isSharing: Bool = true,
        patience: Double = 1e6
    ) -> Process {
        let lines = Shared<[String]>([])
        let log = Log(.warning) { line in lines.value.withLock { $0.append(line) } }
        let time = SessionClock(now: { [clock] in clock.now }, sleep: { _ in await Task.yield() })
        let configuration = OvalEdgeConfiguration(baseURL: "https://acme.net")
        let exchange = TokenExchange(
            configuration,
            credentials: .ann,
            client: server,
            redactor: log.redactor,
            now: time.now
        )
        let usual = TokenFolder(directories: [place.path + "/oe-mcp"])
        let source = SharedTokenSource(
            exchange,
            store: isSharing ? store ?? usual : nil,
            patience: patience,
            log: log,
            clock: time
        )
        let quiet = SessionClock(now: time.now, sleep: { [clock] in try await clock.sleep($0) })
        let broker = TokenBroker(source, log: log, clock: quiet)
        let api = OvalEdgeAPI(configuration, client: server, broker: broker, remedies: .neutral, log: log)
        return Process(api: api, source: source) { lines.value.withLock { $0 } }
    }

    private func call(_ process: Process) async throws { _ = try await process.api.send(request) }

    private func failure(_ process: Process) async throws -> OvalEdgeError {
        let error = try #require(await #expect(throws: OvalEdgeError.self) { try await call(process) })
        expectTwoSentences(error)
        return error
    }

    @Test func `exchange once for all of them`() async throws {
        let server = OneLiveToken(clock)
        for _ in 0..<5 { try await call(process(server)) }
        #expect(server.exchanges == 1)
    }

    @Test func `steal the token from each other when they do not share`() async throws {
        let server = OneLiveToken(clock)
        let (one, two) = (process(server, isSharing: false), process(server, isSharing: false))
        for _ in 0..<2 {
            try await call(one)
            try await call(two)
        }
        #expect(server.exchanges == 4)
    }

    @Test func `adopt what another has fetched instead of a token that ended`() async throws {
        let server = OneLiveToken(clock, life: 100)
        let (one, two) = (process(server), process(server))
        try await call(one)
        try await call(two)
        clock.advance(by: 96)
        try await call(two)
        try await call(one)
        #expect(server.exchanges == 2)
    }

    @Test func `replace a refused token once`() async throws {
        let server = OneLiveToken(clock)
        let (one, two) = (process(server), process(server))
        try await call(one)
        try await call(two)
        server.losesToken()
        try await call(one)
        try await call(two)
        #expect(server.exchanges == 2)
        #expect(await one.source.isContended == false)
    }

    @Test func `try a third token when two that were adopted are dead`() async throws {
        let server = OneLiveToken(clock)
        let (one, two) = (process(server), process(server))
        try await call(one)
        server.losesToken()
        try await call(two)
        server.losesToken()
        // One holds the first token and finds the second; the server knows neither any more.
        try await call(one)
        #expect(server.exchanges == 3)
    }

    @Test func `serve many calls of many processes over many lives of a token`() async throws {
        let server = OneLiveToken(clock, life: 6)
        let processes = (0..<10).map { _ in process(server) }
        let lives = 20
        for _ in 0..<lives {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for process in processes {
                    group.addTask { for _ in 0..<10 { try await call(process) } }
                }
                try await group.waitForAll()
            }
            clock.advance(by: 4.9)
        }
        #expect(server.mostInFlight == 1)
        #expect(server.exchanges <= lives + 2)
    }

    @Test func `wait for the one that signs in, and adopt its token`() async throws {
        let gate = Gate()
        let server = OneLiveToken(clock, gate: gate)
        let (one, two) = (process(server), process(server))
        let first = Task { try await call(one) }
        await eventually { server.mostInFlight == 1 }
        let second = Task { try await call(two) }
        for _ in 0..<200 { await Task.yield() }
        gate.open()
        try await first.value
        try await second.value
        #expect(server.exchanges == 1)
        #expect(server.mostInFlight == 1)
    }

    /// Security L7: all others failed, call by call.
    @Test func `go on alone, and say so, when who holds the lock sleeps`() async throws {
        let server = OneLiveToken(clock)
        let two = process(server, patience: 0.5)
        let store = try #require(
            try TokenFolder(directories: [place.path + "/oe-mcp"]).file(for: .ann, at: "https://acme.net")
        )
        let lock = try #require(try store.lock())
        try await call(two)
        try await call(two)
        withExtendedLifetime(lock) {}
        #expect(server.exchanges == 1)
        #expect(two.warnings().count == 1 && two.warnings()[0].contains("signing in without it"))
    }

    @Test func `end well where the one that slept goes on`() async throws {
        let gate = Gate()
        let server = OneLiveToken(clock, gate: gate)
        let (one, two) = (process(server), process(server, patience: 0.5))
        let first = Task { try await call(one) }
        await eventually { server.mostInFlight == 1 }
        let second = Task { try await call(two) }
        await eventually { server.mostInFlight == 2 }
        gate.open()
        try await first.value
        try await second.value
        for _ in 0..<2 {
            try await call(one)
            try await call(two)
        }
        #expect(server.exchanges <= 3)
        #expect(await !one.source.isContended)
    }

    @Test func `do not trust the token of one that died while it signed in`() async throws {
        let server = OneLiveToken(clock)
        let one = process(server)
        try await call(one)
        // What a process leaves that is killed between the server's answer and its own note of it.
        let store = try #require(
            try TokenFolder(directories: [place.path + "/oe-mcp"]).file(for: .ann, at: "https://acme.net")
        )
        var record = try #require(store.record())
        record.exchangingSince = clock.now
        try store.write(record)
        server.losesToken()
        try await call(process(server))
        #expect(server.refusals == 0)
        try await call(one)
        #expect(server.exchanges == 2)
        #expect(store.record()?.contention == Contention())
    }

    @Test func `keep the token where the server refused to exchange it`() async throws {
        let server = OneLiveToken(clock)
        try await call(process(server))
        let store = try #require(
            try TokenFolder(directories: [place.path + "/oe-mcp"]).file(for: .ann, at: "https://acme.net")
        )
        #expect(store.record()?.exchangingSince == nil)
        server.fails(with: .timedOut(seconds: 30))
        clock.advance(by: 3550)
        await #expect(throws: OvalEdgeError.self) { try await call(process(server)) }
        #expect(store.record()?.exchangingSince == clock.now)
        server.fails(with: nil)
        try await call(process(server))
        #expect(store.record()?.exchangingSince == nil && store.record()?.generation == 2)
    }

    @Test func `back off and say so when someone else uses the credential`() async throws {
        let server = OneLiveToken(clock)
        let (one, two) = (process(server), process(server))
        for number in 1...4 {
            try await call(number.isMultiple(of: 2) ? one : two)
            server.losesToken()
            clock.advance(by: 1)
        }
        let error = try await failure(one)
        #expect(error.kind == .notSignedIn && error.remedy == .useOwnCredentials(scheme: "jwt"))
        #expect(error.retryAfter == 5)
        #expect(await one.source.isContended)
        #expect(await two.source.isContended)
        _ = try await failure(two)
        #expect(server.exchanges == 4)
        clock.advance(by: 6)
        try await call(two)
        try await call(one)
        #expect(server.exchanges == 5)
        clock.advance(by: 60)
        #expect(await !one.source.isContended)
    }

    /// Code F1: four such answers within a minute ended all calls for up to half a minute.
    @Test func `do not count an answer that only sounds like a refusal`() async throws {
        let server = OneLiveToken(clock)
        let process = process(server)
        server.answers(with: #"{"message":"Invalid token"}"#)
        for _ in 0..<6 {
            let error = try await failure(process)
            #expect(error.kind == .notValid && error.what.contains("Invalid token"))
        }
        #expect(await !process.source.isContended)
        server.answers(with: nil)
        try await call(process)
    }

    @Test func `back off alone too`() async throws {
        let server = OneLiveToken(clock)
        let one = process(server, isSharing: false)
        for _ in 1...4 {
            try await call(one)
            server.losesToken()
        }
        _ = try await failure(one)
        #expect(server.exchanges == 4)
        #expect(await one.source.isContended)
    }

    @Test func `do not take tokens that end for tokens that were stolen`() async throws {
        let server = OneLiveToken(clock, life: 6)
        let one = process(server)
        for _ in 0..<10 {
            try await call(one)
            clock.advance(by: 5)
            server.losesToken()
        }
        #expect(await !one.source.isContended)
    }

    @Test func `go on alone, with one warning, where no directory can be used`() async throws {
        let server = OneLiveToken(clock, life: 100)
        place.write([1], to: "file")
        let lonely = process(server, store: TokenFolder(directories: [place.path + "/file/oe-mcp"]))
        for number in 0..<3 {
            if number > 0 { clock.advance(by: 96) }
            try await call(lonely)
        }
        #expect(server.exchanges == 3)
        let warnings = lonely.warnings()
        #expect(warnings.count == 1 && warnings[0].contains("not shared"))
    }

    @Test func `survive a file that is damaged at any time`() async throws {
        let server = OneLiveToken(clock, life: 100)
        let (one, two) = (process(server), process(server))
        for _ in 0..<5 {
            try await call(one)
            for name in place.names(in: "oe-mcp") { place.write([1, 2, 3], to: "oe-mcp/\(name)") }
            try await call(two)
            clock.advance(by: 96)
        }
        #expect(one.warnings().isEmpty && two.warnings().isEmpty)
    }
}

/// A lock that closures can share.
final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}
