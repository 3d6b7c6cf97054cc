import HTTP
import JSON
import JSONRPC
import MCP
import Synchronization
import TestSupport
import Testing
import Threads

@testable import MCPClient

@Suite(.timeLimit(.minutes(1))) struct `Which way a server is spoken to` {
    private typealias Step = EraProbe.Step

    private func walk(_ url: String, _ ends: [(EraProbe.Step, CallEnd)], _ era: EraPreference = .either)
        -> EraProbe.Verdict
    {
        var probe = EraProbe(url, era)
        var verdict = probe.start()
        for (step, end) in ends {
            guard verdict == .next(step) else { return verdict }
            verdict = probe.next(after: end, of: step)
        }
        return verdict
    }

    private static let modern = CallEnd.answered(
        .success(["supportedVersions": ["2026-07-28"], "capabilities": [:]])
    )
    private static let hello = CallEnd.answered(.success(["protocolVersion": "2025-06-18"]))
    private static let root = "http://h/"

    @Test func `is the newest first`() {
        let verdict = walk("http://h/mcp", [(.discover("http://h/mcp"), Self.modern)])
        guard case .open(let server) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(server.revision == .july2026)
    }

    @Test(arguments: [-32601, -32602, -32000, -32600, -32603, 7])
    func `is the handshake after any error that is not of the newest`(code: Int) {
        let url = "http://h/mcp"
        let refused = CallEnd.answered(.failure(RPCError(code: code, "No.")), status: 400)
        guard case .open(let server) = walk(url, [(.discover(url), refused), (.initialize(url), Self.hello)]) else {
            Issue.record("not open")
            return
        }
        #expect(server.revision == .june2025)
    }

    @Test(arguments: [400, 406, 415]) func `is the handshake after a refusal without words`(status: Int) {
        let url = "http://h/mcp"
        let end = CallEnd.failed(.status(HTTPStatus(rawValue: status)))
        #expect(walk(url, [(.discover(url), end)]) == .next(.initialize(url)))
    }

    @Test(arguments: [401, 403, 429, 500, 503]) func `is not seen from what says nothing of it`(status: Int) {
        let url = "http://h/mcp"
        let failure = RemoteFailure.status(HTTPStatus(rawValue: status))
        #expect(walk(url, [(.discover(url), .failed(failure))]) == .fail(failure))
    }

    @Test func `is no handshake where the server says that it has none`() {
        let url = "http://h/mcp"
        let none = RPCError(code: -32022, "No.", data: ["supported": ["2030-01-01"]])
        #expect(walk(url, [(.discover(url), .answered(.failure(none)))]) == .fail(.refused(none)))
        let old = RPCError(code: -32022, "No.", data: ["supported": ["2025-11-25"]])
        #expect(walk(url, [(.discover(url), .answered(.failure(old)))]) == .next(.initialize(url)))
        let mismatch = RPCError(code: -32020, "No.")
        #expect(walk(url, [(.discover(url), .answered(.failure(mismatch)))]) == .fail(.refused(mismatch)))
    }

    @Test func `is looked for at the usual places where the address has no path`() {
        let missing = CallEnd.failed(.status(404))
        let verdict = walk(
            "http://h",
            [
                (.discover("http://h"), missing), (.discover("http://h/mcp"), missing),
                (.initialize("http://h"), missing), (.initialize("http://h/mcp"), missing),
                (.openEvents("http://h"), missing), (.openEvents("http://h/sse"), missing),
            ]
        )
        #expect(verdict == .fail(.status(404)))
        #expect(walk("http://h/sse", []) == .next(.openEvents("http://h/sse")))
        #expect(walk("http://h/mcp", [], .handshake) == .next(.initialize("http://h/mcp")))
    }

    @Test func `is the one that worked, as long as it works`() {
        let url = "http://h/mcp"
        var probe = EraProbe(url, .either, known: KnownEra.Way(isStateless: false, url: url))
        #expect(probe.start() == .next(.initialize(url)))
        let refused = CallEnd.answered(.failure(RPCError(code: -32601, "No.")), status: 404)
        #expect(probe.next(after: refused, of: .initialize(url)) == .next(.discover(url)))
    }

    @Test func `is found once for all sessions`() async throws {
        let peer = try RawPeer()
        let place = remote(peer.url) { $0.listens = false }
        for _ in 0..<3 {
            let session = place.session()
            _ = try await session.open()
            await session.close()
        }
        #expect(peer.count("server/discover") == 1)
        #expect(peer.count("initialize") == 3)
    }

    @Test(arguments: ["/old", "/sse"]) func `is HTTP+SSE where a POST is refused, or its address says so`(
        path: String
    ) async throws {
        let answers = Monitor<[String]>([])
        let server = try LoopbackServer { connection in
            while let request = connection.request() {
                if request.line.hasPrefix("GET \(path) ") {
                    connection.write(stream("event: endpoint\ndata: /post?id=1\n\n"))
                    while true {
                        let next = answers.wait { $0.isEmpty ? nil : $0.removeFirst() }
                        guard !next.isEmpty, connection.write(event(next)) else { return }
                    }
                }
                guard request.line.hasPrefix("POST /post?id=1 ") else {
                    connection.write(answer(405, ""))
                    continue
                }
                let json = try? JSON(parsing: request.body)
                let seen = RawPeer.Seen(http: request, json: json)
                let result = seen.method == "initialize" ? #"{"protocolVersion":"2024-11-05"}"# : #"{"old":true}"#
                if seen.isRequest { answers.withLock { $0.append(seen.result(result)) } }
                answers.notify()
                connection.write(answer(202, ""))
            }
        }
        let session = remote("\(server.url)\(path)").session()
        #expect(try await session.open().revision == .november2024)
        #expect(try await session.tool("any")["old"] == true)
        await session.close()
        answers.withLock { $0.append("") }
        answers.notify()
    }
}

