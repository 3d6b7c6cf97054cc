import JSON
import JSONRPC
import MCP
import TestSupport
import Testing

@Suite struct `Asking a client of the handshake era` {
    // Rows: G058, G213, G207
    @Test(arguments: [
        (#"{"action":"accept","content":{"name":"Ann"}}"#, "Hello, Ann."),
        (#"{"action":"decline"}"#, "Then not."),
        (#"{"action":"cancel"}"#, "Another time."),
    ])
    func `is a request of its own, and its answer the tool's`(answer: String, said: String) async throws {
        let session = TestSession(tools: AskingTools())
        try await session.open(.november2025, capabilities: ["elicitation": [:]])
        session.write(greet)
        let question = try JSON(parsing: await session.read())
        #expect(question["method"] == "elicitation/create")
        #expect(question["params"]?["requestedSchema"]?["required"] == ["name"])
        session.write(#"{"jsonrpc":"2.0","id":\#(question["id"]?.text ?? ""),"result":\#(answer)}"#)
        #expect(try text(JSON(parsing: await session.read())) == said)
    }

    // Rows: G058
    @Test(
        arguments: [
            (.november2025, [:]), (.march2025, ["elicitation": [:]]), (.november2024, [:]),
            (.november2025, ["elicitation": ["url": [:]]]),
        ] as [(Revision, JSON)]
    )
    func `is not possible where it was not declared, or is not known`(revision: Revision, capabilities: JSON)
        async throws
    {
        let session = TestSession(tools: AskingTools())
        try await session.open(revision, capabilities: capabilities)
        #expect(try await text(["result": session.call("greet")]) == "Hello, whoever you are.")
        let reply = try await session.request("tools/call", ["name": "model"])
        #expect(reply["error"]?["code"] == -32602)
    }

    // Rows: G049
    @Test func `waits until the client says that it is ready`() async throws {
        let session = TestSession(tools: AskingTools())
        _ = try await session.request(
            "initialize",
            ["protocolVersion": "2025-06-18", "capabilities": ["elicitation": [:]]]
        )
        session.write(greet)
        #expect(try await session.request("ping")["result"] == [:])
        #expect(session.unread.isEmpty)
        session.write(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        #expect(try JSON(parsing: await session.read())["method"] == "elicitation/create")
    }

    /// Rows: G057.
    @Test func `ends with the call that wanted it`() async throws {
        let session = TestSession(tools: AskingTools())
        try await session.open(.november2025, capabilities: ["elicitation": [:]])
        session.write(greet)
        let id = try JSON(parsing: await session.read())["id"]
        session.write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"g"}}"#)
        let cancelled = try JSON(parsing: await session.read())
        #expect(cancelled["method"] == "notifications/cancelled")
        #expect(cancelled["params"]?["requestId"] == id)
        #expect(try await session.request("ping")["result"] == [:])
        #expect(session.unread.isEmpty)
    }

    @Test(arguments: [
        (#""error":{"code":-1,"message":"No."}"#, "The client refused what it was asked: No."),
        (#""result":{"action":"accept","content":{"name":7}}"#, "`name` came back as something"),
        (#""result":{"action":"accept","content":{}}"#, "The form came back without `name`."),
        (#""result":{"action":"perhaps"}"#, "something that is no answer"),
        (#""result":7"#, "not what was asked for"),
        (#""result":{"action":"accept"},"error":{"code":-32601,"message":"No."}"#, "a result and an error at once"),
    ])
    func `reports to the model when the answer is invalid`(answer: String, said: String) async throws {
        let session = TestSession(tools: AskingTools())
        try await session.open(.november2025, capabilities: ["elicitation": [:]])
        session.write(greet)
        let id = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(#"{"jsonrpc":"2.0","id":\#(id),\#(answer)}"#)
        let reply = try JSON(parsing: await session.read())
        #expect(reply["result"]?["isError"] == true)
        #expect(text(reply)?.contains(said) ?? false)
    }

    @Test func `fails at once when the client is gone`() async throws {
        let session = TestSession(tools: AskingTools())
        try await session.open(.november2025, capabilities: ["elicitation": [:]])
        session.write(greet)
        _ = await session.read()
        session.leave()
        #expect(text(try JSON(parsing: await session.read()))?.hasPrefix("The client disconnected") ?? false)
    }

    // Rows: G067
    @Test func `takes the answers to several questions in one array`() async throws {
        let session = TestSession(tools: AskingTools())
        try await session.open(.march2025, capabilities: ["sampling": [:], "roots": [:]])
        session.write(#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"model"}}"#)
        let first = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(#"{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"places"}}"#)
        let second = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(
            #"[{"jsonrpc":"2.0","id":\#(first),"result":{"content":{}}},{"jsonrpc":"2.0","id":\#(second),"result":{"roots":[]}}]"#
        )
        let replies = [try JSON(parsing: await session.read()), try JSON(parsing: await session.read())]
        #expect(Set(replies.compactMap { text($0) }) == [#"{"content":{}}"#, #"{"roots":[]}"#])
    }

    private let greet = #"{"jsonrpc":"2.0","id":"g","method":"tools/call","params":{"name":"greet"}}"#

    private func text(_ reply: JSON) -> String? { reply["result"]?["content"]?[0]?["text"]?.string }
}
