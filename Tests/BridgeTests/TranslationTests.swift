import HTTP
import JSON
import JSONRPC
import MCP
import MCPClient
import Testing

@testable import Bridge

@Suite struct `A result for a client with a handshake` {
    @Test func `has nothing that only 2026-07-28 says, and all else as it came`() throws {
        let json = try JSON(
            parsing: #"{"resultType":"complete","tools":[],"ttlMs":5,"cacheScope":"public","n":1.0,"#
                + #""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"x"},"own":1e2}}"#
        )
        let result = try ResultToHandshake.translated(json, of: "tools/list", for: .november2025)
        #expect(result.text == #"{"tools":[],"n":1.0,"_meta":{"own":1e2}}"#)
    }

    @Test func `keeps what only looks like a hint, where no hint can be`() throws {
        let result = try ResultToHandshake.translated(
            ["content": [], "ttlMs": 5],
            of: "tools/call",
            for: .november2025
        )
        #expect(result == ["content": [], "ttlMs": 5])
    }

    @Test func `is empty where nothing else is left`() throws {
        let json: JSON = [
            "resultType": "complete", "_meta": ["io.modelcontextprotocol/serverInfo": ["name": "x", "version": "1"]],
        ]
        #expect(try ResultToHandshake.translated(json, of: "completion/complete", for: .june2025) == [:])
    }

    @Test func `cannot be of a kind that is not known`() {
        #expect(throws: RPCError.self) {
            try ResultToHandshake.translated(["resultType": "task"], of: "tools/call", for: .november2025)
        }
    }

    @Test func `has no schema and no value that is no object`() throws {
        let tools: JSON = [
            "tools": [
                [
                    "name": "a",
                    "inputSchema": ["type": "object", "properties": ["x": true, "y": ["type": "string"]]],
                    "outputSchema": ["type": "array"],
                ],
                ["name": "b", "inputSchema": ["type": "object"], "outputSchema": ["type": "object"], "icons": []],
            ]
        ]
        let list = try ResultToHandshake.translated(tools, of: "tools/list", for: .june2025)
        #expect(list["tools"]?[0]?["outputSchema"] == nil)
        #expect(list["tools"]?[0]?["inputSchema"]?["properties"] == ["x": [:], "y": ["type": "string"]])
        #expect(list["tools"]?[1] == tools["tools"]?[1])
        let call = try ResultToHandshake.translated(
            ["content": [], "structuredContent": [1, 2]],
            of: "tools/call",
            for: .june2025
        )
        #expect(call == ["content": [["type": "text", "text": "[1,2]"]]])
    }

    @Test(arguments: [
        (Revision.november2024, "resource", "text"), (.march2025, "audio", "text"),
        (.june2025, "audio", "resource_link"),
    ])
    func `has content that its revision knows`(revision: Revision, audio: String, link: String) throws {
        let content: JSON = [
            ["type": "audio", "data": "AAAA", "mimeType": "audio/wav"],
            ["type": "resource_link", "uri": "a:b", "name": "n"], ["type": "hologram", "x": 1],
        ]
        let result = try ResultToHandshake.translated(["content": content], of: "tools/call", for: revision)
        #expect(result["content"]?.array?.map { $0["type"]?.string } == [audio, link, "hologram"])
        #expect(audio != "resource" || result["content"]?[0]?["resource"]?["blob"] == "AAAA")
        #expect(link != "text" || result["content"]?[1]?["text"] == "n: a:b")
    }

    @Test(arguments: [
        (-32602, "resources/read", -32002), (-32602, "tools/call", -32602), (-32020, "tools/call", -32603),
        (-32021, "tools/call", -32603), (-32022, "tools/list", -32603), (-32601, "tools/list", -32601),
        (7, "tools/call", 7),
    ])
    func `has the codes of its revision`(code: Int, method: String, expected: Int) {
        let error = RPCError(code: code, "Why.", data: ["uri": "a:b"])
        let translated = ResultToHandshake.translated(error, of: method)
        #expect(translated.code == expected)
        #expect((translated.data?["error"]?["code"]?.int ?? expected) == (expected == -32603 ? code : expected))
    }
}

@Suite struct `A result for a client of 2026-07-28` {
    private let server = RemoteServer.handshake()

    @Test(arguments: [("tools/list", true), ("resources/read", true), ("tools/call", false), ("prompts/get", false)])
    func `says that it is complete, who gave it, and how long it holds`(method: String, isCacheable: Bool) {
        let result = ResultToStateless.translated(["x": 1, "_meta": ["own": 2]], of: method, from: server)
        #expect(result["resultType"] == "complete" && result["x"] == 1 && result["_meta"]?["own"] == 2)
        #expect(result["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "old")
        #expect((result["ttlMs"] == 0) == isCacheable && (result["cacheScope"] == "private") == isCacheable)
    }

