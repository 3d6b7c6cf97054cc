import JSON
import JSONRPC
import Logging
import MCP
import TestSupport
import Testing
import Text

@Suite(.timeLimit(.minutes(5))) struct `A call` {
    private func session(_ revision: Revision) async throws -> TestSession {
        let session = TestSession(FixtureServer.server())
        try await session.open(revision)
        return session
    }

    /// Rows: G108, G109, G111, G112, G113, G114.
    @Test(arguments: Revision.allCases)
    func `is refused when it is not one, and answered when its tool fails`(revision: Revision) async throws {
        let session = try await session(revision)
        for params in [
            ["name": "nope"], [:], ["name": 7], ["name": "echo", "arguments": "x"], ["name": "echo", "arguments": [1]],
        ] as [JSON] {
            #expect(try await session.request("tools/call", params)["error"]?["code"] == -32602, "\(params)")
        }
        for name in ["fail", "echo", "revision"] {
            let reply = try await session.request("tools/call", ["name": .string(name)])
            #expect(reply["result"]?["content"]?.array?.isEmpty == false)
            #expect(reply["result"]?["isError"] == (name == "fail" ? true : nil))
        }
    }

    @Test(arguments: Revision.allCases)
    func `may have an empty list or nothing for arguments that do not exist`(revision: Revision) async throws {
        let session = try await session(revision)
        for arguments in [[], .null, [:]] as [JSON] {
            #expect(try await session.call("echo", arguments)["content"] != nil, "\(arguments)")
        }
    }

    @Test(arguments: Revision.allCases)
    func `with more arguments than any tool has is refused under its id, and read no further`(
        revision: Revision
    ) async throws {
        let session = try await session(revision)
        let many = JSON.object(JSONObject((1...100_000).map { .init("a\($0)", 1) }))
        let reply = try await session.request("tools/call", ["name": "echo", "arguments": many])
        #expect(reply["id"] != nil)
        #expect(reply["error"]?["code"] == -32602)
        #expect(reply["error"]?["message"]?.string?.contains("has 100000 members, and at most 1000 are read.") == true)
        let prompt = try await session.request("prompts/get", ["name": "show", "arguments": many])
        #expect(prompt["error"]?["code"] == -32602)
    }

    @Test func `that ran out of time reports the outcome of a change, if it was to make one`() async throws {
        let wait: MadeUpTools.Calling = { _, _ in
            try? await Task.sleep(for: .seconds(600))
            return .failure("The connection broke off.")
        }
        let tools = MadeUpTools(
            ("read", wait),
            (
                "write",
                { arguments, context in
                    var answer = try await wait(arguments, context)
                    answer.tellsOutcome = true
                    return answer
                }
            )
        )
        let server = Server(info: FixtureServer.info, tools: tools, callDeadline: .milliseconds(1), log: .none)
        let session = TestSession(server)
        try await session.open()
        for (name, start) in [("read", "read timed out after"), ("write", "The connection broke off.")] {
            let reply = try await session.request("tools/call", ["name": .string(name)])
            #expect(reply["result"]?["content"]?[0]?["text"]?.string?.hasPrefix(start) == true, "\(reply.text)")
        }
    }

    /// Rows: G110, G111, G122.
    @Test(arguments: Revision.allCases)
    func `with wrong arguments is answered with all that is to fix`(revision: Revision) async throws {
        let count = ToolSet.Tool(
            ToolDefinition(name: "count", title: "Count", effect: .reads, summary: "Counts."),
            reading: { input in (input.read("from", "Where.", in: 1...5), input.read("to", "Where to.", in: 1...5)) },
            answer: { _, _ in Answer("Counted.") }
        )
        let session = TestSession(Server(info: FixtureServer.info, tools: ToolSet([count]), log: .none))
        try await session.open(revision)
        let answer = try await session.call("count", ["from": "x", "too": 3])
        #expect(answer["isError"] == true)
        let text = answer["content"]?[0]?["text"]?.string ?? ""
        for word in ["`from`", "`to`", "`too`", "number"] { #expect(text.contains(word)) }
    }

    /// Rows: G054, G115, G116, G118, G314.
    @Test(arguments: Revision.allCases)
    func `gives what programs read as far as its revision has a place for it`(revision: Revision) async throws {
        let session = try await session(revision)
        let object = try await session.call("echo", ["text": "x"])
        #expect(object["structuredContent"] == (revision >= .june2025 ? ["text": "x"] : nil))
        let list = try await session.call("show")
        #expect(list["structuredContent"] == (revision.isStateless ? [1, 2, 3] : nil))
        #expect((list["_meta"]?["com.example/kind"] != nil) == (revision >= .june2025))
        #expect(try await session.call("fail")["structuredContent"] == nil)
    }

    /// Rows: G117.
    @Test(arguments: Revision.allCases)
    func `says in words what it gives programs`(revision: Revision) async throws {
        let answer = try await session(revision).call("echo", ["text": "both"])
        #expect(answer["content"]?[0]?["text"] == "both")
    }

    /// Rows: G119, G120.
    @Test(arguments: Revision.allCases)
    func `carries each kind of content, or a text in its place`(revision: Revision) async throws {
        let blocks = try await session(revision).call("show")["content"]?.array ?? []
        let kinds = blocks.map { $0["type"]?.string ?? "" }
        #expect(kinds[2] == (revision >= .march2025 ? "audio" : "text"))
        #expect(kinds[4] == (revision >= .june2025 ? "resource_link" : "text"))
        #expect([kinds[0], kinds[1], kinds[3], kinds[5]] == ["text", "image", "resource", "text"])
        for (block, bytes) in zip(blocks[1...2], [[1, 2, 3], [4, 5, 6]] as [[UInt8]]) where block["type"] != "text" {
            #expect(Base64.decoded(block["data"]?.string ?? "") == bytes)
            #expect(block["mimeType"]?.string?.contains("/") == true)
        }
        if kinds[4] == "text" { #expect(blocks[4]["text"]?.string?.contains("test://bytes") == true) }
        #expect(blocks[5]["annotations"]?["lastModified"] == (revision >= .june2025 ? "2026-07-28T12:00:00Z" : nil))
    }

    /// Rows: G129.
    @Test(arguments: Revision.allCases)
    func `that embeds a resource comes from a server that has some`(revision: Revision) async throws {
        #expect(try await TestSession(FixtureServer.server()).capabilities(revision)["resources"] != nil)
    }

    /// Rows: G218, G223.
    @Test(arguments: Revision.allCases)
    func `is no task, whatever is asked`(revision: Revision) async throws {
        let session = try await session(revision)
        var params: JSON = ["name": "echo", "arguments": ["text": "x"], "task": ["ttl": 1000]]
        if revision.isStateless {
            let extensions: JSON = ["extensions": ["io.modelcontextprotocol/tasks": [:]]]
            params["_meta"] = .stateless(["io.modelcontextprotocol/clientCapabilities": extensions])
        }
        let result = try await session.request("tools/call", params)["result"]
        #expect(result?["content"]?[0]?["text"] == "x")
        #expect(result?["task"] == nil)
        #expect(result?["resultType"] == (revision.isStateless ? "complete" : nil))
    }

    /// Rows: G087, G216.
    @Test(arguments: ["root", "user:ann", ""])
    func `is made for whom the connection is, whatever a client calls itself`(name: String) async throws {
        let tools = MadeUpTools(("who", { _, context in Answer("\(context.principal)") }))
        let server = Server(info: FixtureServer.info, tools: tools, log: .none)
        let session = TestSession(server)
        let info: JSON = ["name": .string(name), "version": "1", "principal": "ann"]
        _ = try await session.request("initialize", ["protocolVersion": "2025-11-25", "clientInfo": info])
        #expect(try await session.call("who")["content"]?[0]?["text"] == "local")
        let meta = JSON.stateless(["io.modelcontextprotocol/clientInfo": info])
        let own = try await session.request("tools/call", ["name": "who", "_meta": meta])
        #expect(own["result"]?["content"]?[0]?["text"] == "local")
    }

    /// Security M7: the name goes into the audit log, twice for every write.
    @Test func `knows a client by no more than a hundred characters`() async throws {
        let tools = MadeUpTools(("name", { _, context in Answer("\(context.clientName?.unicodeScalars.count ?? 0)") }))
        let session = TestSession(Server(info: FixtureServer.info, tools: tools, log: .none))
        let long: JSON = ["name": .string("e" + String(repeating: "\u{301}", count: 5000)), "version": "1"]
        _ = try await session.request("initialize", ["protocolVersion": "2025-11-25", "clientInfo": long])
        #expect(try await session.call("name")["content"]?[0]?["text"] == "100")
        let meta = JSON.stateless(["io.modelcontextprotocol/clientInfo": long])
        let own = try await session.request("tools/call", ["name": "name", "_meta": meta])
        #expect(own["result"]?["content"]?[0]?["text"] == "100")
    }

    /// Rows: G205.
    @Test func `that asks for something holds nothing until the answer comes`() async throws {
        let session = TestSession(tools: AskingTools())
        try await session.open(.july2026, capabilities: ["elicitation": [:]])
        // More than are worked on at a time; none of them ever comes back.
        for _ in 1...100 { #expect(try await session.call("greet")["resultType"] == "input_required") }
        await session.idle()
        #expect(session.unread.isEmpty)
    }
}
