import HTTP
import JSON
import MCP
import Synchronization
import TestSupport
import Testing

@testable import StreamableHTTP

/// What servers of one test have in common, as a store would keep it.
private final class CommonParts: EndedSessions, SharedFailures {
    private struct State {
        var ended: Set<String> = []
        var failures: [String: Int] = [:]
        var isAway = false
        var looks = 0
    }

    private let state = Mutex(State())

    var parts: SharedParts { SharedParts(ended: self, failures: self) }
    var looks: Int { state.withLock { $0.looks } }
    func goes(away isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func contains(_ id: String) async -> Bool {
        state.withLock { state in
            state.looks += 1
            return !state.isAway && state.ended.contains(id)
        }
    }

    func insert(_ id: String, until end: Double) async -> Bool {
        state.withLock { state in
            guard !state.isAway else { return false }
            state.ended.insert(id)
            return true
        }
    }

    func count(_ address: String) async -> FailureCount? {
        state.withLock { state in
            guard !state.isAway else { return nil }
            state.failures[address, default: 0] += 1
            return FailureCount(failures: state.failures[address] ?? 0, left: 60)
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Servers that stand in for each other` {
    private let seal = Seal()
    private let common = CommonParts()
    private let ada: HTTPFields = ["X-Key": "good ada", "Accept": "application/json, text/event-stream"]

    private func server() throws -> ServedMCP {
        try ServedMCP(authenticator: KeyAuthenticator(), seal: seal, shared: common.parts) {
            $0.isStateless = false
            $0.limits.failedSignIns = 4
        }
    }

    private func end(_ session: HTTPFields, at server: ServedMCP) async throws -> ReceivedAnswer {
        try await server.answer(SentRequest(.delete, "/mcp", session))
    }

    @Test func `go on with no session that another has ended`() async throws {
        let (first, second) = (try server(), try server())
        let session = try await first.session(ada)
        #expect(try await end(session, at: first).status == 204)
        #expect(try await second.post(request("ping"), session).status == 404)
        #expect(try await end(session, at: second).status == 404)
        let known = try await first.session(ada)
        #expect(try await second.post(request("ping"), known).status == 200)
        #expect(try await end(known, at: first).status == 204)
        // Who knew it asks again after a second.
        while try await second.post(request("ping"), known).status != 404 {}
    }

    @Test func `look once a second, however much is asked, and never for who has no such session`() async throws {
        let (first, second) = (try server(), try server())
        let session = try await first.session(ada)
        let start = ContinuousClock.now
        for _ in 0..<20 { #expect(try await second.post(request("ping"), session).status == 200) }
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        #expect(common.looks <= 2 + 2 * seconds)
        let before = common.looks
        var stolen = session
        stolen["X-Key"] = "good eve"
        #expect(try await second.post(request("ping"), stolen).status == 404)
        stolen["Mcp-Session-Id"] = "made-up"
        #expect(try await second.post(request("ping"), stolen).status == 404)
        #expect(common.looks == before)
    }

    @Test func `end no session of which the others cannot know, and say to try again`() async throws {
        let server = try server()
        let session = try await server.session(ada)
        common.goes(away: true)
        let refused = try await end(session, at: server)
        #expect(refused.status == 503 && refused.fields["Retry-After"] == "5")
        #expect(try await server.post(request("ping"), session).status == 200)
        common.goes(away: false)
        #expect(try await end(session, at: server).status == 204)
    }

    @Test func `count failed sign-ins together`() async throws {
        let (first, second) = (try server(), try server())
        var statuses: [Int] = []
        for number in 0..<8 {
            let server = number.isMultiple(of: 2) ? first : second
            statuses.append(try await server.post(request("ping"), ["X-Key": "bad"]).status)
        }
        // Each has seen two of its own when all together have seen four.
        #expect(statuses.prefix(4).allSatisfy { $0 == 401 })
        #expect(statuses.suffix(2).allSatisfy { $0 == 429 })
    }
}

@Suite struct `Whether a server is ready` {
    private final class Reason: Sendable { let text = Mutex<String?>(nil) }

    @Test func `depends on what it requires, and is said with a reason`() async throws {
        let why = Reason()
        let served = try ServedMCP { $0.obstacle = { why.text.withLock { $0 } } }
        #expect(try await served.answer(SentRequest(.get, "/ready")).status == 200)
        why.text.withLock { $0 = "The store cannot be reached." }
        let refused = try await served.answer(SentRequest(.get, "/ready"))
        #expect(refused.status == 503 && refused.json?["error"] == "not_ready")
        #expect(refused.json?["error_description"] == "The store cannot be reached. Try again in a few seconds.")
        #expect(try await served.answer(SentRequest(.get, "/health")).status == 200)
    }
}