    @Test func `names the resource that is missing`() {
        let error = ResultToStateless.translated(
            RPCError(code: -32002, "No."),
            of: "resources/read",
            JSONObject([.init("uri", "a:b")])
        )
        #expect(error == RPCError(code: -32602, "No.", data: ["uri": "a:b"]))
    }

    @Test(arguments: [-32042, -32020, -32021, -32022])
    func `never has a code that the server cannot mean`(code: Int) {
        let error = ResultToStateless.translated(RPCError(code: code, "No."), of: "tools/call", JSONObject())
        #expect(error.code == -32603 && error.data?["error"]?["code"] == .int(code))
    }

    @Test func `opens a page in a round`() {
        let error = RPCError(
            code: -32042,
            "Open it.",
            data: ["elicitations": [["mode": "url", "url": "https://x", "message": "m", "elicitationId": "7"]]]
        )
        let entry: JSON = [
            "method": "elicitation/create", "params": ["mode": "url", "url": "https://x", "message": "m"],
        ]
        #expect(
            ResultToStateless.opening(error) == ["resultType": "input_required", "inputRequests": ["url-1": entry]]
        )
        #expect(ResultToStateless.opening(RPCError(code: -32602, "No.")) == nil)
    }
}

@Suite struct `What opens a conversation` {
    @Test(arguments: [
        ("2024-11-05", Revision.november2025, Revision.november2024), ("2025-11-25", .march2025, .march2025),
        ("1999-01-01", .july2026, .november2025), ("2025-06-18", .july2026, .june2025),
        ("2026-07-28", .november2025, .november2025),
    ])
    func `agrees on no more than both know`(requested: String, server: Revision, agreed: Revision) {
        #expect(Opening.revision(for: requested, from: server) == agreed)
    }

    @Test func `is passed on with all its members between revisions with a handshake`() {
        let result = Opening.initializeResult(of: .handshake(), for: .march2025)
        #expect(result["protocolVersion"] == "2025-03-26" && result["x-unknown"] == 1)
        #expect(result["serverInfo"]?["name"] == "old")
    }

    @Test func `is made of a discovery, without what does not cross`() {
        let capabilities: JSON = [
            "tools": [:], "extensions": ["io.modelcontextprotocol/tasks": [:], "io.modelcontextprotocol/ui": [:]],
        ]
        let result = Opening.initializeResult(of: .stateless(capabilities), for: .november2025)
        #expect(
            result == [
                "protocolVersion": "2025-11-25",
                "capabilities": ["tools": [:], "extensions": ["io.modelcontextprotocol/ui": [:]]],
                "serverInfo": ["name": "new", "version": "2"], "instructions": "Be kind.",
            ]
        )
    }

    @Test func `becomes a discovery`() {
        let result = Opening.discoverResult(of: .handshake(.november2025, ["tools": [:], "tasks": [:]]))
        #expect(result["resultType"] == "complete" && result["capabilities"] == ["tools": [:]])
        #expect(result["ttlMs"] == 0 && result["cacheScope"] == "private" && result["serverInfo"] == nil)
        #expect(result["supportedVersions"]?[0] == "2026-07-28" && result["instructions"] == "Be kind.")
        #expect(result["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "old")
    }
}

@Suite struct `What is about one hop` {
    @Test func `does not go on, and all else does`() throws {
        let params = try JSON(
            parsing:
                #"{"name":"x","_meta":{"progressToken":7,"io.modelcontextprotocol/clientInfo":{},"traceparent":"t"}}"#
        )
        let (carried, token) = HopMetadata.carried(try #require(params.object))
        #expect(JSON.object(carried) == ["name": "x", "_meta": ["traceparent": "t"]] && token == 7)
        #expect(HopMetadata.carried(JSONObject([.init("_meta", ["progressToken": "a"])])).params == JSONObject())
    }
}

@Suite struct `A request in several rounds` {
    private let form: JSON = ["method": "elicitation/create", "params": ["message": "Who?"]]

    private func asking(_ entries: JSON, _ state: JSON? = "s") -> JSON {
        .members(("resultType", "input_required"), ("inputRequests", entries), ("requestState", state))
    }

    @Test func `asks, and goes on with the answers and the state exactly as it came`() {
        var rounds = InputRounds(JSONObject([.init("name", "x")]), capabilities: ["elicitation": [:]])
        let step = rounds.step(after: asking(["who": form]))
        #expect(step == .ask([.init(key: "who", method: "elicitation/create", params: ["message": "Who?"])]))
        let next = rounds.params(answering: [("who", ["action": "accept"])])
        #expect(
            JSON.object(next) == ["name": "x", "inputResponses": ["who": ["action": "accept"]], "requestState": "s"]
        )
        #expect(rounds.step(after: asking(["who": form], nil)) == step)
        #expect(rounds.params()["requestState"] == nil)
        #expect(rounds.step(after: ["resultType": "complete", "x": 1]) == .done(["resultType": "complete", "x": 1]))
    }

