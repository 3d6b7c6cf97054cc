import HTTP
import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization
import TestSupport
import Testing

@testable import Bridge

@Suite struct `A client with a handshake` {
    @Test func `is introduced to the server as it introduced itself`() async throws {
        let upstream = ScriptedUpstream(.handshake())
        let session = BridgeSession(upstream)
        try await session.wire.open(.june2025, capabilities: ["elicitation": [:]])
        #expect(upstream.sessions.first?.client.capabilities == ["elicitation": [:]])
        #expect(upstream.sessions.first?.client.info["name"] == "tests")
        #expect(session.connection.sessionState?.revision == .june2025)
    }

    @Test func `gets everything of a server of its own era as it came`() async throws {
        let answer = try JSON(parsing: #"{"z":1.00,"a":[1e3],"content":[{"type":"hologram"}],"_meta":{"x":null}}"#)
        let upstream = ScriptedUpstream(.handshake()) { _, _ in answer }
        let session = BridgeSession(upstream)
        try await session.wire.open()
        session.wire.write(
            #"{"jsonrpc":"2.0","id":"7","method":"vendor/odd","params":{"b":1.0,"_meta":{"x":2,"progressToken":"t"}}}"#
        )
        #expect(await session.wire.read() == #"{"jsonrpc":"2.0","id":"7","result":\#(answer.text)}"#)
        let call = try #require(upstream.calls.last)
        #expect(
            call.method == "vendor/odd" && call.params.map { JSON.object($0).text } == #"{"b":1.0,"_meta":{"x":2}}"#
        )
        #expect(call.wantsProgress && !call.isRepeatable)
        session.write(["jsonrpc": "2.0", "method": "notifications/roots/list_changed"])
        try await wait { !(upstream.sessions.first?.notifications.isEmpty ?? true) }
    }

    @Test func `gets a discovery as the handshake it asked for`() async throws {
        let session = BridgeSession(ScriptedUpstream(.stateless()))
        let reply = try await session.wire.request(
            "initialize",
            ["protocolVersion": "2024-11-05", "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]]
        )
        #expect(reply["result"]?["protocolVersion"] == "2024-11-05" && reply["result"]?["serverInfo"]?["name"] == "new")
        #expect(reply["result"]?["resultType"] == nil)
    }

    @Test func `gets progress under its own token, and nothing once it is answered`() async throws {
        let events = Mutex<(any RemoteCallEvents)?>(nil)
        let upstream = ScriptedUpstream(.stateless()) { call, _ in
            call.events?.progressed(JSONObject([.init("progress", 1.5), .init("message", "half")]))
            call.events?.notified(Notification("notifications/message", params: ["level": "info", "data": "x"]))
            events.withLock { $0 = call.events }
            return ["content": [], "resultType": "complete"]
        }
        let session = BridgeSession(upstream)
        try await session.wire.open()
        session.send(1, "tools/call", ["name": "x", "_meta": ["progressToken": "mine"]])
        let messages = try await session.read(3)
        #expect(
            messages[0]["params"]?.text == #"{"progressToken":"mine","progress":1.5,"message":"half"}"#
        )
        #expect(messages[1]["method"] == "notifications/message" && messages[2]["result"] == ["content": []])
        events.withLock { $0 }?.progressed(JSONObject([.init("progress", 2)]))
        #expect(session.wire.unread.isEmpty)
    }

    @Test func `is asked what a server of 2026-07-28 needs to know, all at once`() async throws {
        let upstream = ScriptedUpstream(.stateless()) { call, _ in
            guard let answers = call.params?["inputResponses"] else {
                return [
                    "resultType": "input_required", "requestState": "opaque",
                    "inputRequests": [
                        "a": ["method": "elicitation/create", "params": ["message": "A?"]],
                        "b": ["method": "roots/list"],
                    ],
                ]
            }
            return ["content": [], "seen": answers, "state": call.params?["requestState"] ?? .null]
        }
        let session = BridgeSession(upstream)
        try await session.wire.open(.june2025, capabilities: ["elicitation": [:], "roots": [:]])
        session.send(1, "tools/call", ["name": "x", "arguments": ["k": 1]])
        for question in try await session.read(2) {
            session.answer(question, question["method"] == "roots/list" ? ["roots": []] : ["action": "accept"])
        }
        let result = try await session.read()["result"]
        #expect(result?["seen"] == ["a": ["action": "accept"], "b": ["roots": []]] && result?["state"] == "opaque")
        #expect(upstream.calls.last?.params?["arguments"] == ["k": 1])
    }

