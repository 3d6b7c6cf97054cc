import HTTP
import JSON
import JSONRPC
import MCP
import Synchronization
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(2))) struct `A message that is posted` {
    private let both: HTTPFields = ["Accept": "application/json, text/event-stream"]

    private static let noisy = MadeUpTools(
        (
            "talk",
            { _, context in
                context.progress.report(1, of: 2, "Half")
                return Answer("Done.")
            }
        )
    )

    private func noisy(_ form: StreamableHTTPConfiguration.ResponseForm) throws -> ServedMCP {
        try ServedMCP(servedTools(Self.noisy)) { $0.responseForm = form }
    }

    private let talk = request("tools/call", ["name": "talk", "arguments": [:], "_meta": ["progressToken": "p"]])

    /// Rows: G243, G264.
    @Test(
        arguments: [
            (.json, nil, false), (.json, "*/*", false), (.json, "application/json", false),
            (.json, "text/event-stream", true),
            (.json, "application/json, text/event-stream", false),
            (.json, "text/event-stream, application/json;q=0.5", true),
            (.stream, nil, true), (.stream, "application/json", false),
            (.stream, "text/event-stream, application/json", true),
            (.stream, "application/json, text/event-stream;q=0.1", false), (.auto, "*/*", false),
            (.auto, "text/*", true),
        ] as [(StreamableHTTPConfiguration.ResponseForm, String?, Bool)]
    )
    func `is answered in the form that its client takes`(
        form: StreamableHTTPConfiguration.ResponseForm,
        accept: String?,
        isStream: Bool
    ) async throws {
        let served = try ServedMCP { $0.responseForm = form }
        let answer = try await served.post(request("ping"), accept.map { ["Accept": $0] } ?? [:])
        #expect(answer.status == 200 && answer.messages == [["jsonrpc": "2.0", "id": 1, "result": [:]]])
        #expect(answer.fields["Content-Type"] == (isStream ? "text/event-stream" : "application/json"))
        #expect(answer.fields["Cache-Control"] == (isStream ? "no-cache, no-transform" : "no-store"))
        #expect(answer.fields["X-Accel-Buffering"] == (isStream ? "no" : nil))
    }

    /// Rows: G281, G283, G286.
    @Test(
        arguments: [
            (.json, "application/json, text/event-stream", false), (.auto, "application/json, text/event-stream", true),
            (.stream, "application/json, text/event-stream", true), (.auto, "application/json", false),
            (.json, "text/event-stream", true),
        ] as [(StreamableHTTPConfiguration.ResponseForm, String, Bool)]
    )
    func `is answered with what there is to say before, where that can be`(
        form: StreamableHTTPConfiguration.ResponseForm,
        accept: String,
        isStream: Bool
    ) async throws {
        let answer = try await noisy(form).post(talk, ["Accept": accept])
        #expect(answer.fields["Content-Type"] == (isStream ? "text/event-stream" : "application/json"))
        let methods = answer.messages.map { $0["method"]?.string ?? "answer" }
        #expect(methods == (isStream ? ["notifications/progress", "answer"] : ["answer"]))
        #expect(!answer.body.contains("id: "), "nothing here can be resumed")
    }

    @Test(arguments: ["Application/JSON; charset=utf-8", "application/json;charset=UTF-8", " application/json "])
    func `is JSON, whatever else its type says`(type: String) async throws {
        #expect(try await ServedMCP().post(request("ping"), ["Content-Type": type]).status == 200)
    }

    @Test(arguments: ["text/plain", "application/jsonp", "application/json-rpc", "", "json", "text/json"])
    func `is nothing else`(type: String) async throws {
        let answer = try await ServedMCP().post(request("ping"), ["Content-Type": type])
        #expect(answer.status == 415 && answer.refusal == "unsupported_media_type")
    }

    @Test func `is not taken packed`() async throws {
        #expect(try await ServedMCP().post(request("ping"), ["Content-Encoding": "gzip"]).status == 415)
        #expect(try await ServedMCP().post(request("ping"), ["Content-Encoding": "Identity"]).status == 200)
    }

    @Test func `may begin with a byte order mark`() async throws {
        let text = "\u{FEFF}" + request("ping").text
        #expect(try await ServedMCP().answer(SentRequest(body: text)).result == [:])
    }

    @Test(arguments: ["", "{", "nothing", "[1", "{\"a\":1}x"]) func `is refused where it is no JSON`(text: String)
        async throws
    {
        let answer = try await ServedMCP().answer(SentRequest(body: text))
        #expect(answer.status == 400 && answer.error == -32700)
        #expect(answer.json?["id"] == .null)
    }

    @Test func `is refused without an id, where that is not known and the revision has none then`() async throws {
        for (version, id) in [("2025-06-18", JSON.null), ("2025-11-25", nil), ("2026-07-28", nil)] {
            let answer = try await ServedMCP().answer(SentRequest(body: "{", ["MCP-Protocol-Version": version]))
            #expect(answer.error == -32700 && answer.json?["id"] == id)
        }
    }

    /// Rows: G242, G280.
    @Test(arguments: [nil, "2025-06-18", "2026-07-28"]) func `is taken without an answer where it asks for none`(
        version: String?
    ) async throws {
        var fields = both
        fields["MCP-Protocol-Version"] = version
        let answer = try await ServedMCP().post(["jsonrpc": "2.0", "method": "notifications/initialized"], fields)
        #expect(answer.status == 202 && answer.body == "" && answer.fields["Content-Type"] == nil)
    }

    /// Rows: G252, G253.
    @Test(arguments: ["1.2.3", "2099-01-01", "2025-11-26"]) func `is refused in a revision that is not known`(
        version: String
    ) async throws {
        let fields: HTTPFields = ["MCP-Protocol-Version": version]
        let answer = try await ServedMCP().post(request("ping"), fields)
        #expect(answer.status == 400 && answer.error == -32022)
        #expect(try await ServedMCP().post(["jsonrpc": "2.0", "method": "notifications/x"], fields).status == 400)
        #expect(try await ServedMCP().post(call("revision")).result?["content"]?[0]?["text"] == "2025-03-26 -")
    }

    /// Rows: G254, G255.
    @Test func `comes with others in 2025-03-26 alone`() async throws {
        let list: JSON = [
            request("ping", id: 1), ["jsonrpc": "2.0", "method": "notifications/x"], call("echo", ["text": "a"], id: 2),
        ]
        let answer = try await ServedMCP().post(list)
        #expect(answer.status == 200 && Set(answer.messages.compactMap { $0["id"]?.int }) == [1, 2])
        for version in ["2024-11-05", "2025-06-18", "2025-11-25", "2026-07-28"] {
            let answer = try await ServedMCP().post(list, ["MCP-Protocol-Version": version])
            #expect(answer.status == 400 && answer.error == -32600)
        }
    }

    @Test func `comes with others that ask for nothing, and nothing is kept of them`() async throws {
        let served = try ServedMCP()
        let answer = try await served.post([["jsonrpc": "2.0", "method": "notifications/x"]])
        #expect(answer.status == 202 && answer.body == "")
        await withCheckedContinuation { done in served.service.whenIdle { done.resume() } }
    }

    @Test func `comes with others, each of which counts`() async throws {
        let served = try ServedMCP { $0.limits.calls = 5 }
        let list = JSON.array((0..<6).map { request("ping", id: .int($0)) })
        let answer = try await served.post(list)
        #expect(answer.status == 429 && answer.fields["Retry-After"] != nil)
        let definition = ToolDefinition(name: "add", title: "Add", effect: .adds, summary: "Adds.")
        let tools = ToolSet([ToolSet.Tool(definition) { _ in Answer("Added.") }])
        let writing = try ServedMCP(servedTools(tools)) { $0.limits.writes = 2 }
        #expect(try await writing.post(.array((0..<2).map { call("add", id: .int($0)) })).status == 200)
        #expect(try await writing.post([call("add")]).status == 429)
        #expect(try await writing.post(call("add")).status == 429)
    }

    /// Rows: G263, G274.
    @Test func `is not found only in 2026-07-28, because elsewhere that means a lost session`() async throws {
        let served = try ServedMCP()
        let legacy = try await served.post(request("no/such"))
        #expect(legacy.status == 200 && legacy.error == -32601)
        for method in ["no/such", "ping", "initialize", "logging/setLevel", "resources/subscribe"] {
            let (body, fields) = modern(method)
            let answer = try await served.post(body, fields)
            #expect(answer.status == 404 && answer.error == -32601 && answer.json?["id"] == 1)
        }
    }

    /// Rows: G276, G277.
    @Test func `has the status of its error, however late that comes`() async throws {
        let tools = MadeUpTools(
            (
                "late",
                { _, context in
                    await Task.yield()
                    try context.client.require(.sampling)
                    return Answer("")
                }
            )
        )
        let (body, fields) = modern("tools/call", ["name": "late", "arguments": [:]])
        let answer = try await ServedMCP(servedTools(tools)).post(body, fields)
        #expect(answer.status == 400 && answer.error == -32021 && answer.json?["id"] == 1)
        let (wrong, others) = modern("tools/call", ["name": "nope", "arguments": [:]])
        let unknown = try await ServedMCP().post(wrong, others)
        #expect(unknown.status == 200 && unknown.error == -32602)
    }

    /// Rows: G282.
    @Test func `ends with its client in 2026-07-28`() async throws {
        let (started, cancelled) = (Latch(), Latch())
        let served = try ServedMCP(servedTools(waiting(started, cancelled)))
        let (body, fields) = modern("tools/call", ["name": "wait", "arguments": [:]])
        let wire = try served.open(SentRequest(body: body.text, fields))
        await started.passed()
        wire.hangUp()
        await cancelled.passed()
        await withCheckedContinuation { done in served.service.whenIdle { done.resume() } }
    }

    /// Otherwise the connection would stay open until the server ends.
    @Test func `is answered in 2026-07-28 to a client that closed its side, without the result`() async throws {
        let started = Latch()
        let served = try ServedMCP(servedTools(waiting(started, Latch())))
        let (body, fields) = modern("tools/call", ["name": "wait", "arguments": [:]])
        let wire = try served.open(SentRequest(body: body.text, fields).closing)
        await started.passed()
        wire.closeWriting()
        #expect(await wire.read().hasPrefix("HTTP/1.1 202 "))
    }

    /// A tool that answers once it may.
    private func held(_ started: Latch, _ gate: Gate) -> MadeUpTools {
        MadeUpTools(
            (
                "wait",
                { _, _ in
                    started.pass()
                    await gate.pass()
                    return Answer("Done.")
                }
            )
        )
    }

    /// A tool that waits until it is cancelled.
    private func waiting(_ started: Latch, _ cancelled: Latch) -> MadeUpTools {
        MadeUpTools(
            (
                "wait",
                { _, _ in
                    started.pass()
                    try? await Task.sleep(for: .seconds(600))
                    cancelled.pass()
                    return Answer("")
                }
            )
        )
    }

    /// Rows: G259.
    @Test func `goes on without its client in revisions with a handshake`() async throws {
        let (started, gate, ended) = (Latch(), Gate(), Latch())
        let tools = MadeUpTools(
            (
                "work",
                { _, _ in
                    started.pass()
                    await gate.pass()
                    if !Task.isCancelled { ended.pass() }
                    return Answer("")
                }
            )
        )
        let served = try ServedMCP(servedTools(tools))
        let wire = try served.open(SentRequest(body: call("work").text))
        await started.passed()
        wire.hangUp()
        gate.open()
        await ended.passed()
    }

    /// Rows: G287.
    @Test func `listens only by a stream`() async throws {
        let served = try ServedMCP()
        let (body, fields) = modern("subscriptions/listen", ["notifications": ["toolsListChanged": true]])
        var refused = fields
        refused["Accept"] = "application/json"
        #expect(try await served.post(body, refused).status == 406)
        let wire = try served.open(SentRequest(body: body.text, fields).closing)
        _ = await wire.read { $0.contains("acknowledged") }
        served.service.drain()
        let rest = await wire.read()
        #expect(rest.contains(#""resultType":"complete""#))
        await withCheckedContinuation { done in served.service.whenIdle { done.resume() } }
    }

    @Test func `is served as the last of its connection where others accept the next one`() async throws {
        let served = try ServedMCP()
        served.service.drain(refuses: false)
        let (list, fields) = modern("tools/list")
        let last = try await served.post(list, fields)
        #expect(last.status == 200 && last.fields["Connection"]?.lowercased() == "close")
        let (listen, more) = modern("subscriptions/listen", ["notifications": ["toolsListChanged": true]])
        #expect(try await served.post(listen, more).refusal == "draining")
        #expect(try await served.answer(SentRequest(.get, "/ready")).status == 503)
    }

    @Test func `is the last of its connection where the server begins to stop before the answer`() async throws {
        let (gate, started) = (Gate(), Latch())
        let served = try ServedMCP(servedTools(held(started, gate)))
        let wire = try served.open(SentRequest(body: call("wait").text))
        await started.passed()
        served.service.drain()
        gate.open()
        let answer = ReceivedAnswer(await wire.read())
        #expect(answer.status == 200 && answer.fields["Connection"]?.lowercased() == "close")
    }

    @Test func `waits only a moment for its turn`() async throws {
        let (gate, started) = (Gate(), Latch())
        let served = try ServedMCP(servedTools(held(started, gate))) {
            $0.limits.inFlightPerPrincipal = 1
            $0.limits.patience = .milliseconds(1)
        }
        let first = try served.open(SentRequest(body: call("wait").text).closing)
        await started.passed()
        let second = try await served.post(call("wait"))
        #expect(second.status == 503 && second.fields["Retry-After"] == "1")
        #expect(second.json?["error"]?["data"]?["error"] == "busy" && second.json?["id"] == 1)
        gate.open()
        #expect(await first.read().contains("Done."))
    }

    @Test func `is told that the server stops, where it was cut off`() async throws {
        let started = Latch()
        let served = try ServedMCP(servedTools(waiting(started, Latch())))
        let wire = try served.open(SentRequest(body: call("wait").text).closing)
        await started.passed()
        served.service.end()
        let answer = ReceivedAnswer(await wire.read())
        #expect(answer.status == 503 && answer.json?["error"]?["data"]?["error"] == "draining")
    }
}
