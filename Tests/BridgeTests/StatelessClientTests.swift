import HTTP
import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization
import TestSupport
import Testing

@testable import Bridge

@Suite struct `A client of 2026-07-28` {
    @Test func `gets everything of a server of its own era as it came, but for what is about the hop`() async throws {
        let answer = try JSON(parsing: #"{"resultType":"vendor/kind","z":1.00,"content":[{"type":"hologram"}]}"#)
        let upstream = ScriptedUpstream(.stateless()) { _, _ in answer }
        let session = BridgeSession(upstream)
        session.send(1, "vendor/odd", ["b": 1, "_meta": .meta(["x": 1], ["progressToken": 9, "traceparent": "t"])])
        #expect(try await session.read()["result"]?.text == answer.text)
        let call = try #require(upstream.calls.last)
        #expect(call.params.map { JSON.object($0) } == ["b": 1, "_meta": ["traceparent": "t"]] && call.wantsProgress)
        #expect(upstream.sessions.first?.client.capabilities == ["x": 1])
    }

    @Test func `discovers a server with a handshake`() async throws {
        let session = BridgeSession(ScriptedUpstream(.handshake()))
        let result = try await session.wire.request("server/discover", ["_meta": .meta()])["result"]
        #expect(result?["resultType"] == "complete" && result?["capabilities"]?["tools"] != nil)
    }

    @Test func `gets results as its revision has them`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            guard call.method != "resources/read" else { throw .refused(RPCError(code: -32002, "No.")) }
            return ["tools": []]
        }
        let session = BridgeSession(upstream)
        let list = try await session.wire.request("tools/list", ["_meta": .meta()])["result"]
        #expect(list?["resultType"] == "complete" && list?["ttlMs"] == 0 && list?["cacheScope"] == "private")
        let missing = try await session.wire.request("resources/read", ["uri": "a:b", "_meta": .meta()])["error"]
        #expect(missing?["code"] == -32602 && missing?["data"] == ["uri": "a:b"])
        for method in ["tasks/get", "vendor/odd", "ping", "resources/subscribe"] {
            #expect(try await session.wire.request(method, ["_meta": .meta()])["error"]?["code"] == -32601)
        }
    }

    @Test func `is asked together what its server asks at once`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            async let one = call.events?.asked("elicitation/create", ["message": "One?"])
            async let two = call.events?.asked("elicitation/create", ["message": "Two?"])
            var said: [JSON] = []
            for case .success(let answer)? in [await one, await two] {
                said.append((try? JSON(parsing: answer.bytes)) ?? .null)
            }
            return ["content": [], "said": .array(said)]
        }
        let session = BridgeSession(upstream)
        var params: JSON = ["name": "x", "_meta": .meta(["elicitation": [:]])]
        let first = try await session.wire.request("tools/call", params)["result"]
        let asked = first?["inputRequests"]?.object?.members ?? []
        #expect(asked.compactMap { $0.value["params"]?["message"]?.string }.sorted() == ["One?", "Two?"])
        params["requestState"] = first?["requestState"]
        params["inputResponses"] = .object(
            JSONObject(asked.map { .init($0.name, ["to": $0.value["params"]?["message"] ?? .null]) })
        )
        let last = try await session.wire.request("tools/call", params)["result"]
        #expect(last?["said"] == [["to": "One?"], ["to": "Two?"]])
    }

    @Test func `gets only the lines that it asked for`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { call, _ in
            for level in ["debug", "info", "error"] {
                call.events?.notified(
                    Notification("notifications/message", params: ["level": .string(level), "data": 1])
                )
            }
            call.events?.notified(Notification("notifications/elicitation/complete", params: ["elicitationId": "1"]))
            return ["content": []]
        }
        let session = BridgeSession(upstream)
        let level: JSON = .meta([:], ["io.modelcontextprotocol/logLevel": "info"])
        session.send(1, "tools/call", ["name": "x", "_meta": level])
        let messages = try await session.read(3)
        #expect(messages.map { $0["params"]?["level"] } == ["info", "error", nil])
        #expect(upstream.calls.last?.params?["_meta"] == ["io.modelcontextprotocol/logLevel": "info"])
        session.send(2, "tools/call", ["name": "x", "_meta": .meta()])
        #expect(try await session.read()["id"] == 2)
    }

    @Test func `answers in rounds what a server asks in the middle of a call`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            let name = try await asking(call, "elicitation/create", ["message": "Who?"])
            let again = try await asking(call, "elicitation/create", ["message": "Sure?"])
            return ["content": [], "got": [name, again]]
        }
        let session = BridgeSession(upstream)
        var params: JSON = ["name": "x", "arguments": ["k": 1], "_meta": .meta(["elicitation": [:]])]
        let first = try await session.wire.request("tools/call", params)["result"]
        #expect(first?["resultType"] == "input_required" && first?["ttlMs"] == nil)
        #expect(first?["inputRequests"]?["question"]?["params"] == ["message": "Who?"])
        params["requestState"] = first?["requestState"]
        params["inputResponses"] = ["question": ["content": ["n": 1]]]
        let second = try await session.wire.request("tools/call", params)["result"]
        #expect(second?["inputRequests"]?["question"]?["params"] == ["message": "Sure?"])
        #expect(second?["requestState"] != first?["requestState"])
        params["requestState"] = second?["requestState"]
        params["inputResponses"] = ["question": ["action": "accept"]]
        let last = try await session.wire.request("tools/call", params)["result"]
        #expect(last?["resultType"] == "complete" && last?["got"] == [["content": ["n": 1]], ["action": "accept"]])
        #expect(upstream.calls.count == 1)
    }

    @Test func `goes on only with its own call, as it was, and once`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            ["got": try await asking(call, "elicitation/create", ["message": "Who?"])]
        }
        let bridge = Bridge(upstream)
        let (own, other) = (
            BridgeSession(bridge, for: BridgeCaller(key: "a")), BridgeSession(bridge, for: BridgeCaller(key: "b"))
        )
        var params: JSON = ["name": "x", "_meta": .meta(["elicitation": [:]])]
        params["requestState"] = try await own.wire.request("tools/call", params)["result"]?["requestState"]
        params["inputResponses"] = ["question": ["action": "accept"]]
        #expect(try await other.wire.request("tools/call", params)["error"]?["code"] == -32602)
        var changed = params
        changed["name"] = "y"
        #expect(try await own.wire.request("tools/call", changed)["error"]?["code"] == -32602)
        #expect(try await own.wire.request("tools/call", params)["result"]?["got"] == ["action": "accept"])
        #expect(try await own.wire.request("tools/call", params)["error"]?["code"] == -32602)
    }

    @Test func `ends a call that it does not come back for`() async throws {
        let ended = Latch()
        let upstream = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            defer { ended.pass() }
            return ["got": try await asking(call, "elicitation/create", ["message": "Who?"])]
        }
        let session = BridgeSession(upstream, BridgeOptions(answerPatience: .milliseconds(10)))
        var params: JSON = ["name": "x", "_meta": .meta(["elicitation": [:]])]
        params["requestState"] = try await session.wire.request("tools/call", params)["result"]?["requestState"]
        await ended.passed()
        #expect(try await session.wire.request("tools/call", params)["error"]?["code"] == -32602)
    }

    @Test func `is not asked what it did not declare, and its call goes on`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { call, _ in
            let outcome = await call.events?.asked("sampling/createMessage", ["messages": []])
            guard case .failure(let error)? = outcome else { return [:] }
            return ["code": .int(error.code)]
        }
        let session = BridgeSession(upstream)
        for capabilities in [[:], ["elicitation": [:]]] as [JSON] {
            let reply = try await session.wire.request("tools/call", ["name": "x", "_meta": .meta(capabilities)])
            #expect(reply["result"]?["code"] == -32601 && reply["result"]?["resultType"] == "complete")
        }
    }

    @Test func `listens to what the server has, each change with its own id`() async throws {
        let upstream = ScriptedUpstream(
            .handshake(.november2025, ["tools": ["listChanged": true], "resources": ["subscribe": true]])
        )
        let session = BridgeSession(upstream)
        let wanted: JSON = [
            "toolsListChanged": true, "promptsListChanged": true, "resourceSubscriptions": ["a:b"], "taskIds": ["1"],
        ]
        session.send("l1", "subscriptions/listen", ["notifications": wanted, "_meta": .meta()])
        let ack = try await session.read()
        #expect(ack["method"] == "notifications/subscriptions/acknowledged")
        #expect(ack["params"]?["notifications"] == ["toolsListChanged": true, "resourceSubscriptions": ["a:b"]])
        let id: JSON = ["io.modelcontextprotocol/subscriptionId": "l1"]
        #expect(ack["params"]?["_meta"] == id)
        #expect(upstream.calls.map { $0.method } == ["resources/subscribe"])
        let events = try #require(upstream.sessions.first?.events)
        events.notified(Notification("notifications/prompts/list_changed"))
        events.notified(Notification("notifications/tools/list_changed"))
        events.notified(Notification("notifications/resources/updated", params: ["uri": "a:b/part"]))
        events.notified(Notification("notifications/resources/updated", params: ["uri": "c:d"]))
        let changes = try await session.read(2)
        #expect(changes.map { $0["params"]?["_meta"] } == [id, id] && changes[1]["params"]?["uri"] == "a:b/part")
        session.write(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": "l1"]])
        try await wait { upstream.calls.count == 2 }
        #expect(upstream.calls.last?.method == "resources/unsubscribe" && session.wire.unread.isEmpty)
    }

    @Test func `has its subscriptions ended in order`() async throws {
        let session = BridgeSession(ScriptedUpstream(.handshake()))
        session.send(1, "subscriptions/listen", ["notifications": ["toolsListChanged": true], "_meta": .meta()])
        _ = try await session.read()
        session.wire.end()
        #expect(
            try await session.read() == ["jsonrpc": "2.0", "id": 1, "result": Listen.ending(RequestID(1 as JSON)!)]
        )
    }

    @Test func `is told once that there is nothing to listen to`() async throws {
        let upstream = ScriptedUpstream(.handshake())
        upstream.opens(as: .failure(.busy))
        let session = BridgeSession(upstream)
        session.send(1, "subscriptions/listen", ["notifications": [:], "_meta": .meta()])
        #expect(try await session.read()["error"]?["data"]?["cause"] == "busy")
        session.wire.end()
        #expect(session.wire.unread.isEmpty)
    }

    @Test(arguments: [
        (
            #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"9"}}}"#,
            -32602
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"9","io.modelcontextprotocol/clientCapabilities":{}}}}"#,
            -32022
        ),
        (#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#, -32602),
    ])
    func `has to say what it speaks`(line: String, code: Int) async throws {
        let session = BridgeSession(ScriptedUpstream(.stateless()))
        session.wire.write(line)
        #expect(try await session.read()["error"]?["code"] == .int(code))
    }

    @Test(arguments: [(-32020, -32603), (-32022, -32603), (-32021, -32021), (-32602, -32602)])
    func `gets an error that is about itself, and no other`(code: Int, expected: Int) async throws {
        let upstream = ScriptedUpstream(.stateless()) { (_, _) async throws(RemoteFailure) in
            throw .refused(RPCError(code: code, "No."))
        }
        let session = BridgeSession(upstream)
        let error = try await session.wire.request("tools/call", ["name": "x", "_meta": .meta()])["error"]
        #expect(error?["code"] == .int(expected))
    }
}

