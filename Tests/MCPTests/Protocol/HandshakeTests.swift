import JSON
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `A handshake` {
    static let revisions = Revision.allCases.filter { !$0.isStateless }
    private static let methods = [
        ("tools", "tools/list"), ("resources", "resources/list"), ("prompts", "prompts/list"),
        ("completions", "completion/complete"), ("logging", "logging/setLevel"),
    ]

    /// Rows: G047.
    @Test(arguments: [5, .null, nil, ["2025-11-25"]] as [JSON?])
    func `needs a version that is a text`(version: JSON?) async throws {
        let session = TestSession()
        let error = try await session.request(
            "initialize",
            .members(("protocolVersion", version), ("capabilities", [:]))
        )
        #expect(error["error"]?["code"] == -32602)
        #expect(error["error"]?["data"]?["supported"] == .strings(Self.revisions.map { $0.rawValue }))
        try await session.open()
        #expect(try await session.request("tools/list")["result"] != nil)
    }

    /// Rows: G048, G103, G131, G147, G154, G161.
    @Test(arguments: revisions, [true, false])
    func `names what works, and nothing else`(revision: Revision, isFull: Bool) async throws {
        let server = isFull ? FixtureServer.server() : Server(info: FixtureServer.info, log: .none)
        let capabilities = try await TestSession(server).capabilities(revision)
        let session = TestSession(server)
        try await session.open(revision)
        for (capability, method) in Self.methods {
            let works = try await session.request(method)["error"]?["code"] != -32601
            // 2024-11-05 has completion, and no word for it.
            if capability == "completions", revision < .march2025 {
                #expect(works == isFull)
                #expect(capabilities[capability] == nil)
            } else {
                #expect(works == (capabilities[capability] != nil), "\(capability)")
            }
        }
        #expect(capabilities["tasks"] == nil)
    }

    /// Rows: G051, G052.
    @Test func `comes after a ping, and before anything else`() async throws {
        let session = TestSession()
        #expect(try await session.request("ping")["result"] == [:])
        let refusal = try await session.request("tools/list")["error"]
        #expect(refusal?["code"] == -32602)
        #expect(refusal?["message"]?.string?.contains("initialize") == true)
        #expect(try await session.request("no/such")["error"]?["code"] == -32601)
        try await session.open()
        #expect(try await session.request("tools/list")["result"] != nil)
    }

    /// Rows: G049, G050, G053.
    @Test func `needs no pause, and is followed by nothing no one asked for`() async throws {
        let session = TestSession(FixtureServer.server())
        session.write(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#)
        session.write(#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#)
        await session.idle()
        #expect(session.unread.count == 2)
        #expect(try session.unread.map { try JSON(parsing: $0)["id"] } == [1, 2])
    }

    /// Rows: G055.
    @Test func `may be made again, and the last one counts`() async throws {
        let session = TestSession()
        for revision in [Revision.november2025, .november2024, .june2025] {
            try await session.open(revision)
            #expect(try await session.call("revision")["content"]?[0]?["text"]?.string == "\(revision.rawValue) tests")
        }
    }

    /// Rows: G056.
    @Test func `cannot be cancelled`() async throws {
        let session = TestSession()
        session.write(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#)
        session.write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        #expect(try JSON(parsing: await session.read())["result"]?["protocolVersion"] == "2025-11-25")
        #expect(try await session.request("tools/list")["result"] != nil)
    }

    /// Rows: G060.
    @Test(arguments: revisions)
    func `describes as much of the server as the revision knows`(revision: Revision) async throws {
        let reply = try await TestSession(FixtureServer.server()).request(
            "initialize",
            ["protocolVersion": .string(revision.rawValue), "capabilities": [:]]
        )
        let names = reply["result"]?["serverInfo"]?.object?.names ?? []
        var expected = ["name", "version"]
        if revision >= .june2025 { expected += ["title"] }
        if revision >= .november2025 { expected += ["description", "websiteUrl", "icons"] }
        #expect(names == expected)
    }

    /// Rows: G061.
    @Test(arguments: revisions)
    func `gives the same instructions as discovery`(revision: Revision) async throws {
        let session = TestSession(FixtureServer.server())
        let discovered = try await session.request("server/discover", ["_meta": .stateless()])
        let opened = try await session.request("initialize", ["protocolVersion": .string(revision.rawValue)])
        #expect(opened["result"]?["instructions"] == discovered["result"]?["instructions"])
        #expect(opened["result"]?["instructions"] == "Ask.")
    }

    /// Rows: G086, G306, G307.
    @Test func `works after discovery, and discovery after it`() async throws {
        let session = TestSession()
        #expect(try await session.request("server/discover", ["_meta": .stateless()])["result"] != nil)
        try await session.open(.june2025)
        #expect(try await session.call("revision")["content"]?[0]?["text"] == "2025-06-18 tests")
        #expect(try await session.request("server/discover", ["_meta": .stateless()])["result"] != nil)
        #expect(try await session.call("revision")["content"]?[0]?["text"] == "2025-06-18 tests")
    }

    /// Rows: G308.
    @Test func `is no method for a request that describes itself`() async throws {
        let session = TestSession()
        let params: JSON = ["protocolVersion": "2025-11-25", "capabilities": [:], "_meta": .stateless()]
        #expect(try await session.request("initialize", params)["error"]?["code"] == -32601)
        let broken: JSON = [
            "protocolVersion": "2025-11-25", "capabilities": [:],
            "_meta": ["io.modelcontextprotocol/protocolVersion": "2026-07-28"],
        ]
        #expect(try await session.request("initialize", broken)["result"]?["protocolVersion"] == "2025-11-25")
    }

    /// Rows: G064.
    @Test func `is refused inside a list of messages`() async throws {
        let session = TestSession()
        try await session.open(.march2025)
        session.write(
            #"[{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{}}}]"#
        )
        let reply = try JSON(parsing: await session.read())
        #expect(reply[0]?["id"] == 7 && reply[0]?["error"]?["code"] == -32600)
        #expect(try await session.call("revision")["content"]?[0]?["text"] == "2025-03-26 tests")
    }

    /// Rows: G177.
    @Test(arguments: revisions)
    func `leaves ping to answer at once, while others work`(revision: Revision) async throws {
        let session = TestSession()
        try await session.open(revision)
        session.write(#"{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"wait"}}"#)
        #expect(try await session.request("ping")["result"] == [:])
        session.write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}"#)
        await session.idle()
    }
}
