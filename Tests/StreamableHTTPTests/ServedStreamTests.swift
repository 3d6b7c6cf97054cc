import HTTP
import JSON
import JSONRPC
import MCP
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(2))) struct `A session with streams over HTTP` {
    private func served(
        _ server: Server = FixtureServer.server(),
        _ change: (inout StreamableHTTPConfiguration) -> Void = { _ in }
    ) throws -> ServedMCP {
        try ServedMCP(server, authenticator: KeyAuthenticator()) {
            $0.isStateless = false
            $0.responseForm = .auto
            change(&$0)
        }
    }

    private let ada: HTTPFields = ["X-Key": "good ada", "Accept": "application/json, text/event-stream"]

    private func get(_ fields: HTTPFields, _ more: HTTPFields = [:]) -> SentRequest {
        var fields = fields
        fields["Accept"] = "text/event-stream"
        for field in more.all { fields[field.name] = field.value }
        return SentRequest(.get, "/mcp", fields)
    }

    /// Rows: G256, G257.
    @Test func `has a stream for what belongs to no request, and only for that`() async throws {
        let server = servedTools(("quick", { _, _ in Answer("Done.") }))
        let served = try served(server)
        let session = try await served.session(ada)
        let wire = try served.open(get(session).closing)
        _ = await wire.read { $0.contains("retry: 1000") }
        server.changed(.tools)
        #expect(await wire.read { $0.contains("list_changed") }.contains("event: message"))
        #expect(try await served.post(call("quick"), session).messages.count == 1)
        #expect(try await served.answer(SentRequest(.delete, "/mcp", session)).status == 204)
        let rest = await wire.read()
        #expect(!rest.contains("Done.") && !rest.contains("result"))
    }

    @Test func `gives its stream to the last who asks for it`() async throws {
        let server = servedTools()
        let served = try served(server)
        let session = try await served.session(ada)
        let first = try served.open(get(session).closing)
        _ = await first.read { $0.contains("retry: 1000") }
        let second = try served.open(get(session).closing)
        _ = await first.read()
        server.changed(.tools)
        #expect(await second.read { $0.contains("list_changed") }.contains("list_changed"))
    }

    @Test func `keeps what comes while no one reads its stream`() async throws {
        let server = servedTools()
        let served = try served(server)
        let session = try await served.session(ada)
        server.changed(.tools)
        let wire = try served.open(get(session).closing)
        let text = await wire.read { $0.contains("list_changed") }
        let id = try #require(text.split(separator: "\n").last { $0.hasPrefix("id: ") })
        let again = try served.open(get(session, ["Last-Event-ID": String(id.dropFirst(4))]).closing)
        _ = await wire.read()
        server.changed(.tools)
        let rest = await again.read { $0.contains("list_changed") }
        #expect(rest.split(separator: "\n").filter { $0.hasPrefix("data: {") }.count == 1)
    }

    /// Rows: G258, G260.
    @Test func `lets a broken answer be gone on with`() async throws {
        let gate = Gate()
        let served = try served(
            servedTools(
                (
                    "work",
                    { _, context in
                        context.progress.report(1, of: 2, "Half")
                        await gate.pass()
                        return Answer("Done.")
                    }
                )
            )
        )
        let session = try await served.session(ada)
        let work = request("tools/call", ["name": "work", "arguments": [:], "_meta": ["progressToken": "p"]])
        let wire = try served.open(SentRequest(body: work.text, session))
        let text = await wire.read { $0.contains("Half") }
        let ids = text.split(whereSeparator: { $0.isNewline }).filter { $0.hasPrefix("id: ") }.map {
            String($0.dropFirst(4))
        }
        #expect(ids.count == 2, "one to begin with, and one of the notice")
        #expect(text.contains("retry: 1000"))
        wire.hangUp()
        let again = try served.open(get(session, ["Last-Event-ID": ids[1]]).closing)
        gate.open()
        let rest = await again.read()
        #expect(rest.contains("Done.") && !rest.contains("Half"))
        let all = try await served.answer(get(session, ["Last-Event-ID": ids[0]]))
        #expect(ReceivedAnswer.messages(in: all.body).count == 2)
    }

    /// Rows: G260.
    @Test(arguments: [true, false])
    func `lets go of a connection by itself, and keeps the answer for the client that comes back`(
        hasSpoken: Bool
    ) async throws {
        let gate = Gate()
        let work: MadeUpTools.Calling = { _, context in
            if hasSpoken { context.progress.report(1, of: 2, "Half") }
            await gate.pass()
            return Answer("Done.")
        }
        let served = try served(servedTools(("work", work))) { $0.streamLife = .milliseconds(1) }
        let session = try await served.session(ada)
        let call = request("tools/call", ["name": "work", "arguments": [:], "_meta": ["progressToken": "p"]])
        let text = await (try served.open(SentRequest(body: call.text, session).closing)).read()
        #expect(text.contains("retry: 1000") && !text.contains("Done."))
        let id = try #require(text.split(whereSeparator: { $0.isNewline }).last { $0.hasPrefix("id: ") })
        let again = try served.open(get(session, ["Last-Event-ID": String(id.dropFirst(4))]).closing)
        gate.open()
        let rest = await again.read()
        #expect(rest.contains("Done.") && !rest.contains("Half"))
    }

    @Test func `does not prime clients of older revisions`() async throws {
        let served = try served()
        let session = try await served.session(ada, .june2025)
        let wire = try served.open(get(session))
        #expect(!(await wire.read { $0.contains(": stream") }).contains("id: "))
    }

    @Test func `keeps its stream open when someone asks for what is no longer kept`() async throws {
        let server = servedTools()
        let served = try served(server)
        let session = try await served.session(ada)
        let wire = try served.open(get(session))
        _ = await wire.read { $0.contains("retry: 1000") }
        #expect(try await served.answer(get(session, ["Last-Event-ID": "12345-1"])).status == 400)
        server.changed(.tools)
        #expect(await wire.read { $0.contains("list_changed") }.contains("list_changed"))
    }
}

