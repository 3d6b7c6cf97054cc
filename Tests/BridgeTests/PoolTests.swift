import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization
import TestSupport
import Testing

@testable import Bridge

@Suite struct `Shared sessions` {
    private let client = RemoteClient(info: ["name": "c", "version": "1"])

    @Test func `are one for each caller and what its client declares`() {
        let pool = SessionPool(ScriptedUpstream(.handshake()), client: client)
        let (a, b) = (BridgeCaller(key: "a"), BridgeCaller(key: "b"))
        #expect(pool.session(for: a) === pool.session(for: a))
        #expect(pool.session(for: a) !== pool.session(for: b))
        #expect(
            pool.session(for: a) !== pool.session(for: a, client: RemoteClient(info: [:], capabilities: ["roots": [:]]))
        )
        #expect(pool.count == 3)
    }

    @Test func `are no one else's while the server waits for an answer`() async throws {
        let (asked, answered) = (Latch(), Latch())
        let upstream = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            guard call.method == "tools/call" else { return [:] }
            return try await asking(call, "roots/list", [:])
        }
        let pool = SessionPool(upstream, client: client)
        let session = pool.session(for: .local)
        let call = RemoteCall("tools/call", events: Asked(asked, answered))
        async let result = session.call(call)
        await asked.passed()
        let other = pool.session(for: .local)
        #expect(other !== session)
        answered.pass()
        _ = try await result
        #expect(pool.session(for: .local) === session)
    }

    @Test func `are closed when no one has used them for a while`() async throws {
        let upstream = ScriptedUpstream(.handshake())
        let pool = SessionPool(upstream, client: client, idle: .seconds(300))
        _ = try await pool.session(for: .local).call(RemoteCall("ping"))
        #expect(await pool.closeIdle(at: .now))
        #expect(await pool.closeIdle(at: .now + .seconds(301)) == false)
        #expect(upstream.sessions.first?.isClosed == true && pool.count == 0)
    }

    private struct Asked: RemoteCallEvents {
        let asked: Latch
        let answered: Latch

        init(_ asked: Latch, _ answered: Latch) {
            self.asked = asked
            self.answered = answered
        }

        func progressed(_: JSONObject) {}
        func notified(_: Notification) {}

        func asked(_: String, _: JSON?) async -> Outcome {
            asked.pass()
            await answered.passed()
            return .success(.emptyObject)
        }
    }
}

@Suite struct `Lists that are kept` {
    private let client = RemoteClient(info: ["name": "c", "version": "1"])

    /// Three pages, the last of which names the first again.
    private func upstream(_ server: RemoteServer = .handshake(), _ hints: JSON = [:]) -> ScriptedUpstream {
        ScriptedUpstream(server) { call, _ in
            let page = call.params?["cursor"]?.string.flatMap { Int($0) } ?? 0
            var result: JSON = [
                "tools": [["name": .string("t\(page)"), "x": 1]], "nextCursor": .string(String((page + 1) % 3)),
            ]
            for hint in hints.object?.members ?? [] { result[hint.name] = hint.value }
            return result
        }
    }

    @Test func `have all pages, and end where a cursor comes again`() async throws {
        let upstream = upstream()
        let catalog = Catalog(SessionPool(upstream, client: client), life: .seconds(60))
        let names = try await catalog.tools(for: .local).map { $0["name"]?.string }
        #expect(names.prefix(3) == ["t0", "t1", "t2"] && names.count <= 4)
        let count = upstream.calls.count
        _ = try await catalog.tools(for: .local)
        #expect(upstream.calls.count == count && catalog.keptTools(for: .local) != nil)
        _ = try await catalog.tools(for: BridgeCaller(key: "other"))
        #expect(upstream.calls.count == 2 * count)
    }

    @Test(arguments: [
        ("notifications/tools/list_changed", true), ("notifications/prompts/list_changed", false), (nil, true),
    ])
    func `are dropped by the change of it, and where the server was lost`(method: String?, isDropped: Bool) async throws
    {
        let upstream = upstream()
        let catalog = Catalog(SessionPool(upstream, client: client), life: .seconds(60))
        _ = try await catalog.tools(for: .local)
        let events = try #require(upstream.sessions.first?.events)
        if let method { events.notified(Notification(method)) } else { events.reconnected() }
        #expect((catalog.keptTools(for: .local) == nil) == isDropped)
    }

    @Test func `are anyone's where the server says so, and kept as long as it says`() async throws {
        let shared = upstream(.stateless(), ["ttlMs": 60_000, "cacheScope": "public"])
        let catalog = Catalog(SessionPool(shared, client: client), life: .zero)
        _ = try await catalog.tools(for: .local)
        #expect(catalog.keptTools(for: BridgeCaller(key: "other")) != nil)
        let stale = Catalog(SessionPool(upstream(.stateless(), ["ttlMs": 0]), client: client), life: .seconds(60))
        _ = try await stale.tools(for: .local)
        #expect(stale.keptTools(for: .local) == nil)
    }

    @Test func `are asked for once by all who want them at a time`() async throws {
        let latch = Latch()
        let upstream = ScriptedUpstream(.handshake()) { _, _ in
            await latch.passed()
            return ["tools": []]
        }
        let catalog = Catalog(SessionPool(upstream, client: client), life: .seconds(60))
        async let one = catalog.tools(for: .local)
        async let other = catalog.tools(for: .local)
        try await wait { !upstream.calls.isEmpty }
        latch.pass()
        _ = try await (one, other)
        #expect(upstream.calls.count == 1)
    }

    @Test func `that fail are not kept`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (_, _) async throws(RemoteFailure) in throw .busy }
        let catalog = Catalog(SessionPool(upstream, client: client), life: .seconds(60))
        for _ in 0..<2 {
            await #expect(throws: RemoteFailure.busy) { try await catalog.tools(for: .local) }
        }
        #expect(upstream.calls.count == 2)
    }
}
