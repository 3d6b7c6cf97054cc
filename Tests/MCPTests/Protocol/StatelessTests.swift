import JSON
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `A request that describes itself` {
    private static let version = "io.modelcontextprotocol/protocolVersion"
    private static let capabilities = "io.modelcontextprotocol/clientCapabilities"

    /// Rows: G073, G074, G075, G077.
    @Test(
        arguments: [
            nil, [:], ["_meta": [:]], ["_meta": 7], ["_meta": [version: "2026-07-28"]], ["_meta": [capabilities: [:]]],
            ["_meta": [version: 5, capabilities: [:]]], ["_meta": [version: "2026-07-28", capabilities: []]],
            ["_meta": [version: "2026-07-28", capabilities: .null]],
        ] as [JSON?]
    )
    func `needs its version and what its client can do`(params: JSON?) async throws {
        let error = try await TestSession().request("server/discover", params)["error"]
        #expect(error?["code"] == -32602)
        #expect(
            error?["message"]?.string?.contains("_meta") == true || error?["message"]?.string?.contains("io.") == true
        )
    }

    /// Rows: G076, G087, G088.
    @Test(
        arguments: [
            [:], ["io.modelcontextprotocol/clientInfo": ["name": "x", "version": "1"]],
            ["io.modelcontextprotocol/clientInfo": ["name": 7]], ["io.modelcontextprotocol/clientInfo": "nobody"],
            [
                "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b",
                "baggage": "c=d",
            ],
            ["traceparent": "not one"], ["com.example/anything": [1, 2]],
        ] as [JSON]
    )
    func `is answered alike whatever else it says of itself`(others: JSON) async throws {
        let session = TestSession(FixtureServer.server())
        for method in ["server/discover", "tools/list", "resources/list", "prompts/list"] {
            let plain = try await session.request(method, ["_meta": .stateless()])
            let other = try await session.request(method, ["_meta": .stateless(others)])
            #expect(
                plain["result"]?.object?.members.map { $0.name } == other["result"]?.object?.members.map { $0.name }
            )
            #expect(other["error"] == nil)
        }
        let call: JSON = ["name": "echo", "arguments": ["text": "x"], "_meta": .stateless(others)]
        let plain: JSON = ["name": "echo", "arguments": ["text": "x"], "_meta": .stateless()]
        let replies = [try await session.request("tools/call", call), try await session.request("tools/call", plain)]
        #expect(replies[0]["result"] == replies[1]["result"])
    }

    /// Rows: G078, G079.
    @Test(arguments: ["v999.0.0", "1900-01-01", "2027-01-01", ""])
    func `gets the versions that discovery names`(asked: String) async throws {
        let session = TestSession()
        let discovered = try await session.request("server/discover", ["_meta": .stateless()])
        let error = try await session.request("tools/list", ["_meta": .stateless([Self.version: .string(asked)])])[
            "error"
        ]
        #expect(error?["code"] == -32022)
        #expect(error?["data"]?["requested"]?.string == asked)
        #expect(error?["data"]?["supported"] == discovered["result"]?["supportedVersions"])
    }

    /// Rows: G310.
    @Test(arguments: Revision.allCases.filter { !$0.isStateless })
    func `is refused when it names a version with a handshake`(revision: Revision) async throws {
        let session = TestSession()
        let meta = JSON.stateless([Self.version: .string(revision.rawValue)])
        let error = try await session.request("tools/list", ["_meta": meta])["error"]
        #expect(error?["code"] == -32022)
        #expect(error?["data"]?["supported"] == ["2026-07-28"])
    }

    /// Rows: G032, G082, G140.
    @Test(arguments: [true, false])
    func `finds every method of a capability that is named, and none of another`(isFull: Bool) async throws {
        let server = isFull ? FixtureServer.server() : Server(info: FixtureServer.info, log: .none)
        let session = TestSession(server)
        let named = try await session.capabilities(.july2026)
        let methods = [
            ("tools", "tools/list"), ("tools", "tools/call"), ("resources", "resources/list"),
            ("resources", "resources/templates/list"), ("resources", "resources/read"), ("prompts", "prompts/list"),
            ("prompts", "prompts/get"), ("completions", "completion/complete"),
        ]
        try await session.open(.july2026)
        for (capability, method) in methods {
            let code = try await session.request(method)["error"]?["code"]
            #expect((code == -32601) == (named[capability] == nil), "\(method)")
        }
    }

    /// Rows: G083, G084.
    @Test(arguments: [
        "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/list",
        "tasks/result", "tasks/get", "tasks/update", "tasks/cancel", "unknown/method",
    ])
    func `does not find what the revision gave up`(method: String) async throws {
        let session = TestSession(FixtureServer.server())
        try await session.open(.july2026)
        let params: JSON = [
            "protocolVersion": "2026-07-28", "capabilities": [:], "level": "info", "uri": "test://text",
        ]
        #expect(try await session.request(method, params)["error"]?["code"] == -32601)
    }

    /// Rows: G089, G101.
    @Test func `changes nothing of what the next one gets`() async throws {
        let session = TestSession(FixtureServer.server(pageSize: 100))
        try await session.open(.july2026)
        let lists = ["server/discover", "tools/list", "resources/list", "resources/templates/list", "prompts/list"]
        var before: [JSON?] = []
        for method in lists { before.append(try await session.request(method)["result"]) }
        for _ in 1...1000 { _ = try await session.request("server/discover") }
        _ = try await session.call("echo", ["text": "x"])
        _ = try await session.request("resources/read", ["uri": "test://text"])
        let other = TestSession(FixtureServer.server(pageSize: 100))
        try await other.open(.july2026)
        for (method, result) in zip(lists, before) {
            #expect(try await session.request(method)["result"] == result)
            #expect(try await other.request(method)["result"] == result)
        }
    }

    /// Rows: G020, G187, G311.
    @Test func `is followed by nothing but its answer`() async throws {
        let session = TestSession(FixtureServer.server())
        try await session.open(.july2026)
        for method in ["server/discover", "tools/list", "prompts/list"] { _ = try await session.request(method) }
        _ = try await session.call("show")
        await session.idle()
        #expect(session.unread.isEmpty)
    }

    /// Rows: G069.
    @Test(arguments: Revision.allCases)
    func `is refused in a list of messages`(revision: Revision) async throws {
        let session = TestSession()
        try await session.open(revision)
        let request = JSON.members(
            ("jsonrpc", "2.0"),
            ("id", 1),
            ("method", "tools/list"),
            ("params", ["_meta": .stateless()])
        )
        session.write("[\(request.text)]")
        let reply = try JSON(parsing: await session.read())
        #expect((reply.array?.first ?? reply)["error"]?["code"] == -32600)
    }

    /// Rows: G315.
    @Test(arguments: Revision.allCases)
    func `is cancelled by its id during a session, and the session's during it`(revision: Revision) async throws {
        let session = TestSession()
        try await session.open()
        let meta = revision.isStateless ? JSON.stateless() : [:]
        let call = JSON.members(
            ("jsonrpc", "2.0"),
            ("id", "w"),
            ("method", "tools/call"),
            ("params", ["name": "wait", "_meta": meta])
        )
        session.write(call.text)
        session.write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}"#)
        await session.idle()
        #expect(session.unread.isEmpty)
    }
}
