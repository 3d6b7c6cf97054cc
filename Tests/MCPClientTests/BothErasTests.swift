import HTTP
import JSON
import JSONRPC
import Logging
import MCP
import TestSupport
import Testing

@testable import MCPClient

@Suite(.timeLimit(.minutes(1))) struct `A session over Streamable HTTP` {
    static let eras: [(EraPreference, Revision)] = [
        (.either, .july2026), (.stateless, .july2026), (.handshake, .november2025),
    ]

    @Test(arguments: eras) func `opens, calls, reads and ends`(era: EraPreference, revision: Revision) async throws {
        let served = try ServedRemote()
        let session = remote(served.url) { $0.era = era }.session()
        let server = try await session.open()
        #expect(server.revision == revision)
        #expect(server.info?["name"] == "test")
        #expect(server.instructions == "Ask.")
        let echo = try await session.tool("echo", ["text": "Grüße"])
        #expect(echo["structuredContent"]?["text"] == "Grüße")
        #expect(try await session.tool("revision")["content"]?[0]?["text"]?.string == "\(revision.rawValue) tester")
        let read = try await session.call(RemoteCall("resources/read", JSONObject([.init("uri", "test://text")])))
        #expect(read["contents"]?[0]?["text"] == "one\ntwo")
        #expect(try await session.call(RemoteCall("ping")) == [:])
        await session.close()
    }

    @Test(arguments: eras) func `hands on progress and log lines of a call`(era: EraPreference, _: Revision)
        async throws
    {
        let served = try ServedRemote(ChangingServer().server)
        let session = remote(served.url) { $0.era = era }.session()
        let events = HeardEvents()
        _ = try await session.call(RemoteCall("logging/setLevel", JSONObject([.init("level", "notice")])))
        _ = try await session.tool("work", wantsProgress: true, events: events)
        #expect(events.progress.map { $0["message"] } == ["Half"])
        #expect(events.progress.allSatisfy { $0["progressToken"] == nil })
        #expect(events.methods == ["notifications/message"])
        await session.close()
    }

    @Test func `hands what the server asks to the call on whose stream it came`() async throws {
        let served = try ServedRemote()
        let session = remote(served.url) { $0.era = .handshake }.session()
        let events = HeardEvents { method, params in
            switch method {
            case "elicitation/create": .success(EncodedJSON(["action": "accept", "content": ["name": "Ada"]]))
            case "roots/list": .success(EncodedJSON(["roots": []]))
            default: .failure(RPCError(code: -1, "No."))
            }
        }
        let result = try await session.tool("ask", events: events)
        #expect(events.questions == ["elicitation/create", "roots/list", "sampling/createMessage"])
        // What the client refuses comes back to the tool.
        #expect(result["isError"] == true)
        await session.close()
    }

    @Test(arguments: eras) func `is notified of changes, and of those alone that it subscribed to`(
        era: EraPreference,
        _: Revision
    ) async throws {
        let changing = ChangingServer()
        let served = try ServedRemote(changing.server)
        let heard = HeardEvents()
        let session = remote(served.url) { $0.era = era }.session(heard)
        _ = try await session.open()
        let uri = JSONObject([.init("uri", .string(ChangingServer.note))])
        _ = try await session.call(RemoteCall("resources/subscribe", uri))
        try await wait {
            changing.changeAll()
            return Set(heard.methods).count == 4
        }
        let updated = heard.notices.filter { $0.method == "notifications/resources/updated" }
        #expect(updated.allSatisfy { $0.params == ["uri": .string(ChangingServer.note)] })
        await session.close()
    }

    @Test(arguments: eras) func `lets the server know that a call is no longer waited for`(
        era: EraPreference,
        _: Revision
    )
        async throws
    {
        let (began, ended) = (Latch(), Latch())
        let tools = MadeUpTools(
            (
                "wait",
                { _, _ in
                    began.pass()
                    try? await Task.sleep(for: .seconds(60))
                    ended.pass()
                    return Answer("Late.")
                }
            )
        )
        let info = ServerInfo(name: "test", version: "1", instructions: "")
        let served = try ServedRemote(Server(info: info, tools: tools, log: .none))
        let session = remote(served.url) { $0.era = era }.session()
        let task = Task { try await session.tool("wait") }
        await began.passed()
        task.cancel()
        await #expect(throws: RemoteFailure.cancelled) { try await task.value }
        await ended.passed()
        await session.close()
    }
}
