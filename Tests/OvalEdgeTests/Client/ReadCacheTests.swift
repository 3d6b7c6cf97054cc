import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import OvalEdge

/// Signs everybody in, counts the reads that reach it, and answers each when its gate opens.
private final class Library: HTTPClient {
    private struct State {
        var texts: [String] = []
        var failures: [HTTPFailure] = []
        var count = 0
    }

    private let state = Mutex(State())
    private let gates: [Gate]

    /// Read number n waits at gate n; reads without one are answered at once.
    init(_ gates: [Gate] = []) { self.gates = gates }

    var count: Int { state.withLock { $0.count } }

    /// What the next reads are answered with, before the rest get their number.
    func say(_ texts: String...) { state.withLock { $0.texts += texts } }

    func fail(_ failure: HTTPFailure) { state.withLock { $0.failures.append(failure) } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        guard !request.url.hasSuffix(TokenExchange.path) else { return answer(#"{"token":"e30.e30.c2ln"}"#) }
        let (number, text, failure) = state.withLock { state in
            state.count += 1
            let text = state.texts.isEmpty ? nil : state.texts.removeFirst()
            return (state.count, text, state.failures.popLast())
        }
        if number <= gates.count { await gates[number - 1].pass() }
        if let failure { throw failure }
        return answer(text ?? #"{"read":\#(number)}"#)
    }

    private func answer(_ text: String) -> HTTPResponse {
        HTTPResponse(.ok, text: text, type: "application/json")
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The read cache` {
    private let clock = TestClock()
    private let request = APIRequest<JSON>.get("/api/v1/mcp/asset-details", [("objectId", "7")])
    private let change = APIRequest<JSON>.command("/api/v1/mcp/tags", ["name": "x"])
    private let cache: ReadCache

    init() { cache = ReadCache(ttl: 30) { [clock] in clock.now } }

    private func api(_ http: any HTTPClient, _ cache: ReadCache? = nil) -> OvalEdgeAPI {
        let configuration = OvalEdgeConfiguration(baseURL: "https://acme.net")
        let exchange = TokenExchange(configuration, credentials: .ann, client: http, redactor: Redactor())
        let broker = TokenBroker(exchange, log: .none, clock: SessionClock(clock))
        return OvalEdgeAPI(
            configuration,
            cache: cache ?? self.cache,
            client: http,
            broker: broker,
            remedies: .neutral,
            log: .none
        )
    }

    @Test func `that are the same and under way are one request`() async throws {
        let gate = Gate()
        let http = Library([gate])
        let api = api(http)
        let replies = try await withThrowingTaskGroup(of: JSON.self) { group in
            for _ in 1...8 { group.addTask { try await api.send(request) } }
            await eventually { cache.waitingCount == 7 }
            gate.open()
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(replies == [["read": 1]])
        #expect(http.count == 1)
    }

    @Test func `that differ in address, body or account are requests of their own`() async throws {
        let http = Library()
        let api = api(http).caching(notingAge: CacheAge())
        _ = try await api.send(request)
        _ = try await api.send(APIRequest<JSON>.get("/api/v1/mcp/asset-details", [("objectId", "8")]))
        _ = try await api.send(APIRequest<JSON>.query("/api/v1/mcp/asset-explorer", ["page": 1]))
        _ = try await api.send(APIRequest<JSON>.query("/api/v1/mcp/asset-explorer", ["page": 2]))
        _ = try await self.api(http, ReadCache(ttl: 30) { [clock] in clock.now }).caching(notingAge: CacheAge()).send(
            request
        )
        #expect(http.count == 5)
    }

    @Test func `let one go who is cancelled, and serve the others`() async throws {
        let gate = Gate()
        let http = Library([gate])
        let api = api(http)
        let first = Task { try await api.send(request) }
        await eventually { http.count == 1 }
        let impatient = Task { try await api.send(request) }
        let patient = Task { try await api.send(request) }
        await eventually { cache.waitingCount == 2 }
        impatient.cancel()
        // The gate is shut: it waits for no one.
        await #expect(throws: OvalEdgeError.cancelled) { try await impatient.value }
        #expect(cache.waitingCount == 1)
        gate.open()
        #expect(try await first.value == patient.value)
        #expect(http.count == 1)
    }

    @Test func `are asked by the next when the first is cancelled`() async throws {
        let (gate, second) = (Gate(), Gate())
        let http = Library([gate, second])
        http.fail(.cancelled)
        let api = api(http)
        let first = Task { try await api.send(request) }
        await eventually { http.count == 1 }
        let others = (1...3).map { _ in Task { try await api.send(request) } }
        await eventually { cache.waitingCount == 3 }
        first.cancel()
        gate.open()
        await #expect(throws: OvalEdgeError.cancelled) { try await first.value }
        await eventually { http.count == 2 && cache.waitingCount == 2 }
        second.open()
        for other in others { #expect(try await other.value == ["read": 2]) }
        #expect(http.count == 2)
    }

    @Test func `fail together, and are asked again by later callers`() async throws {
        let gate = Gate()
        let http = Library([gate])
        http.fail(.cutOff(detail: "in the middle"))
        let api = api(http)
        let callers = (1...4).map { _ in Task { try await api.send(request) } }
        await eventually { cache.waitingCount == 3 }
        gate.open()
        for caller in callers { #expect((await caller.result).isFailure) }
        #expect(http.count == 1)
        #expect(try await api.send(request) == ["read": 2])
    }

    @Test func `stay apart from those that were asked before a change`() async throws {
        let (old, new) = (Gate(), Gate())
        let http = Library([old, Gate.opened(), new])
        let api = api(http).caching(notingAge: CacheAge())
        let before = Task { try await api.send(request) }
        await eventually { http.count == 1 }
        _ = try await api.send(change)
        let after = Task { try await api.send(request) }
        await eventually { http.count == 3 }
        old.open()
        #expect(try await before.value == ["read": 1])
        new.open()
        #expect(try await after.value == ["read": 3])
        // What was asked before the change is not kept, what was asked after it is.
        #expect(try await api.send(request) == ["read": 3])
    }

    @Test(arguments: [true, false])
    func `that are begun while a change is under way are not kept`(_ changeFails: Bool) async throws {
        let (write, read) = (Gate(), Gate())
        let http = Library([write, read])
        if changeFails { http.fail(.cutOff(detail: "in the middle")) }
        let api = api(http).caching(notingAge: CacheAge())
        let changing = Task { try await api.send(change) }
        await eventually { http.count == 1 }
        let reading = Task { try await api.send(request) }
        await eventually { http.count == 2 }
        write.open()
        #expect((await changing.result).isFailure == changeFails)
        read.open()
        #expect(try await reading.value == ["read": 2])
        #expect(try await api.send(request) == ["read": 3])
    }

    @Test func `are answered from what was kept for as long as is set, and note how old that is`() async throws {
        let http = Library()
        let (first, second) = (CacheAge(), CacheAge())
        let asked = clock.now
        #expect(try await api(http).caching(notingAge: first).send(request) == ["read": 1])
        #expect(first.asOf == nil)
        clock.advance(by: 29)
        #expect(try await api(http).caching(notingAge: second).send(request) == ["read": 1])
        #expect(second.asOf == asked)
        clock.advance(by: 1)
        let third = CacheAge()
        #expect(try await api(http).caching(notingAge: third).send(request) == ["read": 2])
        #expect(third.asOf == nil)
    }

    @Test func `note the oldest of several kept replies`() async throws {
        let http = Library()
        let other = APIRequest<JSON>.get("/api/v1/mcp/asset-details", [("objectId", "8")])
        let asked = clock.now
        _ = try await api(http).caching(notingAge: CacheAge()).send(request)
        clock.advance(by: 10)
        _ = try await api(http).caching(notingAge: CacheAge()).send(other)
        let ages = CacheAge()
        _ = try await api(http).caching(notingAge: ages).send(other)
        _ = try await api(http).caching(notingAge: ages).send(request)
        _ = try await api(http).caching(notingAge: ages).send(other)
        #expect(ages.asOf == asked)
        #expect(http.count == 2)
    }

    @Test func `that cannot say how old they are take nothing that was kept`() async throws {
        let http = Library()
        _ = try await api(http).send(request)
        #expect(try await api(http).send(request) == ["read": 2])
    }

    @Test func `that must be fresh neither wait for another nor take what was kept`() async throws {
        let gate = Gate()
        let http = Library([gate])
        let slow = Task { try await api(http).send(request) }
        await eventually { http.count == 1 }
        #expect(try await api(http).fresh.send(request) == ["read": 2])
        #expect(try await api(http).fresh.send(request) == ["read": 3])
        // What they brought is new enough for the others.
        #expect(try await api(http).caching(notingAge: CacheAge()).send(request) == ["read": 3])
        clock.advance(by: 1)
        _ = try await api(http).fresh.send(request)
        gate.open()
        _ = try await slow.value
        #expect(try await api(http).caching(notingAge: CacheAge()).send(request) == ["read": 4])
    }

    @Test func `are forgotten by a change, whatever its outcome`() async throws {
        let http = Library()
        let api = api(http).caching(notingAge: CacheAge())
        _ = try await api.send(request)
        http.fail(.cutOff(detail: "in the middle"))
        await #expect(throws: OvalEdgeError.self) { _ = try await api.send(change) }
        #expect(try await api.send(request) == ["read": 3])
    }

    @Test(arguments: [
        #"{"ok":false,"message":"Not now"}"#, #"{"error":"Not now"}"#, #"{"success":"false"}"#,
        #"{"status":"error","data":{"items":[]}}"#, #"{"errors":["Not now"]}"#, "<html>", "",
        #"{"ok":true,"data":null}"#,
    ])
    func `are asked again where the reply was no content`(_ body: String) async throws {
        let http = Library()
        http.say(body)
        let ages = CacheAge()
        _ = try? await api(http).caching(notingAge: ages).send(request)
        #expect(try await api(http).caching(notingAge: ages).send(request) == ["read": 2])
        #expect(ages.asOf == nil)
    }

    @Test func `are each a request when that is set`() async throws {
        let (first, second) = (Gate(), Gate())
        let http = Library([first, second])
        let api = api(http, ReadCache(ttl: 0)).caching(notingAge: CacheAge())
        let callers = (1...2).map { _ in Task { try await api.send(request) } }
        await eventually { http.count == 2 }
        first.open()
        second.open()
        for caller in callers { _ = try await caller.value }
        #expect(try await api.send(request) == ["read": 3])
    }
}

extension Gate {
    fileprivate static func opened() -> Gate {
        let gate = Gate()
        gate.open()
        return gate
    }
}

extension Result {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
