import HTTP
import JSON
import JSONRPC
import MCP
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(2))) struct `A session over HTTP` {
    private let both: HTTPFields = ["Accept": "application/json, text/event-stream"]

    private func served(
        _ server: Server = FixtureServer.server(),
        seal: Seal = Seal(),
        _ change: (inout StreamableHTTPConfiguration) -> Void = { _ in }
    ) throws -> ServedMCP {
        try ServedMCP(server, authenticator: KeyAuthenticator(), seal: seal) {
            $0.isStateless = false
            $0.responseForm = .auto
            change(&$0)
        }
    }

    private let ada: HTTPFields = ["X-Key": "good ada", "Accept": "application/json, text/event-stream"]
    private let eve: HTTPFields = ["X-Key": "good eve", "Accept": "application/json, text/event-stream"]

    private func get(_ fields: HTTPFields, _ more: HTTPFields = [:]) -> SentRequest {
        var fields = fields
        fields["Accept"] = "text/event-stream"
        for field in more.all { fields[field.name] = field.value }
        return SentRequest(.get, "/mcp", fields)
    }

    private func delete(_ fields: HTTPFields) -> SentRequest { SentRequest(.delete, "/mcp", fields) }

    @Test func `is opened by initialize alone, where that succeeds`() async throws {
        let served = try served()
        let wrong = try await served.post(request("initialize", ["protocolVersion": 7]), ada)
        #expect(wrong.error == -32602 && wrong.fields["Mcp-Session-Id"] == nil)
        #expect(try await served.post(request("ping"), ada).fields["Mcp-Session-Id"] == nil)
        let (body, fields) = modern("tools/list")
        var own = fields
        own["X-Key"] = "good ada"
        let discovered = try await served.post(body, own)
        #expect(discovered.status == 200 && discovered.fields["Mcp-Session-Id"] == nil)
        let session = try await served.session(ada)
        #expect(session["Mcp-Session-Id"] != nil)
        #expect(try await served.post(call("revision"), session).result?["content"]?[0]?["text"] == "2025-11-25 -")
    }

    @Test func `is opened by a stream for a client that takes nothing else`() async throws {
        var fields = ada
        fields["Accept"] = "text/event-stream"
        let session = try await served().session(fields)
        #expect(session["Mcp-Session-Id"] != nil)
    }

    /// Rows: G262.
    @Test func `belongs to who opened it, and is unknown to others`() async throws {
        let served = try served()
        var session = try await served.session(ada)
        session["X-Key"] = "good eve"
        let stolen = try await served.post(request("ping"), session)
        #expect(stolen.status == 404 && stolen.error == -32001 && stolen.json?["id"] == 1)
        #expect(try await served.answer(get(session)).status == 404)
        #expect(try await served.answer(delete(session)).status == 404)
        session["X-Key"] = "good ada"
        #expect(try await served.post(request("ping"), session).status == 200)
        session["X-Key"] = nil
        #expect(try await served.post(request("ping"), session).status == 401)
    }

    /// Rows: G250, G251.
    @Test func `is over once it was deleted, and another can be opened with its id`() async throws {
        let served = try served()
        let session = try await served.session(ada)
        #expect(try await served.answer(delete(session)).status == 204)
        for request in [SentRequest(body: request("ping").text, session), get(session), delete(session)] {
            #expect(try await served.answer(request).status == 404)
        }
        let again = try await served.post(request("initialize", ["protocolVersion": "2025-11-25"]), session)
        #expect(again.status == 200)
        #expect(![nil, session["Mcp-Session-Id"]].contains(again.fields["Mcp-Session-Id"]))
        var unknown = session
        unknown["Mcp-Session-Id"] = "made up"
        #expect(try await served.post(request("ping"), unknown).status == 404)
    }

    @Test func `is not needed by what needs none, and is by what does`() async throws {
        let served = try served()
        #expect(try await served.post(call("echo", ["text": "a"]), ada).result?["content"]?[0]?["text"] == "a")
        for method in ["resources/subscribe", "resources/unsubscribe", "logging/setLevel"] {
            let answer = try await served.post(request(method), ada)
            #expect(answer.status == 400 && answer.error == -32600 && answer.json?["id"] == 1)
            #expect(try await served.post([request(method)], ada).status == 400)
        }
        #expect(try await served.post(["jsonrpc": "2.0", "id": 1, "result": [:]], ada).status == 400)
        #expect(try await served.answer(get(ada)).status == 405)
        #expect(try await served.answer(delete(ada)).status == 405)
    }

    /// Rows: G249.
    @Test func `is needed by everything where the server says so`() async throws {
        let served = try served { $0.requiresSession = true }
        let messages: [JSON] = [
            request("ping"), [request("ping")], ["jsonrpc": "2.0", "method": "notifications/x"],
            [["jsonrpc": "2.0", "method": "notifications/x"]],
        ]
        for message in messages { #expect(try await served.post(message, ada).status == 400) }
        #expect(try await served.post(request("ping"), try await served.session(ada)).status == 200)
    }

    /// Rows: G253.
    @Test func `has one revision, which its fields may leave out but not change`() async throws {
        let served = try served()
        var session = try await served.session(ada, .june2025)
        session["MCP-Protocol-Version"] = nil
        #expect(try await served.post(call("revision"), session).result?["content"]?[0]?["text"] == "2025-06-18 -")
        for version in ["2025-11-25", "1.2.3"] {
            session["MCP-Protocol-Version"] = version
            #expect(try await served.post(request("ping"), session).status == 400)
            #expect(try await served.post(["jsonrpc": "2.0", "method": "notifications/x"], session).status == 400)
            #expect(try await served.answer(get(session)).status == 400)
        }
    }

    /// Rows: G305, G313.
    @Test func `does not count for requests of 2026-07-28`() async throws {
        let served = try served()
        let session = try await served.session(ada)
        var (body, fields) = modern("tools/call", ["name": "revision", "arguments": [:]])
        fields["X-Key"] = "good ada"
        fields["Last-Event-ID"] = "1-1"
        for id in [session["Mcp-Session-Id"], "made up"] {
            fields["Mcp-Session-Id"] = id
            let answer = try await served.post(body, fields)
            #expect(answer.status == 200 && answer.result?["content"]?[0]?["text"] == "2026-07-28 -")
            #expect(answer.fields["Mcp-Session-Id"] == nil)
        }
        body = request("initialize", ["protocolVersion": "2025-11-25"])
        let refused = try await served.post(body, ["X-Key": "good ada", "MCP-Protocol-Version": "2026-07-28"])
        #expect(refused.status == 400 && refused.error == -32020)
    }

    @Test func `goes on in another process with the same key`() async throws {
        let seal = Seal()
        let session = try await served(seal: seal).session(ada, capabilities: ["sampling": [:]])
        let other = try served(seal: seal)
        #expect(try await other.post(call("revision"), session).result?["content"]?[0]?["text"] == "2025-11-25 -")
        #expect(try await served().post(request("ping"), session).status == 404)
    }

    @Test func `is the oldest idle one that ends where its principal has too many`() async throws {
        let served = try served { $0.limits.sessionsPerPrincipal = 2 }
        let (first, second) = (try await served.session(ada), try await served.session(ada))
        let other = try await served.session(eve)
        _ = try await served.post(request("ping"), first)
        let third = try await served.session(ada)
        #expect(try await served.post(request("ping"), second).status == 404)
        for session in [first, third, other] { #expect(try await served.post(request("ping"), session).status == 200) }
    }

    // What its client is asked.

    @Test func `asks its client within the answer, and is answered by a later message`() async throws {
        let served = try served(
            servedTools(
                (
                    "ask",
                    { _, context in
                        let answers = try await context.client.answers(to: ["roots": .roots])
                        return Answer(answers["roots"]?.text ?? "")
                    }
                )
            )
        )
        let session = try await served.session(ada, capabilities: ["roots": [:]])
        let wire = try served.open(SentRequest(body: call("ask").text, session).closing)
        let text = await wire.read { $0.contains("roots/list") && $0.hasSuffix("\n\n\r\n") }
        let question = try #require(ReceivedAnswer.messages(in: text).last?["id"])
        let answer = JSON.members(("jsonrpc", "2.0"), ("id", question), ("result", ["roots": [["uri": "file:///a"]]]))
        #expect(try await served.post(answer, session).status == 202)
        #expect(await wire.read().contains("file:///a"))
    }

    @Test func `takes the answer to a question while the server stops, and nothing new`() async throws {
        let ask: MadeUpTools.Calling = { _, context in
            let answers = try await context.client.answers(to: ["roots": .roots])
            return Answer(answers["roots"]?.text ?? "")
        }
        let served = try served(servedTools(("ask", ask)))
        let session = try await served.session(ada, capabilities: ["roots": [:]])
        let wire = try served.open(SentRequest(body: call("ask").text, session).closing)
        let text = await wire.read { $0.contains("roots/list") && $0.hasSuffix("\n\n\r\n") }
        let question = try #require(ReceivedAnswer.messages(in: text).last?["id"])
        served.service.drain()
        let refused = try await served.post(call("ask", id: 9), session)
        #expect(refused.status == 503 && refused.json?["id"] == 9)
        #expect(refused.json?["error"]?["data"]?["error"] == "draining")
        let answer = JSON.members(("jsonrpc", "2.0"), ("id", question), ("result", ["roots": [["uri": "file:///a"]]]))
        #expect(try await served.post(answer, session).status == 202)
        #expect(await wire.read().contains("file:///a"))
    }

    @Test func `asks its client on its own stream, where the answer has no room for that`() async throws {
        let served = try served(
            servedTools(
                (
                    "ask",
                    { _, context in
                        let answers = try await context.client.answers(to: ["roots": .roots])
                        return Answer(answers["roots"]?.text ?? "")
                    }
                )
            )
        )
        var session = try await served.session(ada, capabilities: ["roots": [:]])
        session["Accept"] = "application/json"
        let wire = try served.open(SentRequest(body: call("ask").text, session).closing)
        let stream = try served.open(get(session))
        let text = await stream.read { $0.contains("roots/list") && $0.hasSuffix("\n\n\r\n") }
        let question = try #require(ReceivedAnswer.messages(in: text).last?["id"])
        let answer = JSON.members(("jsonrpc", "2.0"), ("id", question), ("result", ["roots": [["uri": "file:///a"]]]))
        #expect(try await served.post(answer, session).status == 202)
        #expect(
            ReceivedAnswer(await wire.read()).result?["content"]?[0]?["text"]?.string?.contains("file:///a") == true
        )
    }

    // What ends before it is answered.

    private static func waiting(_ started: Latch) -> Server {
        servedTools(
            (
                "wait",
                { _, context in
                    context.progress.report(1, of: 2, "Waiting")
                    started.pass()
                    try? await Task.sleep(for: .seconds(600))
                    return Answer("")
                }
            )
        )
    }

    private let cancel: JSON = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 1]]

    @Test(arguments: [true, false]) func `ends the answer of a request that was cancelled`(isStream: Bool) async throws
    {
        let started = Latch()
        let served = try served(Self.waiting(started))
        var session = try await served.session(ada)
        if !isStream { session["Accept"] = "application/json" }
        let wait = request("tools/call", ["name": "wait", "arguments": [:], "_meta": ["progressToken": "p"]])
        let wire = try served.open(SentRequest(body: wait.text, session).closing)
        await started.passed()
        #expect(try await served.post(cancel, session).status == 202)
        let answer = ReceivedAnswer(await wire.read())
        #expect(answer.status == (isStream ? 200 : 202) && !answer.body.contains("result"))
        await withCheckedContinuation { done in served.service.whenIdle { done.resume() } }
    }

    @Test func `ends what is being worked on when it is deleted`() async throws {
        let started = Latch()
        let served = try served(Self.waiting(started))
        let session = try await served.session(ada)
        let wire = try served.open(SentRequest(body: call("wait").text, session).closing)
        await started.passed()
        #expect(try await served.answer(delete(session)).status == 204)
        let answer = ReceivedAnswer(await wire.read())
        #expect(answer.status == 404 && answer.error == -32001 && answer.json?["id"] == 1)
        await withCheckedContinuation { done in served.service.whenIdle { done.resume() } }
    }

    @Test func `ends a list of messages that were all cancelled`() async throws {
        let started = Latch()
        let served = try served(Self.waiting(started))
        let session = try await served.session(ada, .march2025)
        let wire = try served.open(SentRequest(body: JSON.array([call("wait")]).text, session).closing)
        await started.passed()
        #expect(try await served.post([cancel], session).status == 202)
        #expect(ReceivedAnswer(await wire.read()).status == 202)
    }

    @Test func `is not idle while a request of it is answered`() async throws {
        let (started, gate) = (Latch(), Gate())
        let served = try served(
            servedTools(
                (
                    "work",
                    { _, _ in
                        started.pass()
                        await gate.pass()
                        return Answer("Done.")
                    }
                )
            )
        ) { $0.limits.sessionsPerPrincipal = 2 }
        let (busy, idle) = (try await served.session(ada), try await served.session(ada))
        let wire = try served.open(SentRequest(body: call("work").text, busy).closing)
        await started.passed()
        _ = try await served.post(request("ping"), idle)
        _ = try await served.session(ada)
        gate.open()
        #expect(await wire.read().contains("Done."))
        #expect(try await served.post(request("ping"), idle).status == 404)
    }
}
