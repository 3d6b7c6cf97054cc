import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite struct `The id of a session` {
    private let seal = Seal()
    private let state = SessionState(
        .november2025,
        clientCapabilities: ["elicitation": [:], "sampling": ["x": 1]],
        clientName: "tests",
        logLevel: .warning
    )

    private func id(_ principal: Principal = Principal("ada", issuer: "example"), end: Double = 1000) -> SessionID {
        SessionID(principal: principal.id, state: state, end: end)
    }

    /// Rows: G248.
    @Test func `says all that is needed to go on with it, and is visible ASCII`() throws {
        let text = try #require(id().sealed(by: seal))
        #expect(text.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        #expect(SessionID(text, seal) == id())
        #expect(text != id().sealed(by: seal), "two sessions have two ids")
    }

    @Test func `is nothing where it was changed, or sealed with another key or for another purpose`() throws {
        let text = try #require(id().sealed(by: seal))
        for index in text.indices.dropLast() {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(SessionID(changed, seal) == nil)
        }
        #expect(SessionID(text, Seal()) == nil)
        let other = try seal.sealed(Array(#"{"subject":"ada","revision":"2025-11-25","end":1}"#.utf8), for: "cursor")
        #expect(SessionID(String(decoding: other, as: UTF8.self), seal) == nil)
        for text in ["", "x", " ", String(repeating: "A", count: 10_000)] { #expect(SessionID(text, seal) == nil) }
    }

    @Test func `stays short, whatever a client says of itself`() throws {
        let large = JSON.object(JSONObject((0..<5000).map { .init("key\($0)", 1) } + [.init("sampling", ["a": 1])]))
        let state = SessionState(.june2025, clientCapabilities: large)
        let text = try #require(SessionID(principal: Principal.local.id, state: state, end: 1).sealed(by: seal))
        #expect(text.utf8.count < 1000)
        #expect(SessionID(text, seal)?.state.clientCapabilities == ["sampling": [:]])
    }
}

@Suite struct `The table of sessions` {
    private let clock = TestClock(1000)
    private let seal = Seal()
    private let table: SessionTable
    private var limits = StreamableHTTPLimits()

    init() {
        table = SessionTable(seal, now: { [clock] in clock.now })
        limits.sessionsPerPrincipal = 3
        limits.sessions = 5
    }

    private static let server = FixtureServer.server()

    private func session(_ name: String, _ revision: Revision? = .november2025) -> Session {
        let connection = Self.server.connection(
            for: Principal(name),
            session: revision.map { SessionState($0) }
        )
        let stream = ResumableStream(ResumableStream.firstNumber())
        let conversation = Conversation(handler: connection, sink: stream, log: .none)
        return Session(Principal(name), connection, conversation, stream)
    }

    /// That of another process.
    private func another(_ seal: Seal? = nil) -> SessionTable {
        SessionTable(seal ?? self.seal, now: { [clock] in clock.now })
    }

    private func opened(_ name: String = "ada", in table: SessionTable? = nil) throws -> String {
        try #require((table ?? self.table).open(session(name), within: limits))
    }

    private func found(_ id: String, _ name: String = "ada", in table: SessionTable? = nil) -> Session? {
        (table ?? self.table).session(id, of: Principal(name), within: limits) {
            self.session($0.id.subject, $1.revision)
        }
    }

    @Test func `has no id for what was not agreed to`() {
        #expect(table.open(session("ada", nil), within: limits) == nil)
        #expect(table.count == 0)
    }

    /// Rows: G262.
    @Test func `gives a session to its principal, and to no other`() throws {
        let id = try opened()
        #expect(found(id) != nil && found(id) === found(id))
        #expect(found(id, "eve") == nil)
        #expect(!table.end(id, of: Principal("eve")))
        #expect(!table.end(id, of: Principal("ada", issuer: "elsewhere")))
        #expect(found(id) != nil)
    }

    @Test func `knows a session no more once it was ended, and ends it once`() throws {
        let id = try opened()
        let session = try #require(found(id))
        #expect(table.end(id, of: Principal("ada")))
        #expect(session.isOver)
        #expect(found(id) == nil && table.count == 0)
        #expect(!table.end(id, of: Principal("ada")))
    }

    @Test func `ends the one that was not used for longest, of the same principal`() throws {
        let other = try opened("eve")
        let ids = try (0..<3).map { _ in try opened() }
        try #require(found(ids[0])).use()
        let fourth = try opened()
        #expect(found(ids[1]) == nil)
        for id in [ids[0], ids[2], fourth] { #expect(found(id) != nil) }
        #expect(found(other, "eve") != nil)
    }

    @Test func `ends none that is in use, where another is not`() throws {
        let ids = try (0..<3).map { _ in try opened() }
        try #require(found(ids[0])).useBegan()
        _ = try opened()
        #expect(found(ids[0]) != nil && found(ids[1]) == nil)
    }

    @Test func `ends the one that was not used for longest, of all`() throws {
        let ids = try (0..<5).map { try opened("person \($0)") }
        _ = try opened("another")
        #expect(found(ids[0], "person 0") == nil && table.count == 5)
        #expect(found(ids[1], "person 1") != nil)
    }

    @Test func `makes a session again that it does not have, from its id`() throws {
        let id = try opened()
        let elsewhere = another()
        let restored = try #require(found(id, in: elsewhere))
        #expect(restored.revision == .november2025 && elsewhere.count == 1)
        #expect(found(id, in: elsewhere) === restored)
        #expect(found(id, "eve", in: elsewhere) == nil)
        let stranger = another(Seal())
        #expect(found(id, in: stranger) == nil)
    }

    @Test func `numbers the streams of a session it has made again otherwise than before`() throws {
        let id = try opened()
        let elsewhere = another()
        let restored = try #require(found(id, in: elsewhere))
        #expect(try #require(found(id)).openStream().number != restored.openStream().number)
    }

    @Test func `knows a session no more at its end, whether it has it or not`() throws {
        let id = try opened()
        let session = try #require(found(id))
        clock.advance(by: limits.sessionLife / .seconds(1) - 1)
        #expect(found(id) != nil)
        clock.advance(by: 2)
        #expect(found(id) == nil && table.count == 0 && session.isOver)
        let elsewhere = another()
        #expect(found(id, in: elsewhere) == nil)
    }

    @Test func `lets go of what was not used for a while, and makes it again when it is`() throws {
        var limits = limits
        let id = try opened()
        let session = try #require(found(id))
        limits.sessionIdle = .nanoseconds(1)
        _ = table.open(self.session("eve"), within: limits)
        #expect(table.count == 1 && session.isOver)
        #expect(found(id) != nil && found(id) !== session)
    }

    @Test func `gives one session to those who ask for it at once`() async throws {
        let id = try opened()
        let elsewhere = another()
        let found = await withTaskGroup(of: ObjectIdentifier?.self) { group in
            for _ in 0..<50 { group.addTask { self.found(id, in: elsewhere).map { ObjectIdentifier($0) } } }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(found.count == 1 && !found.contains(nil))
    }
}
