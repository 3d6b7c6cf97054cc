import JSON
import MCP
import TestSupport
import Testing

@Suite struct `A connection` {
    /// Rows: G043, G044, G045, G046.
    @Test(arguments: [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
        ("latest", "2025-11-25"), ("", "2025-11-25"),
    ])
    func `agrees to the version asked for, or offers the newest with a handshake`(asked: String, agreed: String)
        async throws
    {
        let reply = try await TestSession().request(
            "initialize",
            ["protocolVersion": .string(asked), "capabilities": [:]]
        )
        #expect(reply["result"]?["protocolVersion"]?.string == agreed)
    }

    /// Rows: G080, G090, G305, G316.
    @Test func `gives a handler who asks and how, from the request alone`() async throws {
        let session = TestSession()
        try await session.open(.june2025)
        #expect(try await text(session.call("revision")) == "2025-06-18 tests")
        let own: JSON = [
            "name": "revision",
            "_meta": [
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": [:],
            ],
        ]
        #expect(try await text(session.request("tools/call", own)["result"]) == "2026-07-28 -")
        #expect(try await text(session.call("revision")) == "2025-06-18 tests")
    }

    /// Rows: G101, G102, G314.
    @Test(arguments: Revision.allCases)
    func `lists the same tools in the same order in every revision`(revision: Revision) async throws {
        let session = TestSession()
        let reply: JSON
        if revision.isStateless {
            reply = try await session.request("tools/list", ["_meta": envelope])
        } else {
            try await session.open(revision)
            reply = try await session.request("tools/list")
        }
        let names = reply["result"]?["tools"]?.array?.map { $0["name"]?.string }
        #expect(names == ["echo", "fail", "wait", "revision", "show", "break", "talk", "ask"])
    }

    /// Rows: G130, G171, G173.
    @Test func `reports progress that grows, and nothing after a cancellation`() async throws {
        let session = TestSession()
        try await session.open()
        session.write(
            #"{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"wait","_meta":{"progressToken":"t"}}}"#
        )
        let progress = await session.read()
        #expect(
            progress
                == #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1,"total":2,"message":"Waiting"}}"#
        )
        session.write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}"#)
        await session.idle()
        #expect(session.unread.isEmpty)
        #expect(try await session.request("ping")["result"] == [:])
    }

    private var envelope: JSON {
        [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
    }

    private func text(_ result: JSON?) -> String? { result?["content"]?[0]?["text"]?.string }
}
