import JSON
import JSONRPC
import MCP
import MCPClient
import Testing

@testable import Bridge

@Suite struct `Names of tools` {
    @Test(arguments: [
        ("get_*", "get_x", true), ("get_*", "Get_x", false), ("*", "", true), ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*_*_z", "a_b_c_z", true), ("*ab", "aab", true), ("a*b*c", "acb", false), ("", "", true), ("", "a", false),
        ("a.b", "axb", false),
    ])
    func `match patterns as a whole`(pattern: String, name: String, matches: Bool) {
        #expect(Glob(pattern).matches(name) == matches)
    }

    @Test func `are hidden by what is excluded, and where something is included, by all else`() {
        let filter = ToolFilter(include: ["get_*"], exclude: ["*_secret"])
        #expect(filter.allows("get_x") && !filter.allows("get_secret") && !filter.allows("put_x"))
        #expect(ToolFilter(exclude: ["a"]).allows("b") && ToolFilter().isEverything)
    }

    @Test func `are looked up, and never taken apart`() throws {
        let names = OfferedNames(of: try #require(ServerAlias("a-b")))
        #expect(names.original(of: "a-b__x") == nil)
        #expect(names.offer("x__y") == "a-b__x__y" && names.original(of: "a-b__x__y") == "x__y")
        let long = String(repeating: "n", count: 70)
        let offered = names.offer(long)
        #expect(offered.count == 64 && names.original(of: offered) == long)
        #expect(names.offer(long + "m") != offered)
        #expect(OfferedNames().original(of: "anything") == "anything")
    }

    @Test(arguments: ["", "A", "a_b", "a__b", String(repeating: "a", count: 21), "a b"])
    func `have no server before them that is called otherwise`(alias: String) { #expect(ServerAlias(alias) == nil) }

    @Test func `are hidden at listing and at call`() async throws {
        let base = ScriptedUpstream(.handshake()) { call, _ in
            call.method == "tools/list"
                ? ["tools": [["name": "get_x", "x": 1], ["name": "put_x"]], "nextCursor": "same"] : ["content": []]
        }
        let upstream = NamedUpstream(base, filter: ToolFilter(include: ["get_*"]), prefix: "r_")
        let session = upstream.session(for: RemoteClient(info: [:]), as: .local, events: SessionRelay { _ in })
        #expect(try await session.call(RemoteCall("tools/list"))["tools"] == [["name": "r_get_x", "x": 1]])
        _ = try await session.call(RemoteCall("tools/call", JSONObject([.init("name", "r_get_x")])))
        #expect(base.calls.last?.params?["name"] == "get_x")
        for hidden in ["r_put_x", "put_x", "get_x", "r_nothing"] {
            await #expect(throws: RemoteFailure.refused(.invalidParams("Unknown tool: \(hidden)"))) {
                try await session.call(RemoteCall("tools/call", JSONObject([.init("name", .string(hidden))])))
            }
        }
    }

    @Test func `are known without having been listed`() async throws {
        let base = ScriptedUpstream(.handshake()) { call, _ in
            call.method == "tools/list" ? ["tools": [["name": "x"]]] : ["content": []]
        }
        let session = NamedUpstream(base, prefix: "r_")
            .session(for: RemoteClient(info: [:]), as: .local, events: SessionRelay { _ in })
        _ = try await session.call(RemoteCall("tools/call", JSONObject([.init("name", "r_x")])))
        #expect(base.calls.map { $0.method } == ["tools/list", "tools/call"])
    }
}
