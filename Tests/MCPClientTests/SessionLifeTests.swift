import HTTP
import JSON
import JSONRPC
import MCP
import Synchronization
import TestSupport
import Testing

@testable import MCPClient

@Suite(.timeLimit(.minutes(1))) struct `A session that the server loses` {
    /// The first session is lost after its first call, in the words that servers have for it.
    static let losses = [
        "404 with nothing", "404 with a page", "404 with -32001", "400 with words", "400 with text",
    ]

    private static func loss(_ kind: String, _ request: RawPeer.Seen) -> String {
        switch kind {
        case "404 with nothing": answer(404, "")
        case "404 with a page": answer(404, "<html>gone</html>", "Content-Type: text/html")
        case "400 with words": answer(400, request.error(-32000, "Bad Request: No valid session ID provided"))
        case "404 with -32001": answer(404, request.error(-32001, "Session not found"))
        default: answer(400, "Unknown session", "Content-Type: text/plain")
        }
    }

    @Test(arguments: losses) func `is opened once for all, and says again what it had said`(kind: String) async throws {
        let peer = try RawPeer { request, _ in
            let isOld = request.http.field("mcp-session-id") == "s1"
            guard isOld, request.method == "tools/call" else { return nil }
            return .raw(Self.loss(kind, request))
        }
        let heard = HeardEvents()
        let session = remote(peer.url) { $0.listens = false }.session(heard)
        _ = try await session.call(RemoteCall("logging/setLevel", JSONObject([.init("level", "info")])))
        let uri = JSONObject([.init("uri", "a://b")])
        _ = try await session.call(RemoteCall("resources/subscribe", uri))
        let results = await withTaskGroup(of: JSON?.self) { group in
            for _ in 0..<10 { group.addTask { try? await session.tool("any") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: ["usual": true], count: 10))
        #expect(peer.count("initialize") == 2)
        #expect(peer.count("logging/setLevel") == 2)
        #expect(peer.count("resources/subscribe") == 2)
        #expect(heard.reconnections == 1)
        await session.close()
    }

    /// Answers to the request that only look like the loss of a session.
    static let answers = [
        (200, -32000, "Session not found"), (200, -32001, "session expired"), (404, -32602, "Unknown tool"),
        (404, -32603, "No such session of the browser"), (400, -32602, "Session not found"),
        (400, -32000, "The session's budget is used up"),
    ]

    @Test(arguments: answers) func `is not seen in what may be about something else, so nothing is called twice`(
        status: Int,
        code: Int,
        message: String
    ) async throws {
        let peer = try RawPeer { request, _ in
            request.method == "tools/call" ? .raw(answer(status, request.error(code, message))) : nil
        }
        let session = remote(peer.url) { $0.listens = false }.session()
        await #expect(throws: RemoteFailure.refused(RPCError(code: code, message))) { try await session.tool("any") }
        #expect(peer.count("tools/call") == 1)
        await session.close()
    }

    @Test func `is not opened for ever`() async throws {
        let peer = try RawPeer { request, _ in request.method == "tools/call" ? .raw(answer(404, "")) : nil }
        let session = remote(peer.url).session()
        await #expect(throws: RemoteFailure.self) { try await session.tool("any") }
        #expect(peer.count("initialize") == 2)
        #expect(peer.count("tools/call") == 2)
        await session.close()
    }

    @Test func `is ended at the server when it is closed`() async throws {
        let peer = try RawPeer()
        let session = remote(peer.url).session()
        _ = try await session.open()
        await session.close()
        let last = peer.seen.last { $0.http.line.hasPrefix("DELETE") }
        #expect(last?.http.field("mcp-session-id") == "s1")
        await #expect(throws: RemoteFailure.cancelled) { try await session.tool("any") }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `What belongs to no call` {
    @Test func `shows that the session is lost, before any call does`() async throws {
        let peer = try RawPeer { request, _ in
            guard request.http.line.hasPrefix("GET") else { return nil }
            return request.http.field("mcp-session-id") == "s1" ? .raw(answer(404, "")) : .silence
        }
        let heard = HeardEvents()
        let session = remote(peer.url).session(heard)
        _ = try await session.open()
        try await wait { heard.reconnections == 1 }
        #expect(peer.count("initialize") == 2)
        await session.close()
    }

    @Test func `takes no more connections than it may, and the next one when there is one`() async throws {
        let peer = try RawPeer { request, _ in request.http.line.hasPrefix("GET") ? .silence : nil }
        let server = HTTPRemoteServer(peer.url, client: remote(peer.url).client, mostStreams: 1)
        let (first, second) = (HeardEvents(), HeardEvents())
        let one = server.session(for: RemoteClient(info: [:]), events: first)
        let other = server.session(for: RemoteClient(info: [:]), events: second)
        let streams = { peer.seen.filter { $0.http.line.hasPrefix("GET") }.count }
        _ = try await one.open()
        try await wait { streams() == 1 }
        _ = try await other.open()
        await one.close()
        try await wait { streams() == 2 }
        await other.close()
    }

    @Test func `goes on after a break, from the last event where there is one`() async throws {
        let note = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#
        let peer = try RawPeer { request, _ in
            guard request.http.line.hasPrefix("GET") else { return nil }
            if request.http.field("last-event-id") == "9" { return .silence }
            return .last(stream("retry: 50\n", event(note, id: "9")))
        }
        let heard = HeardEvents()
        let session = remote(peer.url).session(heard)
        _ = try await session.open()
        try await wait { peer.seen.filter { $0.http.line.hasPrefix("GET") }.count == 2 }
        #expect(heard.methods == ["notifications/tools/list_changed"])
        await session.close()
    }

    @Test func `is subscribed to again in the newest revision, which may have missed something`() async throws {
        let peer = try RawPeer { request, count in
            switch request.method {
            case "server/discover":
                let result = #"{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true}}}"#
                return .raw(answer(200, request.result(result)))
            case "subscriptions/listen":
                let method = "notifications/subscriptions/acknowledged"
                let ack = event(#"{"jsonrpc":"2.0","method":"\#(method)","params":{"notifications":{}}}"#)
                return count == 1 ? .last(stream(ack)) : .slowly([stream(ack)], milliseconds: 1)
            default: return nil
            }
        }
        let heard = HeardEvents()
        let session = remote(peer.url).session(heard)
        _ = try await session.open()
        try await wait { heard.reconnections == 1 }
        let asked = peer.seen.last { $0.method == "subscriptions/listen" }?.json?["params"]?["notifications"]
        #expect(asked == ["toolsListChanged": true])
        #expect(heard.methods.isEmpty)
        await session.close()
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A stream that breaks` {
    @Test func `goes on from the last event, and repeats nothing`() async throws {
        let note = #"{"jsonrpc":"2.0","method":"notifications/message","params":{"n":1}}"#
        let calls = Mutex("")
        let resumed = Counter()
        let peer = try RawPeer { request, _ in
            if request.method == "tools/call" {
                calls.withLock { $0 = request.result(#"{"done":true}"#) }
                return .last(stream("id: opening\nretry: 10\ndata: \n\n"))
            }
            guard request.http.line.hasPrefix("GET"), request.http.field("last-event-id") != nil else { return nil }
            resumed.increment()
            switch resumed.value {
            // Dies before any id: the opening one is still the one to go on from.
            case 1: return .last(stream(": nothing\n\n"))
            case 2: return .last(stream(event(note, id: "1")))
            default: return .last(stream(event(note, id: "1"), event(calls.withLock { $0 }, id: "2")))
            }
        }
        let events = HeardEvents()
        let session = remote(peer.url) { $0.listens = false }.session()
        #expect(try await session.tool("any", events: events)["done"] == true)
        #expect(events.methods == ["notifications/message"])
        let tokens = peer.seen.compactMap { $0.http.field("last-event-id") }
        #expect(tokens == ["opening", "opening", "1"])
        #expect(peer.count("tools/call") == 1)
        await session.close()
    }

    @Test(arguments: [false, true]) func `is sent again only where that does no harm`(isRepeatable: Bool) async throws {
        let peer = try RawPeer { request, count in
            request.method == "tools/call" && count == 1 ? .last(stream(": begun\n\n")) : nil
        }
        let session = remote(peer.url).session()
        if isRepeatable {
            #expect(try await session.tool("any", isRepeatable: true)["usual"] == true)
        } else {
            let failure = await #expect(throws: RemoteFailure.self) { try await session.tool("any") }
            #expect(failure.map { if case .outcomeUnknown = $0 { true } else { false } } == true)
        }
        #expect(peer.count("tools/call") == (isRepeatable ? 2 : 1))
        await session.close()
    }

    private static func numbered(_ text: String, _ id: String) -> String {
        text.split(separator: #""id":4"#, omittingEmptySubsequences: false).joined(separator: #""id":\#(id)"#)
    }

    @Test func `ends each call once, wherever it is cut`() async throws {
        let whole = stream(event(#"{"jsonrpc":"2.0","id":4,"result":{"text":"ok é"}}"#))
        let bytes = Array(whole.utf8)
        for place in stride(from: 1, through: bytes.count, by: 3) {
            let part = String(decoding: bytes[..<place], as: UTF8.self)
            let peer = try RawPeer { request, _ in
                request.method == "tools/call" ? .last(Self.numbered(part, request.id)) : nil
            }
            let session = remote(peer.url) { $0.listens = false }.session()
            do {
                let result = try await session.tool("any")
                #expect(result["text"] == "ok é")
            } catch {
                #expect(peer.count("tools/call") == 1)
            }
            await session.close()
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `What comes in place of an answer` {
    private func failure(
        _ text: @escaping @Sendable (RawPeer.Seen) -> String,
        _ change: (inout HTTPRemoteServer) -> Void = { _ in }
    ) async throws -> (RemoteFailure?, RawPeer) {
        let peer = try RawPeer { request, _ in request.method == "tools/call" ? .last(text(request)) : nil }
        let session = remote(peer.url) {
            $0.listens = false
            change(&$0)
        }.session()
        let failure = await #expect(throws: RemoteFailure.self) { try await session.tool("any") }
        await session.close()
        return (failure, peer)
    }

    @Test(arguments: [
        ("<html></html>", "text/html"), ("", "application/json"), ("{", "application/json"),
        ("[1,2]", "application/json"), (#"{"jsonrpc":"1.0"}"#, "application/json"),
        (#"{"jsonrpc":"2.0","id":"other","result":{}}"#, "application/json"), ("data: {\n\n", "text/event-stream"),
        ("", "text/plain"), (#"{"jsonrpc":"2.0","method":"x"}"#, "application/json"),
    ])
    func `is a failure, and the end of the call`(body: String, type: String) async throws {
        let (failure, peer) = try await failure { _ in answer(200, body, "Content-Type: \(type)") }
        switch failure {
        case .protocolFault?, .outcomeUnknown?: break
        default: Issue.record("\(String(describing: failure))")
        }
        #expect(peer.count("tools/call") == 1)
    }

    @Test func `is handed on with its status`() async throws {
        let (failure, _) = try await failure { _ in answer(429, "", "Retry-After: 7") }
        #expect(failure == .status(429, retryAfter: "7"))
        let (refused, _) = try await self.failure { answer(400, $0.error(-32602, "No.")) }
        #expect(refused == .refused(RPCError(code: -32602, "No.")))
        let (forbidden, _) = try await self.failure { _ in answer(403, #"{"error":"not yours"}"#) }
        #expect(forbidden == .status(403, detail: "not yours"))
    }

    @Test func `is not followed to another place`() async throws {
        let other = try RawPeer()
        let (failure, _) = try await failure { _ in answer(307, "", "Location: \(other.url)?key=1") }
        guard case .status(307, _, _, let detail)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(detail?.contains(other.url) == true)
        #expect(detail?.contains("key") == false)
        #expect(other.seen.isEmpty)
    }

    @Test func `is too large`() async throws {
        let long = String(repeating: "x", count: 5000)
        let (failure, _) = try await failure({ answer(200, $0.result("\"\(long)\"")) }) { $0.maxMessageBytes = 2000 }
        #expect(failure == .tooLarge(limit: 2000))
        let (event, _) = try await self.failure({ stream("data: " + $0.result("\"\(long)\"")) }) {
            $0.maxMessageBytes = 2000
        }
        #expect(event == .tooLarge(limit: 2000))
    }

    @Test func `is followed at the same place, once`() async throws {
        let peer = try RawPeer { request, _ in
            request.method == "tools/call" && request.http.line.contains(" /mcp ")
                ? .raw(answer(308, "", "Location: /elsewhere")) : nil
        }
        let session = remote(peer.url).session()
        #expect(try await session.tool("any")["usual"] == true)
        #expect(
            peer.seen.filter { $0.method == "tools/call" }.map { $0.http.line }.last?.contains("/elsewhere") == true
        )
        await session.close()
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A call that is not answered` {
    @Test func `is given up, and the server notified`() async throws {
        let peer = try RawPeer { request, _ in request.method == "tools/call" ? .silence : nil }
        let session = remote(peer.url) {
            $0.listens = false
            $0.timeout = .milliseconds(300)
        }.session()
        await #expect(throws: RemoteFailure.timedOut(seconds: 0.3)) { try await session.tool("any") }
        try await wait { peer.count("notifications/cancelled") == 1 }
        let call = peer.seen.first { $0.method == "tools/call" }?.json?["id"]
        let notice = peer.seen.first { $0.method == "notifications/cancelled" }?.json
        #expect(notice?["params"]?["requestId"] == call)
        await session.close()
    }

    @Test func `lives as long as it makes progress, up to the limit of all`() async throws {
        let peer = try RawPeer { request, count in
            guard request.method == "tools/call" else { return nil }
            let token = request.json?["params"]?["_meta"]?["progressToken"]?.text ?? ""
            let step = event(
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(token),"progress":1}}"#
            )
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            let steps = Array(repeating: step, count: count == 1 ? 6 : 100)
            return .slowly([head] + steps + [event(request.result(#"{"done":true}"#))], milliseconds: 150)
        }
        let session = remote(peer.url) {
            $0.listens = false
            $0.timeout = .milliseconds(500)
            $0.longest = .milliseconds(1800)
        }.session()
        let events = HeardEvents()
        #expect(try await session.tool("any", wantsProgress: true, events: events)["done"] == true)
        #expect(events.progress.count == 6)
        await #expect(throws: RemoteFailure.timedOut(seconds: 1.8)) {
            try await session.tool("any", wantsProgress: true, events: events)
        }
        await session.close()
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A thousand calls at once` {
    @Test(arguments: [false, true]) func `end each with its own answer`(streams: Bool) async throws {
        let peer = try RawPeer { request, _ in
            guard request.method == "tools/call" else { return nil }
            let said = request.json?["params"]?["arguments"]?["number"]?.text ?? "null"
            let result = request.result(#"{"number":\#(said)}"#)
            guard streams else { return .raw(answer(200, result)) }
            return .raw(answer(200, event(result), "Content-Type: text/event-stream"))
        }
        let session = remote(peer.url, connections: 20) { $0.listens = false }.session()
        _ = try await session.open()
        let wrong = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<1000 {
                group.addTask { (try? await session.tool("any", ["number": .int(number)]))?["number"]?.int != number }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wrong == 0)
        #expect(peer.connectionCount <= 21)
        await session.close()
    }
}