    @Test(arguments: [
        (#"{"elicitation":{}}"#, true, false), (#"{"elicitation":{"url":{}}}"#, false, true),
        (#"{"elicitation":{"form":{},"url":{}}}"#, true, true), ("{}", false, false),
        (#"{"sampling":{}}"#, false, false),
    ])
    func `asks only what the client declared`(declared: String, takesForms: Bool, takesPages: Bool) throws {
        let capabilities = try JSON(parsing: declared)
        #expect(QuestionKind.isTaken("elicitation/create", ["message": "m"], by: capabilities) == takesForms)
        #expect(QuestionKind.isTaken("elicitation/create", ["mode": "url"], by: capabilities) == takesPages)
        var rounds = InputRounds(JSONObject(), capabilities: capabilities)
        if case .fail(let error) = rounds.step(after: asking(["who": form])) {
            #expect(!takesForms && error.code == -32603 && error.data?["method"] == "elicitation/create")
        } else {
            #expect(takesForms)
        }
    }

    @Test func `names the page that is to be opened`() {
        var rounds = InputRounds(JSONObject(), capabilities: ["elicitation": ["url": [:]]]) { "id-1" }
        let page: JSON = ["method": "elicitation/create", "params": ["mode": "url", "url": "https://x"]]
        guard case .ask(let questions) = rounds.step(after: asking(["p": page])) else {
            Issue.record("It does not ask.")
            return
        }
        #expect(questions.first?.params?["elicitationId"] == "id-1")
    }

    @Test func `comes to an end`() {
        var rounds = InputRounds(JSONObject(), capabilities: ["elicitation": [:]])
        for _ in 0..<InputRounds.most {
            guard case .ask = rounds.step(after: asking(["who": form])) else {
                Issue.record("It ends too early.")
                return
            }
        }
        guard case .fail = rounds.step(after: asking(["who": form])) else {
            Issue.record("It does not end.")
            return
        }
    }

    @Test func `waits where there is nothing to ask`() {
        var rounds = InputRounds(JSONObject(), capabilities: [:])
        guard case .again = rounds.step(after: asking([:])) else {
            Issue.record("It does not wait.")
            return
        }
        #expect(rounds.params()["requestState"] == "s")
    }
}

@Suite struct `A failure of the remote server` {
    @Test(arguments: [
        (
            RemoteFailure.unreachable(.connectionRefused(host: "h"), url: "http://h:1/mcp"),
            "Connection refused to http://h:1/mcp"
        ),
        (.status(.unauthorized), "401 Unauthorized"), (.notSignedIn(detail: "No token."), "401 Unauthorized"),
        (.exchangeFailed(isRefusal: true, detail: "invalid_grant."), "Failed to exchange token"),
        (.timedOut(seconds: 30), "Request timeout"), (.unreachable(.timedOut(seconds: 1), url: "u"), "Request timeout"),
    ])
    func `is said in the words of the guide, with what to do`(failure: RemoteFailure, words: String) {
        let error = RPCError(failure)
        #expect(error.code == -32603 && error.message.hasPrefix(words))
        #expect(error.message.filter { $0 == "." }.count >= 2 || error.message.contains(". "))
        #expect(error.data?["cause"]?.string != nil)
    }

    @Test func `has the status in its data`() {
        let error = RPCError(.status(.tooManyRequests, retryAfter: "7", detail: "slow down"))
        #expect(error.data == ["cause": "rate_limited", "status": 429, "retryAfter": "7"])
    }

    @Test func `is the server's own answer where it gave one`() {
        let own = RPCError(code: 5, "Mine.", data: [1])
        #expect(RPCError(.refused(own)) == own)
    }
}

@Suite struct `A question of a server` {
    @Test func `is refused for a client that has not declared it`() {
        let forms: JSON = ["elicitation": [:]]
        #expect(QuestionKind.refusal("elicitation/create", ["message": "m"], by: forms) == nil)
        #expect(QuestionKind.refusal("elicitation/create", ["mode": "url"], by: forms)?.code == -32601)
        #expect(QuestionKind.refusal("sampling/createMessage", [:], by: forms)?.code == -32601)
        #expect(QuestionKind.refusal("roots/list", nil, by: forms)?.code == -32601)
        #expect(QuestionKind.refusal("vendor/ask", nil, by: forms) == nil)
    }
}
