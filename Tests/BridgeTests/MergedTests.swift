import JSON
import JSONRPC
import MCP
import MCPClient
import TestSupport
import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1))) struct `Several servers as one` {
    private static func server(_ mark: String, _ server: RemoteServer) -> ScriptedUpstream {
        ScriptedUpstream(server) { (call, _) async throws(RemoteFailure) in
            switch call.method {
            case "tools/list": return ["tools": [["name": "x", "x-own": .string(mark)]], "resultType": "complete"]
            case "prompts/list": return ["prompts": [["name": "p"]]]
            case "resources/list": return ["resources": [["uri": "a:b", "name": .string(mark)]]]
            case "resources/templates/list": return ["resourceTemplates": [["uriTemplate": .string("\(mark):/{x}")]]]
            case "resources/read":
                return ["contents": [["uri": call.params?["uri"] ?? .null, "text": .string(mark)]]]
            case "tools/call" where server.revision.isStateless && call.params?["inputResponses"] == nil:
                let question: JSON = ["method": "elicitation/create", "params": ["message": .string(mark)]]
                return ["resultType": "input_required", "inputRequests": ["q": question]]
            default: return ["by": .string(mark), "content": [], "name": call.params?["name"] ?? .null]
            }
        }
    }

    private let old = server("old", .handshake())
    private let new = server("new", .stateless())

    private func merged() throws -> MergedUpstream {
        let parts: [(alias: ServerAlias, upstream: any Upstream)] = [
            (try #require(ServerAlias("old")), old), (try #require(ServerAlias("new")), new),
        ]
        return MergedUpstream(parts, info: ["name": "all", "version": "1"])
    }

    @Test func `have their names before what they offer`() async throws {
        let session = BridgeSession(try merged())
        try await session.wire.open(capabilities: ["elicitation": [:]])
        let tools = try await session.wire.request("tools/list")["result"]
        #expect(tools == ["tools": [["name": "old__x", "x-own": "old"], ["name": "new__x", "x-own": "new"]]])
        #expect(try await session.wire.call("old__x")["by"] == "old")
        session.send(1, "tools/call", ["name": "new__x"])
        let question = try await session.read()
        #expect(question["params"]?["message"] == "new")
        session.answer(question, ["action": "accept"])
        #expect(try await session.read()["result"] == ["by": "new", "content": [], "name": "x"])
        #expect(try await session.wire.request("prompts/get", ["name": "new__p"])["result"]?["name"] == "p")
        #expect(try await session.wire.request("tools/call", ["name": "x"])["error"]?["code"] == -32602)
    }

    @Test func `each have their own resources, even under one address`() async throws {
        let session = BridgeSession(try merged())
        try await session.wire.open()
        for (uri, mark) in [("a:b", "old"), ("new+a:b", "new"), ("new:/1", "new")] {
            let contents = try await session.wire.request("resources/read", ["uri": .string(uri)])["result"]?[
                "contents"
            ]
            #expect(contents == [["uri": .string(uri), "text": .string(mark)]])
        }
        #expect(try await session.wire.request("resources/read", ["uri": "z:z"])["error"]?["code"] == -32002)
        new.sessions.first?.events.notified(
            Notification("notifications/resources/updated", params: ["uri": "a:b"])
        )
        #expect(try await session.read()["params"]?["uri"] == "new+a:b")
    }

    @Test func `may become others while a session goes on, which is notified`() async throws {
        let merged = try merged()
        let session = BridgeSession(merged)
        try await session.wire.open()
        #expect(try await session.wire.call("new__x")["by"] == nil)
        #expect(try await session.wire.call("old__x")["by"] == "old")
        let third = Self.server("third", .handshake())
        merged.change(
            to: [(try #require(ServerAlias("third")), third), (try #require(ServerAlias("old")), old)],
            keeping: [try #require(ServerAlias("old"))]
        )
        let changes = try await session.read(3).compactMap { $0["method"]?.string }
        #expect(changes == ["tools", "prompts", "resources"].map { "notifications/\($0)/list_changed" })
        let names = try await session.wire.request("tools/list")["result"]?["tools"]?.array?.compactMap { $0["name"] }
        #expect(names == ["third__x", "old__x"])
        #expect(try await session.wire.call("third__x")["by"] == "third")
        #expect(try await session.wire.request("tools/call", ["name": "new__x"])["error"]?["code"] == -32602)
        #expect(old.sessions.count == 1, "The session with a server that stays goes on.")
        #expect(old.sessions.first?.isClosed == false)
        while new.sessions.first?.isClosed != true { await Task.yield() }
    }

    @Test func `do not wait for one that is silent, and say when it is there`() async throws {
        let (gate, release) = AsyncStream<Void>.makeStream()
        let silent = ScriptedUpstream(.handshake()) { (_, _) async throws(RemoteFailure) in
            for await _ in gate { break }
            return ["tools": [["name": "late"]]]
        }
        let parts: [(alias: ServerAlias, upstream: any Upstream)] = [
            (try #require(ServerAlias("old")), old), (try #require(ServerAlias("silent")), silent),
        ]
        let merged = MergedUpstream(parts, info: ["name": "all", "version": "1"], patience: .milliseconds(20))
        let session = BridgeSession(merged)
        try await session.wire.open()
        for _ in 0..<3 {
            let tools = try await session.wire.request("tools/list")["result"]
            #expect(tools?["tools"]?.array?.count == 1 && tools?["_meta"] == ["oe-mcp/missing": ["silent"]])
        }
        #expect(silent.calls.count == 1)
        release.finish()
        #expect(try await session.read()["method"] == "notifications/tools/list_changed")
        for _ in 0..<2 { _ = try await session.read() }
        let tools = try await session.wire.request("tools/list")["result"]
        #expect(tools?["tools"]?[1]?["name"] == "silent__late" && tools?["_meta"] == nil)
    }

    @Test func `keep what each has listed apart where they change meanwhile`() async throws {
        let (gate, release) = AsyncStream<Void>.makeStream()
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let held = ScriptedUpstream(.handshake()) { (_, _) async throws(RemoteFailure) in
            ask.finish()
            for await _ in gate { break }
            return ["tools": [["name": "x", "x-own": "held"]]]
        }
        let aliases = [try #require(ServerAlias("old")), try #require(ServerAlias("held"))]
        let parts: [MergedUpstream.Part] = [(aliases[0], old), (aliases[1], held)]
        let merged = MergedUpstream(parts, info: [:], patience: .seconds(50))
        let session = merged.session(for: RemoteClient(info: [:]), as: .local, events: SessionRelay { _ in })
        async let list = session.call(RemoteCall("tools/list"))
        for await _ in asked {}
        merged.change(to: parts.reversed(), keeping: Set(aliases))
        release.finish()
        let tools = try await list["tools"]
        #expect(tools == [["name": "old__x", "x-own": "old"], ["name": "held__x", "x-own": "held"]])
    }

    @Test func `are those of the newest change, whichever comes last`() async throws {
        let alias = try #require(ServerAlias("a"))
        let parts = ["first", "second", "third"].map { [(alias: alias, upstream: Self.server($0, .handshake()))] }
        let session = MergedSession(
            parts[0],
            ofChange: 0,
            info: [:],
            patience: .seconds(50),
            for: RemoteClient(info: [:]),
            as: .local,
            events: SessionRelay { _ in }
        )
        session.change(to: parts[2], keeping: [alias], number: 2)
        #expect(try await session.call(RemoteCall("tools/list"))["tools"]?[0]?["x-own"] == "third")
        session.change(to: parts[1], keeping: [], number: 1)
        #expect(try await session.call(RemoteCall("tools/list"))["tools"]?[0]?["x-own"] == "third")
    }

    @Test func `are asked for what the client has asked before, where they join later`() async throws {
        let merged = try merged()
        let session = merged.session(for: RemoteClient(info: [:]), as: .local, events: SessionRelay { _ in })
        _ = try await session.open()
        _ = try await session.call(RemoteCall("logging/setLevel", JSONObject([.init("level", "error")])))
        _ = try await session.call(RemoteCall("resources/subscribe", JSONObject([.init("uri", "a:b")])))
        let (asked, ask) = AsyncStream<RemoteCall>.makeStream()
        let joined = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            ask.yield(call)
            return [:]
        }
        merged.change(to: [(try #require(ServerAlias("old")), joined)], keeping: [])
        var calls = asked.makeAsyncIterator()
        let level = await calls.next()
        #expect(level?.method == "logging/setLevel" && level?.params?["level"] == "error")
        let subscription = await calls.next()
        #expect(subscription?.method == "resources/subscribe" && subscription?.params?["uri"] == "a:b")
    }

    @Test func `are the others where one is down, which is named`() async throws {
        old.opens(as: .failure(.busy))
        let session = BridgeSession(try merged())
        try await session.wire.open()
        let tools = try await session.wire.request("tools/list")["result"]
        #expect(tools?["tools"]?.array?.count == 1 && tools?["_meta"] == ["oe-mcp/missing": ["old"]])
        old.opens(as: .success(.handshake()))
        #expect(try await session.wire.call("old__x")["by"] == "old")
    }
}
