import JSON
import JSONRPC
import MCP
import MCPClient
import TestSupport
import Testing

@testable import Bridge

@Suite struct `A list of tools that is too long` {
    /// Pages of so many tools each, each with a description of so many bytes.
    private static func upstream(pages: Int, of count: Int, bytes: Int = 0) -> ScriptedUpstream {
        ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            let page = call.params?["cursor"]?.string.flatMap { Int($0) } ?? 0
            let tools = (0..<count).map { number -> JSON in
                [
                    "name": .string("t\(page * count + number)"),
                    "description": .string(String(repeating: "d", count: bytes)),
                ]
            }
            return .members(
                ("tools", .array(tools)),
                ("nextCursor", page + 1 < pages ? .string(String(page + 1)) : nil)
            )
        }
    }

    private static func names(_ list: WholeList) -> [String] { list.items.compactMap { $0["name"]?.string } }

    private static func whole(_ upstream: any Upstream) async throws -> WholeList {
        let session = upstream.session(for: RemoteClient(info: [:]), as: .local, events: SessionRelay { _ in })
        return try await WholeList.of("tools/list", "tools") { (call) async throws(RemoteFailure) in
            try await session.call(call)
        }
    }

    @Test func `ends at the limit, over all its pages, and says how many are left out`() async throws {
        let (omitted, base) = (OmittedTools(), Self.upstream(pages: 100, of: 4))
        let list = try await Self.whole(LimitedUpstream(base, ListLimits(tools: 6, bytes: 1 << 20), omitted))
        #expect(Self.names(list) == (0..<6).map { "t\($0)" })
        #expect(list.omitted == 2)
        #expect(omitted.extent == .several(2))
        #expect(base.calls.count == 2, "What does not fit is not asked for.")
    }

    @Test func `says so where the limit is the end of a page, too`() async throws {
        let (omitted, base) = (OmittedTools(), Self.upstream(pages: 3, of: 2))
        let list = try await Self.whole(LimitedUpstream(base, ListLimits(tools: 4, bytes: 1 << 20), omitted))
        #expect(Self.names(list) == (0..<4).map { "t\($0)" })
        #expect(list.omitted == 1 && omitted.extent == .several(1))
        #expect(base.calls.count == 2)
    }

    @Test(arguments: [4096, 4097]) func `goes on only where its cursor is not too long to be kept`(length: Int)
        async throws
    {
        let base = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            let cursor: JSON? = call.params?["cursor"] == nil ? .string(String(repeating: "c", count: length)) : nil
            return .members(("tools", [["name": "t"]]), ("nextCursor", cursor))
        }
        let list = try await Self.whole(LimitedUpstream(base, ListLimits(tools: 4, bytes: 1 << 20)))
        #expect(list.items.count == (length > 4096 ? 1 : 2) && list.omitted == (length > 4096 ? 1 : 0))
    }

    @Test func `ends where its schemas are too large, too`() async throws {
        let omitted = OmittedTools()
        let base = Self.upstream(pages: 3, of: 2, bytes: 400)
        let list = try await Self.whole(LimitedUpstream(base, ListLimits(tools: 100, bytes: 1500), omitted))
        #expect(Self.names(list) == ["t0", "t1", "t2"])
        #expect(list.omitted == 1 && omitted.extent == .several(1))
        #expect(base.calls.count == 2, "What is behind the limit is not asked for.")
    }

    @Test func `is taken as it came where it is not too long`() async throws {
        let omitted = OmittedTools()
        let upstream = LimitedUpstream(Self.upstream(pages: 2, of: 2), ListLimits(tools: 4, bytes: 1 << 20), omitted)
        let session = upstream.session(for: RemoteClient(info: [:]), as: .local, events: SessionRelay { _ in })
        let first = try await session.call(RemoteCall("tools/list"))
        #expect(first["nextCursor"] == "1" && first["_meta"] == nil)
        #expect(try await Self.whole(upstream).omitted == 0 && omitted.extent == nil)
    }

    @Test func `that cannot be read at all says so, and is forgotten when it can`() async throws {
        let omitted = OmittedTools()
        let huge = ScriptedUpstream(.handshake()) { (_, _) async throws(RemoteFailure) in throw .tooLarge(limit: 1) }
        let limits = ListLimits(tools: 4, bytes: 1 << 20)
        await #expect(throws: RemoteFailure.tooLarge(limit: 1)) {
            try await Self.whole(LimitedUpstream(huge, limits, omitted))
        }
        #expect(omitted.extent == .all)
        _ = try await Self.whole(LimitedUpstream(Self.upstream(pages: 1, of: 1), limits, omitted))
        #expect(omitted.extent == nil)
    }

    @Test func `is said to be in the list of several servers`() async throws {
        let upstream = LimitedUpstream(Self.upstream(pages: 1, of: 3), ListLimits(tools: 1, bytes: 1 << 20))
        let merged = MergedUpstream(
            [(try #require(ServerAlias("a")), upstream)],
            info: ["name": "all", "version": "1"]
        )
        let session = BridgeSession(merged)
        try await session.wire.open()
        let result = try await session.wire.request("tools/list")["result"]
        #expect(result?["tools"]?.array?.count == 1)
        #expect(result?["_meta"]?["oe-mcp/omitted"] == 2)
    }
}