@Suite struct `A stream of events` {
    private func events(_ bytes: [UInt8], cut: Int) -> [SSEParser.Event] {
        var parser = SSEParser(limit: 10_000)
        var all: [SSEParser.Event] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            bytes[start..<min(start + cut, bytes.count)].withUnsafeBytes { all += parser.append($0) }
        }
        return all
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func `is the same wherever it is cut`(end: String) {
        let lines = [
            "\u{FEFF}: a comment", "event: endpoint", "data: one", "data:two", "data", "id: 7", "", "", "retry: 250",
            "id", "data: é", "", "unknown: x", "data: three", "", "data: never ended",
        ]
        let bytes = Array(lines.joined(separator: end).utf8)
        let whole = events(bytes, cut: bytes.count)
        #expect(whole.map { String(decoding: $0.data, as: UTF8.self) } == ["one\ntwo\n", "é", "three"])
        #expect(whole.map { $0.type } == ["endpoint", "message", "message"])
        #expect(whole.map { $0.id } == ["7", "", ""])
        for cut in 1..<20 { #expect(events(bytes, cut: cut) == whole) }
    }

    @Test func `gives up at an event that is too long`() {
        var parser = SSEParser(limit: 100)
        let bytes = Array("data: \(String(repeating: "x", count: 200))\n\n".utf8)
        let events = bytes.withUnsafeBytes { parser.append($0) }
        #expect(events.isEmpty)
        #expect(parser.isTooLong)
    }

    @Test func `has an id without data, and takes none that cannot be sent`() {
        var parser = SSEParser(limit: 100)
        let bytes = Array("id: a\n\nid: b\0c\ndata: x\nretry: 1x\nretry: 99\n\n".utf8)
        let events = bytes.withUnsafeBytes { parser.append($0) }
        #expect(events.map { $0.id } == ["a"])
        #expect(events.first?.hasOwnID == false)
        #expect(parser.lastID == "a")
        #expect(parser.retry == 99)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The header of a stateless request` {
    @Test(arguments: [
        ("plain", "plain"), ("", ""), (" a", "=?base64?IGE=?="), ("a ", "=?base64?YSA=?="), ("é", "=?base64?w6k=?="),
        ("a\nb", "=?base64?YQpi?="), ("=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="), ("a b~", "a b~"),
    ])
    func `says a text so that it can be read`(text: String, field: String) {
        #expect(HeaderText.encoded(text) == field)
    }

    private static let tools: JSON = [
        "tools": [
            [
                "name": "géo",
                "inputSchema": [
                    "type": "object",
                    "properties": [
                        "region": ["type": "string", "x-mcp-header": "Region"],
                        "deep": ["type": "object", "properties": ["n": ["type": "integer", "x-mcp-header": "N"]]],
                    ],
                ],
            ],
            [
                "name": "bad",
                "inputSchema": ["type": "object", "properties": ["x": ["type": "number", "x-mcp-header": "X"]]],
            ],
        ]
    ]

    private func peer(_ refusals: Int = 0) throws -> RawPeer {
        try RawPeer { request, count in
            switch request.method {
            case "server/discover":
                let result = #"{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}}"#
                return .raw(answer(200, request.result(result)))
            case "tools/list": return .raw(answer(200, request.result(Self.tools.text)))
            case "tools/call" where count <= refusals: return .raw(answer(400, request.error(-32020, "Mismatch.")))
            default: return nil
            }
        }
    }

    @Test func `repeats method, name and annotated arguments`() async throws {
        let peer = try peer()
        let session = remote(peer.url) { $0.fields = { ["X-Static": "1", "Accept": "never"] } }.session()
        let listed = try await session.call(RemoteCall("tools/list"))
        #expect(listed["tools"]?.array?.compactMap { $0["name"]?.string } == ["géo"])
        _ = try await session.tool("géo", ["region": "Nord é", "deep": ["n": 42]])
        let call = peer.seen.first { $0.method == "tools/call" }
        #expect(call?.http.field("mcp-method") == "tools/call")
        #expect(call?.http.field("mcp-name") == "=?base64?Z8Opbw==?=")
        #expect(call?.http.field("mcp-param-region") == "=?base64?Tm9yZCDDqQ==?=")
        #expect(call?.http.field("mcp-param-n") == "42")
        #expect(call?.http.field("mcp-protocol-version") == "2026-07-28")
        #expect(call?.http.field("x-static") == "1")
        #expect(call?.http.field("accept") == "application/json, text/event-stream")
        #expect(call?.http.field("mcp-session-id") == nil)
        let meta = call?.json?["params"]?["_meta"]
        #expect(meta?["io.modelcontextprotocol/protocolVersion"] == "2026-07-28")
        #expect(meta?["io.modelcontextprotocol/clientInfo"] == testClient.info)
        #expect(meta?["io.modelcontextprotocol/clientCapabilities"] == testClient.capabilities)
        await session.close()
    }

    @Test func `is made again from the list of tools where the server finds it wrong`() async throws {
        let peer = try peer(1)
        let session = remote(peer.url).session()
        #expect(try await session.tool("géo", ["region": "n"])["usual"] == true)
        #expect(peer.count("tools/list") == 1)
        #expect(peer.seen.last { $0.method == "tools/call" }?.http.field("mcp-param-region") == "n")
        await session.close()
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Refused credentials` {
    private final class Tokens: RemoteCredentials {
        let renewals = Mutex<[String?]>([])
        let token = Mutex("old")
        let isGood: Bool

        init(isGood: Bool) { self.isGood = isGood }

        func fields() async throws(RemoteFailure) -> HTTPFields { ["Authorization": "Bearer \(token.withLock { $0 })"] }

        func renew(_: HTTPFields, challenge: String?, status _: HTTPStatus) async throws(RemoteFailure) -> Bool {
            renewals.withLock { $0.append(challenge) }
            token.withLock { $0 = isGood ? "good" : "bad" }
            return true
        }
    }

    @Test(arguments: [true, false]) func `are renewed once`(isGood: Bool) async throws {
        let peer = try RawPeer { request, _ in
            guard request.http.field("authorization") != "Bearer good", request.method == "tools/call" else {
                return nil
            }
            return .raw(answer(401, "", #"WWW-Authenticate: Bearer scope="a""#))
        }
        let tokens = Tokens(isGood: isGood)
        let session = remote(peer.url) {
            $0.credentials = tokens
            $0.listens = false
        }.session()
        if isGood {
            #expect(try await session.tool("any")["usual"] == true)
        } else {
            let failure = await #expect(throws: RemoteFailure.self) { try await session.tool("any") }
            #expect(failure == .status(401, challenge: #"Bearer scope="a""#))
        }
        #expect(tokens.renewals.withLock { $0 } == [#"Bearer scope="a""#])
        #expect(peer.count("tools/call") == 2)
        await session.close()
    }

    @Test func `are renewed while the session opens as well`() async throws {
        let peer = try RawPeer { request, _ in
            request.http.field("authorization") == "Bearer good" ? nil : .raw(answer(401, ""))
        }
        let session = remote(peer.url) { $0.credentials = Tokens(isGood: true) }.session()
        _ = try await session.open()
        #expect(peer.count("server/discover") == 2)
        await session.close()
    }

    @Test(arguments: ["tools/list", "tools/call"], ["0", "Thu, 01 Jan 1970 00:00:00 GMT"])
    func `and overload is waited for by who only reads`(method: String, until: String) async throws {
        let peer = try RawPeer { request, count in
            request.method == method && count == 1 ? .raw(answer(503, "", "Retry-After: \(until)")) : nil
        }
        let session = remote(peer.url).session()
        let result = try? await session.call(RemoteCall(method))
        #expect((result != nil) == (method == "tools/list"))
        await session.close()
    }

    @Test func `are not sent to where the session has never been`() async throws {
        let closed = try LoopbackServer.closedPort()
        let session = remote("http://127.0.0.1:\(closed)/mcp").session()
        let failure = await #expect(throws: RemoteFailure.self) { try await session.open() }
        #expect(failure == .unreachable(.connectionRefused(host: "127.0.0.1"), url: "http://127.0.0.1:\(closed)/mcp"))
        await session.close()
    }
}

@Suite struct `The sleep of a machine` {
    @Test func `is what one clock has and the other has not`() {
        var watch = SleepWatch()
        // At the end a clock is put back.
        let times = [(1000, 10), (5000, 4010), (5050, 4020), (5200, 4030), (5201, 4031), (100, 4032)]
        let slept = times.map { watch.hasSlept(wall: Double($0.0), awake: Double($0.1)) }
        #expect(slept == [false, false, false, true, false, false])
    }
}