    @Test func `ends a request with its own refusal`() async throws {
        let upstream = ScriptedUpstream(.stateless()) { _, _ in
            ["resultType": "input_required", "inputRequests": ["a": ["method": "roots/list"]]]
        }
        let session = BridgeSession(upstream)
        try await session.wire.open(capabilities: ["roots": [:]])
        session.send(1, "tools/call", ["name": "x"])
        let question = try await session.read()
        session.write([
            "jsonrpc": "2.0", "id": question["id"] ?? .null, "error": ["code": -1, "message": "No."],
        ])
        let error = try await session.read()["error"]
        #expect(error?["code"] == -32603 && error?["data"]?["method"] == "roots/list")
        #expect(error?["data"]?["error"]?["code"] == -1)
    }

    @Test func `answers what a server of its own era asks in the middle of a call`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (call, _) async throws(RemoteFailure) in
            let params = try? JSON(parsing: #"{"message":"Who?","x-unknown":1.0}"#)
            return ["got": try await asking(call, "elicitation/create", params ?? [:])]
        }
        let session = BridgeSession(upstream)
        try await session.wire.open(capabilities: ["elicitation": [:]])
        session.send(1, "tools/call", ["name": "x"])
        let question = try await session.read()
        #expect(question["method"] == "elicitation/create" && question["params"]?["x-unknown"]?.text == "1.0")
        session.answer(question, ["action": "decline"])
        #expect(try await session.read()["result"] == ["got": ["action": "decline"]])
    }

    @Test func `has its log level in each later request to a server of 2026-07-28`() async throws {
        let upstream = ScriptedUpstream(.stateless()) { _, _ in ["content": []] }
        let session = BridgeSession(upstream)
        try await session.wire.open()
        #expect(try await session.wire.request("logging/setLevel", ["level": "warning"])["result"] == [:])
        #expect(try await session.wire.request("logging/setLevel", ["level": "loud"])["error"]?["code"] == -32602)
        _ = try await session.wire.call("x")
        #expect(upstream.calls.last?.params?["_meta"]?["io.modelcontextprotocol/logLevel"] == "warning")
    }

    @Test(arguments: [("tasks/list", -32601), ("vendor/odd", -32601), ("server/discover", -32601)])
    func `is told that a method does not exist across the eras`(method: String, code: Int) async throws {
        let upstream = ScriptedUpstream(.stateless())
        let session = BridgeSession(upstream)
        try await session.wire.open()
        #expect(try await session.wire.request(method)["error"]?["code"] == .int(code))
        #expect(upstream.calls.isEmpty)
        #expect(try await session.wire.request("ping")["result"] == [:])
    }

    @Test func `is notified of changes once it is ready, and again when the server was lost`() async throws {
        let upstream = ScriptedUpstream(.stateless())
        let session = BridgeSession(upstream)
        try await session.wire.open()
        let events = try #require(upstream.sessions.first?.events)
        events.notified(Notification("notifications/resources/updated", params: ["uri": "c:d"]))
        #expect(try await session.wire.request("resources/subscribe", ["uri": "a:b"])["result"] == [:])
        events.notified(Notification("notifications/resources/updated", params: ["uri": "a:b"]))
        #expect(try await session.read()["params"]?["uri"] == "a:b")
        // Lines that no call is open for are not the client's.
        events.notified(Notification("notifications/message", params: ["level": "info", "data": 1]))
        events.reconnected()
        let changed = try await session.read(2).map { $0["method"]?.string }
        #expect(changed == ["notifications/tools/list_changed", "notifications/resources/list_changed"])
    }

    @Test func `cancels at the server what it cancels here`() async throws {
        let (began, cancelled) = (Latch(), Latch())
        let upstream = ScriptedUpstream(.handshake()) { (_, _) async throws(RemoteFailure) in
            await withTaskCancellationHandler {
                began.pass()
                await cancelled.passed()
            } onCancel: {
                cancelled.pass()
            }
            throw .cancelled
        }
        let session = BridgeSession(upstream)
        try await session.wire.open()
        session.send(5, "tools/call", ["name": "x"])
        await began.passed()
        session.write(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 5]])
        await cancelled.passed()
        await session.wire.idle()
        #expect(session.wire.unread.isEmpty)
    }

    @Test func `gets the error of a failed request under its own id`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { (_, _) async throws(RemoteFailure) in
            throw .outcomeUnknown(detail: "The connection closed.")
        }
        let session = BridgeSession(upstream)
        try await session.wire.open()
        session.send("x", "tools/call", ["name": "x"])
        let reply = try await session.read()
        #expect(reply["id"] == "x" && reply["error"]?["data"]?["cause"] == "outcome_unknown")
    }

    @Test func `sends several messages at once where its revision has that`() async throws {
        let upstream = ScriptedUpstream(.stateless()) { call, _ in ["method": .string(call.method)] }
        let session = BridgeSession(upstream)
        try await session.wire.open(.march2025)
        session.write([
            ["jsonrpc": "2.0", "id": 1, "method": "tools/list"], ["jsonrpc": "2.0", "id": 2, "method": "ping"],
        ])
        let replies = try #require(try await session.read().array)
        #expect(Set(replies.compactMap { $0["id"]?.int }) == [1, 2])
    }

    @Test func `is not answered before it has said who it is`() async throws {
        let session = BridgeSession(ScriptedUpstream(.handshake()))
        #expect(try await session.wire.request("ping")["result"] == [:])
        #expect(try await session.wire.request("tools/list")["error"]?["code"] == -32602)
    }
}