@Suite struct `Many at once` {
    @Test func `get their own answers, progress and questions under equal ids and tokens`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (call, session) async throws(RemoteFailure) in
            let who = JSON.string(session.caller.key)
            call.events?.progressed(JSONObject([.init("progress", 1), .init("message", who)]))
            return ["who": who, "said": try await asking(call, "elicitation/create", ["message": who])]
        }
        let bridge = Bridge(upstream)
        let clients = ["a", "b"].map { (key: $0, session: BridgeSession(bridge, for: BridgeCaller(key: $0))) }
        for client in clients {
            try await client.session.wire.open(capabilities: ["elicitation": [:]])
            client.session.send(1, "tools/call", ["name": "x", "_meta": ["progressToken": 1]])
        }
        for client in clients {
            let key = JSON.string(client.key)
            #expect(try await client.session.read()["params"] == ["progressToken": 1, "progress": 1, "message": key])
            let question = try await client.session.read()
            #expect(question["params"]?["message"] == key)
            client.session.answer(question, ["by": key])
            #expect(try await client.session.read()["result"] == ["who": key, "said": ["by": key]])
        }
    }

    @Test func `are a thousand calls that are all open`() async throws {
        let open = Mutex(0)
        let all = Latch()
        let upstream = ScriptedUpstream(.handshake()) { call, _ in
            let count = open.withLock { count in
                count += 1
                return count
            }
            if count == 1000 { all.pass() }
            await all.passed()
            return ["n": call.params?["n"] ?? .null]
        }
        let session = BridgeSession(upstream, requestsInFlight: 1024)
        try await session.wire.open()
        for number in 0..<1000 { session.send(.int(number), "tools/call", ["n": .int(number)]) }
        var seen: Set<JSON> = []
        for reply in try await session.read(1000) {
            #expect(reply["id"] == reply["result"]?["n"])
            seen.insert(reply["id"] ?? .null)
        }
        #expect(seen.count == 1000)
    }

    @Test func `have no second request under an id that is open`() async throws {
        let latch = Latch()
        let upstream = ScriptedUpstream(.handshake()) { _, _ in
            await latch.passed()
            return [:]
        }
        let session = BridgeSession(upstream)
        try await session.wire.open()
        session.send(9, "tools/call", ["name": "x"])
        session.send(9, "tools/call", ["name": "x"])
        #expect(try await session.read()["error"]?["code"] == -32600)
        latch.pass()
        #expect(try await session.read()["id"] == 9 && upstream.calls.count == 1)
    }

    @Test func `may be a result of 20 MB`() async throws {
        let text = String(repeating: "0123456789abcdef", count: 20 << 16)
        let upstream = ScriptedUpstream(.handshake()) { _, _ in ["content": [["type": "text", "text": .string(text)]]] }
        let session = BridgeSession(upstream)
        try await session.wire.open()
        session.send(1, "tools/call", ["name": "x"])
        let line = await session.wire.read()
        #expect(line == #"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"\#(text)"}]}}"#)
    }
}