@Suite(.timeLimit(.minutes(2))) struct `What was granted` {
    private let keys = RevocableAuthenticator()
    private let ada: HTTPFields = ["X-Key": "ada read", "Accept": "application/json, text/event-stream"]

    private func served(_ server: Server) throws -> ServedMCP {
        try ServedMCP(server, authenticator: keys) {
            $0.isStateless = false
            $0.responseForm = .auto
        }
    }

    @Test func `ends with a session's stream, and not with that of another key`() async throws {
        let server = servedTools()
        let served = try served(server)
        let session = try await served.session(ada)
        var listening = session
        listening["Accept"] = "text/event-stream"
        let wire = try served.open(SentRequest(.get, "/mcp", listening).closing)
        _ = await wire.read { $0.contains("retry: 1000") }
        served.service.reviewStreams()
        server.changed(.tools)
        _ = await wire.read { $0.contains("list_changed") }
        keys.revoke("ada read")
        served.service.reviewStreams()
        _ = await wire.read()
        // With a newer key its client goes on.
        listening["X-Key"] = "ada read write"
        let again = try served.open(SentRequest(.get, "/mcp", listening).closing)
        _ = await again.read { $0.contains("retry: 1000") }
        served.service.reviewStreams()
        server.changed(.tools)
        #expect(await again.read { $0.contains("list_changed") }.contains("list_changed"))
    }

    @Test func `ends with a subscription, which is answered`() async throws {
        let served = try served(servedTools())
        var (body, fields) = modern("subscriptions/listen", ["notifications": ["toolsListChanged": true]])
        for field in ada.all { fields[field.name] = field.value }
        let wire = try served.open(SentRequest(body: body.text, fields).closing)
        _ = await wire.read { $0.contains("subscriptions/acknowledged") }
        keys.revoke("ada read")
        served.service.reviewStreams()
        #expect(await wire.read().contains(#""result""#))
    }

    @Test func `is looked at again and again while a stream is open`() async throws {
        let (looks, ended) = (Counter(), Gate())
        let streams = StandingStreams(every: .milliseconds(1))
        let stream = StandingStreams.Stream(
            mayGoOn: {
                looks.increment()
                return looks.value < 3
            },
            end: { ended.open() }
        )
        let number = streams.opened(stream)
        await ended.pass()
        streams.closed(number)
        #expect(looks.value >= 3)
    }

    @Test func `may be over before a look at it begins`() async {
        let streams = StandingStreams(every: .seconds(3600))
        for _ in 0..<300 {
            let number = streams.opened(StandingStreams.Stream(mayGoOn: { true }, end: {}))
            streams.look()
            streams.closed(number)
        }
        let looked = Gate()
        let stream = StandingStreams.Stream(
            mayGoOn: {
                looked.open()
                return true
            },
            end: {}
        )
        let number = streams.opened(stream)
        streams.look()
        await looked.pass()
        streams.closed(number)
    }

    @Test func `to a call is what its question is answered with`() async throws {
        let served = try served(FixtureServer.server())
        let session = try await served.session(ada, capabilities: ["elicitation": [:]])
        let wire = try served.open(SentRequest(body: call("ask").text, session).closing)
        let asked = await wire.read { $0.contains("elicitation/create") && $0.hasSuffix("\n\n\r\n") }
        let question = try #require(ReceivedAnswer.messages(in: asked).first { $0["method"] != nil })
        let answer: JSON = [
            "jsonrpc": "2.0", "id": question["id"] ?? .null,
            "result": ["action": "accept", "content": ["name": "Ada"]],
        ]
        var less = session
        less["X-Key"] = "ada"
        #expect(try await served.post(answer, less).refusal == "insufficient_scope")
        #expect(try await served.post(answer, session).status == 202)
        #expect(await wire.read().contains("Ada"))
        // Without a question that waits, an answer means nothing.
        #expect(try await served.post(answer, less).status == 202)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `An answer that takes long` {
    private let both: HTTPFields = ["Accept": "application/json, text/event-stream"]
    private let gate = Gate()

    private func served(_ change: (inout StreamableHTTPConfiguration) -> Void = { _ in }) throws -> ServedMCP {
        let slow: MadeUpTools.Calling = { [gate] _, _ in
            await gate.pass()
            return Answer("Done.")
        }
        return try ServedMCP(servedTools(("work", slow))) {
            $0.silence = .milliseconds(1)
            change(&$0)
        }
    }

    private func works(_ served: ServedMCP, _ body: JSON, _ fields: HTTPFields) async throws {
        let wire = try served.open(SentRequest(body: body.text, fields).closing)
        let opening = await wire.read { $0.contains(": stream") }
        #expect(opening.hasPrefix("HTTP/1.1 200") && opening.contains("text/event-stream"))
        #expect(!opening.contains("Done."))
        gate.open()
        let rest = await wire.read()
        #expect(ReceivedAnswer.messages(in: rest).count == 1 && rest.contains("Done."))
    }

    @Test(arguments: [StreamableHTTPConfiguration.ResponseForm.json, .auto])
    func `becomes a stream before anyone takes its silence for its end`(
        form: StreamableHTTPConfiguration.ResponseForm
    ) async throws {
        try await works(try served { $0.responseForm = form }, call("work"), both)
    }

    @Test func `becomes a stream in 2026-07-28 as well`() async throws {
        let (body, fields) = modern("tools/call", ["name": "work", "arguments": [:]])
        var all = both
        for field in fields.all { all[field.name] = field.value }
        try await works(try served(), body, all)
    }

    @Test func `says in a session from where its client can go on`() async throws {
        let served = try served { $0.isStateless = false }
        let session = try await served.session(both)
        let wire = try served.open(SentRequest(body: call("work").text, session).closing)
        #expect(await wire.read { $0.contains("retry: 1000") }.contains("id: "))
        gate.open()
        #expect(await wire.read().contains("Done."))
    }

    @Test(arguments: [("application/json", true), ("application/json, text/event-stream", false)])
    func `stays one body of JSON for who takes nothing else, or where that is set`(
        accept: String,
        mayStream: Bool
    ) async throws {
        let served = try served { if !mayStream { $0.silence = nil } }
        let quiet = try served.open(SentRequest(body: call("work").text, ["Accept": accept]).closing)
        // Another that waits as long has become a stream meanwhile.
        let other = try ServedMCP(
            servedTools(
                (
                    "work",
                    { [gate] _, _ in
                        await gate.pass()
                        return Answer("Done.")
                    }
                )
            )
        ) { $0.silence = .milliseconds(50) }
        let wire = try other.open(SentRequest(body: call("work").text, both).closing)
        _ = await wire.read { $0.contains(": stream") }
        gate.open()
        let answer = ReceivedAnswer(await quiet.read())
        #expect(answer.fields["Content-Type"] == "application/json" && answer.result != nil)
    }
}