@Suite struct `A client that cannot wait` {
    private final class Memory: ServerMemory {
        let kept: Mutex<RemoteServer?>
        init(_ server: RemoteServer?) { kept = Mutex(server) }
        func recall() -> RemoteServer? { kept.withLock { $0 } }
        func remember(_ server: RemoteServer) { kept.withLock { $0 = server } }
    }

    private let refused = RemoteFailure.unreachable(.connectionRefused(host: "h"), url: "http://h/")

    @Test func `is answered with what was known, and told when the server is there`() async throws {
        let memory = Memory(.handshake())
        let upstream = ScriptedUpstream(.handshake())
        upstream.opens(as: .failure(refused))
        let session = BridgeSession(upstream, BridgeOptions(patience: .seconds(2), memory: memory))
        let reply = try await session.wire.request(
            "initialize",
            ["protocolVersion": "2025-11-25", "capabilities": [:]]
        )
        #expect(reply["result"]?["serverInfo"]?["name"] == "old")
        session.write(["jsonrpc": "2.0", "method": "notifications/initialized"])
        let error = try await session.wire.request("tools/list")["error"]
        #expect(error?["message"]?.string?.hasPrefix("Connection refused to http://h/") == true)
        upstream.opens(as: .success(.stateless()))
        let changed = try await session.read(2).map { $0["method"]?.string }
        #expect(changed == ["notifications/tools/list_changed", "notifications/resources/list_changed"])
        #expect(memory.recall()?.revision == .july2026)
        await session.connection.hangUp()
    }

    @Test func `is answered with tools alone where nothing was known`() async throws {
        let upstream = ScriptedUpstream(.handshake())
        upstream.opens(as: .failure(refused))
        let session = BridgeSession(upstream, BridgeOptions(patience: .seconds(2), memory: Memory(nil)))
        let reply = try await session.wire.request(
            "initialize",
            ["protocolVersion": "2025-06-18", "capabilities": [:]]
        )
        #expect(reply["result"]?["capabilities"] == ["tools": ["listChanged": true]])
        #expect(reply["result"]?["protocolVersion"] == "2025-06-18")
        await session.connection.hangUp()
    }

    @Test func `is shown how to sign in, and the tools once that is done`() async throws {
        let upstream = ScriptedUpstream(.handshake()) { call, _ in
            call.method == "tools/list" ? ["tools": [["name": "real"]]] : ["content": []]
        }
        upstream.opens(as: .failure(.notSignedIn(detail: "There is no token.")))
        let options = BridgeOptions(patience: .seconds(2), signInRemedy: "Run `oe-mcp login URL`.")
        let session = BridgeSession(upstream, options)
        try await session.wire.open()
        let tools = try await session.wire.request("tools/list")["result"]?["tools"]
        #expect(tools?.array?.map { $0["name"] } == ["bridge_sign_in"])
        let answer = try await session.wire.call("bridge_sign_in")
        #expect(
            answer["isError"] == true && answer["content"]?[0]?["text"]?.string?.contains("oe-mcp login URL") == true
        )
        upstream.opens(as: .success(.handshake()))
        session.send("done", "tools/call", ["name": "bridge_sign_in"])
        #expect(try await session.read()["method"] == "notifications/tools/list_changed")
        #expect(try await session.read()["result"]?["isError"] == false)
        #expect(try await session.wire.request("tools/list")["result"]?["tools"] == [["name": "real"]])
        await session.connection.hangUp()
    }
}
