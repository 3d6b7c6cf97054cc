import Bridge
import HTTP
import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization
import Testing
import Threads

@testable import RESTFacade

private let me = BridgeCaller(key: "me")
private let echo: JSON = [
    "name": "echo", "inputSchema": ["type": "object", "properties": ["t": ["type": "string"]], "required": ["t"]],
]

private func server(
    _ upstream: any Upstream,
    _ change: (inout RESTConfiguration) -> Void = { _ in },
    clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
) -> RESTServer {
    var configuration = RESTConfiguration()
    configuration.base = "/api"
    change(&configuration)
    let pool = SessionPool(upstream, client: RESTServer.client(version: "1"))
    return RESTServer(pool: pool, catalog: Catalog(pool, life: .seconds(60)), configuration, clock: clock)
}

extension RESTServer {
    fileprivate func post(
        _ path: String,
        _ body: JSON? = nil,
        _ fields: HTTPFields = [:],
        as caller: BridgeCaller = me
    ) async -> HTTPResponse? {
        var fields = fields
        fields["Content-Type"] = "application/json"
        let parts = path.split(separator: "?", maxSplits: 1)
        let request = RESTRequest(
            .post,
            RESTRequest.steps(of: String(parts[0])) ?? [],
            query: RESTRequest.query(of: parts.count > 1 ? String(parts[1]) : nil),
            fields: fields,
            body: body?.bytes ?? [],
            id: "r1",
            caller: caller
        )
        return await resolve(request)
    }
}

extension HTTPResponse {
    fileprivate var json: JSON? { try? JSON(parsing: body) }
}

@Suite struct `a call over REST` {
    @Test(arguments: [
        (RemoteFailure.refused(.invalidParams("no")), 400, "invalid_params"),
        (.refused(RPCError(code: -32603, "timed out 404")), 502, "upstream_error"),
        (.unreachable(.connectionRefused(host: "h"), url: "http://h/mcp"), 502, "upstream_unreachable"),
        (.unreachable(.timedOut(seconds: 1), url: "http://h/mcp"), 502, "upstream_unreachable"),
        (.status(.unauthorized), 401, "upstream_unauthorized"), (.status(.forbidden), 403, "upstream_unauthorized"),
        (.status(.tooManyRequests, retryAfter: "9"), 429, "rate_limited"),
        (.status(.badGateway), 502, "upstream_error"),
        (.status(.notFound), 502, "upstream_error"), (.notSignedIn(detail: "d"), 401, "unauthorized"),
        (.exchangeFailed(isRefusal: true, detail: "d"), 401, "token_exchange_failed"),
        (.exchangeFailed(isRefusal: false, detail: "d"), 502, "token_exchange_failed"),
        (.outcomeUnknown(detail: "d"), 502, "upstream_error"), (.protocolFault(detail: "d"), 502, "upstream_error"),
        (.timedOut(seconds: 30), 504, "upstream_timeout"), (.tooLarge(limit: 1), 422, "too_large"),
        (.processEnded(detail: "d"), 502, "upstream_error"), (.busy, 503, "busy"),
        (.cancelled, 502, "upstream_error"),
    ])
    func `fails with a status that follows from a code`(_ failure: RemoteFailure, _ status: Int, _ code: String) async {
        let upstream = Scripted(tools: [echo]) { _ in .failure(failure) }
        let answer = await server(upstream).post("/tools/echo", ["t": "a"])
        #expect(answer?.status.rawValue == status)
        #expect(answer?.json?["error"]?.string == code)
        #expect(answer?.json?["status_code"]?.int == status)
        #expect(answer?.json?["request_id"]?.string == "r1")
        #expect((status == 401) == (answer?.fields["WWW-Authenticate"] != nil))
        #expect((status == 429 || status == 503) == (answer?.fields["Retry-After"] != nil))
    }

    @Test(
        arguments: [
            .outcomeUnknown(detail: "The stream ended."), .protocolFault(detail: "It is HTML."),
            .processEnded(detail: "Exit code 1."), .status(.badGateway), .status(.badGateway, detail: "No upstream."),
            .notStarted(detail: "No such file."), .cancelled, .tooLarge(limit: 1), .busy, .timedOut(seconds: 1),
        ] as [RemoteFailure]
    )
    func `that the server fails says what to do`(_ failure: RemoteFailure) {
        let text = RESTError(failure).detail.string ?? ""
        #expect(text.split(separator: ". ").count > 1 && text.hasSuffix("."), "\(text)")
    }

    @Test func `of what is not there names where it would be`() async {
        let rest = server(Scripted(tools: [echo]))
        for (path, place) in [
            ("/tools/none", "/api/tools"), ("/prompts/none", "/api/prompts"),
            ("/session/none/ping", "/api/session/start"),
        ] {
            let detail = await rest.post(path)?.json?["detail"]?.string ?? ""
            #expect(detail.contains(" \(place) "), "\(detail)")
        }
    }

    @Test func `is not said to be worth repeating where it may have been carried out`() {
        let error = RESTError(.cancelled)
        #expect(error.detail.string?.contains("outcome is unknown") == true)
        #expect(error.fields["Retry-After"] == nil)
    }

    @Test func `shows no query of the server's address, which may hold a key`() {
        let error = RESTError(.unreachable(.connectionRefused(host: "h"), url: "http://u:pw@h/mcp?key=abc#f"))
        #expect(error.detail.string?.hasPrefix("Connection refused to http://h/mcp: ") == true)
    }

    @Test func `has the words that operators search for`() {
        let failures: [(RemoteFailure, String)] = [
            (.unreachable(.connectionRefused(host: "h"), url: "http://h/mcp"), "Connection refused to http://h/mcp"),
            (
                .unreachable(.nameNotResolved(host: "h"), url: "http://h/mcp"),
                "Cannot reach http://h/mcp: Cannot resolve"
            ),
            (.status(.unauthorized, detail: "d"), "401 Unauthorized"),
            (.exchangeFailed(isRefusal: true, detail: "why"), "Failed to exchange token"),
            (.timedOut(seconds: 30), "Request timeout"),
        ]
        for (failure, words) in failures { #expect(RESTError(failure).detail.string?.hasPrefix(words) == true) }
    }

    @Test func `is not sent where its arguments cannot be right`() async {
        let upstream = Scripted(tools: [echo])
        let answer = await server(upstream).post("/tools/echo", ["t": 1])
        #expect(answer?.json?["detail"] == "`t` must be a text.")
        #expect(upstream.made().isEmpty)
    }

    @Test(
        arguments: [
            (nil, true), (["echo"], true), (["e*", "x"], true), (["other"], false),
        ] as [([String]?, Bool)]
    )
    func `is only tried where that is asked for`(effects: [String]?, isTried: Bool) async {
        let upstream = Scripted(tools: [echo])
        let rest = server(upstream) { $0.effectTools = effects?.map { Glob($0) } }
        let answer = await rest.post("/tools/echo", ["t": "a"], ["X-Inxm-Dry-Run": "true"])
        #expect(answer?.status == .ok && (answer?.json?["_meta"]?["dry_run"] == true) == isTried)
        #expect(upstream.made().isEmpty == isTried)
        // What could not be sent says so in a dry run, too.
        let wrong = await rest.post("/tools/echo", ["t": 1], ["X-Inxm-Dry-Run": "true"])
        #expect(wrong?.json?["error"] == "invalid_params")
    }

    @Test func `that only reads is carried out in a dry run`() async {
        var reading = echo
        reading["annotations"] = ["readOnlyHint": true]
        let upstream = Scripted(tools: [reading])
        _ = await server(upstream).post("/tools/echo", ["t": "a"], ["X-Inxm-Dry-Run": "true"])
        #expect(upstream.made().count == 1)
    }

    @Test func `goes out once for a tool that may change something, and may be repeated for one that does not`() async {
        var reading = echo
        reading["annotations"] = ["readOnlyHint": true]
        for (tool, isRepeatable) in [(echo, false), (reading, true)] {
            let upstream = Scripted(tools: [tool])
            _ = await server(upstream).post("/tools/echo", ["t": "a"])
            #expect(upstream.made().map { $0.isRepeatable } == [isRepeatable])
        }
    }

    @Test func `asks for the list once more for a name that is new, and not for every name that is made up`() async {
        let upstream = Scripted(tools: [echo])
        let now = Mutex(ContinuousClock.now)
        let rest = server(upstream, clock: { now.withLock { $0 } })
        for _ in 0..<5 { #expect(await rest.post("/tools/none")?.status == .notFound) }
        #expect(upstream.made("tools/list").count == 2)
        now.withLock { $0 += .seconds(5) }
        for _ in 0..<5 { #expect(await rest.post("/tools/none")?.status == .notFound) }
        #expect(upstream.made("tools/list").count == 3)
    }

    @Test func `of a tool that the server has no more is not found`() async {
        let lists = Counter()
        let upstream = Scripted { call in
            if call.method == "tools/list" { return .success(["tools": .array(lists.next() == 1 ? [echo] : [])]) }
            return .failure(.refused(.invalidParams("Unknown tool")))
        }
        #expect(await server(upstream).post("/tools/echo", ["t": "a"])?.json?["error"] == "tool_not_found")
    }
}

@Suite struct `a person who is asked` {
    private static let question: JSON = ["message": "Who?", "requestedSchema": ["type": "object"]]

    /// As 2026-07-28 asks: with a result that wants answers.
    private static let stateless = Scripted("s", .july2026, tools: [echo]) { call in
        if let answer = call.params?["inputResponses"]?["q"] {
            return .success([
                "content": [], "structuredContent": ["got": answer, "state": call.params?["requestState"] ?? .null],
            ])
        }
        let request: JSON = ["method": "elicitation/create", "params": question]
        return .success(["resultType": "input_required", "inputRequests": ["q": request], "requestState": "opaque"])
    }

    /// As revisions with a handshake ask: in the middle of the call.
    private static let handshake = Scripted(tools: [echo]) { call in
        guard case .success(let answer)? = await call.events?.asked("elicitation/create", question) else {
            return .failure(.cancelled)
        }
        return .success(["content": [], "structuredContent": ["got": (try? JSON(parsing: answer.bytes)) ?? .null]])
    }

    @Test(arguments: [true, false]) func `is answered with the same call, whichever way the server asks`(_ isNew: Bool)
        async throws
    {
        let rest = server(isNew ? Self.stateless : Self.handshake)
        let asked = try #require(await rest.post("/tools/echo", ["t": "a"]))
        #expect(asked.status == .conflict)
        #expect(asked.json?["error"] == "feedback_required")
        let detail = try #require(asked.json?["detail"])
        #expect(detail["elicitation"] == Self.question)
        let body: JSON = [
            "user_feedback": ["action": "accept", "content": ["n": 1]], "resume_token": detail["resume_token"] ?? .null,
        ]
        #expect(await rest.post("/tools/echo", body, as: BridgeCaller(key: "other"))?.status == .notFound)
        let answered = await rest.post("/tools/echo", body)
        #expect(answered?.json?["structuredContent"]?["got"] == ["action": "accept", "content": ["n": 1]])
        #expect(!isNew || answered?.json?["structuredContent"]?["state"] == "opaque")
        #expect(await rest.post("/tools/echo", body)?.status == .notFound)
    }

    @Test(
        arguments: [
            ["user_feedback": ["action": "maybe"]], ["user_feedback": ["action": 1]], ["user_feedback": "yes"],
            ["user_feedback": ["action": "accept", "content": "x"]],
        ] as [JSON]
    ) func `is refused where it is no answer, and the call still waits`(body: JSON) async throws {
        let rest = server(Self.handshake)
        let asked = try #require(await rest.post("/tools/echo", ["t": "a"]))
        var body = body
        body["resume_token"] = try #require(asked.json?["detail"]?["resume_token"])
        #expect(await rest.post("/tools/echo", body)?.status == .badRequest)
        body["user_feedback"] = ["action": "decline"]
        #expect(await rest.post("/tools/echo", body)?.json?["structuredContent"]?["got"] == ["action": "decline"])
    }

    /// Two questions in the same breath, in either way.
    private static func askingTwice(_ isNew: Bool) -> Scripted {
        let questions: [JSON] = [["message": "Which?"], ["message": "Sure?"]]
        return Scripted(tools: [echo]) { call in
            guard isNew else {
                async let first = call.events?.asked("elicitation/create", questions[0])
                async let second = call.events?.asked("elicitation/create", questions[1])
                let answers = await [first, second].map { outcome -> JSON in
                    guard case .success(let answer)? = outcome else { return .null }
                    return (try? JSON(parsing: answer.bytes)) ?? .null
                }
                return .success(["content": [], "structuredContent": ["got": .array(answers)]])
            }
            if let answers = call.params?["inputResponses"] {
                let got: JSON = .array([answers["a"] ?? .null, answers["b"] ?? .null])
                return .success(["content": [], "structuredContent": ["got": got]])
            }
            let requests: JSON = [
                "a": ["method": "elicitation/create", "params": questions[0]],
                "b": ["method": "elicitation/create", "params": questions[1]],
            ]
            return .success(["resultType": "input_required", "inputRequests": requests])
        }
    }

    @Test(arguments: [true, false]) func `may be one of several, which are answered together`(_ isNew: Bool)
        async throws
    {
        let rest = server(Self.askingTwice(isNew))
        let asked = try #require(await rest.post("/tools/echo", ["t": "a"])?.json?["detail"])
        let questions = try #require(asked["elicitations"]?.array)
        #expect(questions.count == 2 && asked["elicitation"] == questions[0])
        let answers = questions.map { question -> JSON in
            ["action": "accept", "content": ["to": question["message"] ?? .null]]
        }
        var body: JSON = ["user_feedback": .array(answers + answers), "resume_token": asked["resume_token"] ?? .null]
        #expect(await rest.post("/tools/echo", body)?.status == .badRequest)
        body["user_feedback"] = .array(answers)
        let got = await rest.post("/tools/echo", body)?.json?["structuredContent"]?["got"]?.array
        #expect(got.map { Set($0) } == Set(answers))
    }

    @Test(arguments: [true, false]) func `is asked again while others of the same call are answered`(_ isNew: Bool)
        async throws
    {
        let rest = server(Self.askingTwice(isNew))
        var asked = try #require(await rest.post("/tools/echo", ["t": "a"])?.json?["detail"])
        let questions = try #require(asked["elicitations"]?.array)
        for place in 0...1 {
            #expect(asked["elicitation"] == questions[place])
            let body: JSON = ["user_feedback": ["action": "decline"], "resume_token": asked["resume_token"] ?? .null]
            let answer = try #require(await rest.post("/tools/echo", body))
            guard place == 0 else {
                return #expect(
                    answer.json?["structuredContent"]?["got"] == [["action": "decline"], ["action": "decline"]]
                )
            }
            asked = try #require(answer.json?["detail"])
            #expect(asked["elicitations"] == nil)
        }
    }

    @Test func `needs its token`() async {
        let body: JSON = ["t": "a", "user_feedback": ["action": "accept"]]
        #expect(await server(Self.handshake).post("/tools/echo", body)?.status == .badRequest)
    }

    @Test(.timeLimit(.minutes(1))) func `is asked nothing where the client leaves while questions are gathered`() async
    {
        let run = ToolRun(
            Self.handshake.session(for: RESTServer.client(version: "1"), as: me, events: Silent()),
            RemoteCall("tools/call"),
            on: WorkerPool.shared,
            gathering: .seconds(100)
        )
        let turn = Task { await run.next() }
        while run.questionCount == 0 { await Task.yield() }
        turn.cancel()
        guard case .ended(.failure(.cancelled)) = await turn.value else { return #expect(Bool(false)) }
        #expect(run.questionCount == 0)
    }

    @Test(arguments: [32, 33]) func `is asked at most 32 questions at once`(count: Int) async {
        let requests = (0..<count).map { number -> (String, JSON) in
            ("q\(number)", ["method": "elicitation/create", "params": Self.question])
        }
        let upstream = Scripted("s", .july2026, tools: [echo]) { _ in
            let members = JSONObject(requests.map { JSONObject.Member($0.0, $0.1) })
            return .success(["resultType": "input_required", "inputRequests": .object(members)])
        }
        let answer = await server(upstream).post("/tools/echo", ["t": "a"])
        #expect(answer?.status == (count > 32 ? .badGateway : .conflict))
    }

    @Test func `is waited for two minutes, and then the call is cancelled`() async {
        let parked = ParkedRuns(patience: .zero)
        let run = ToolRun(
            Self.handshake.session(for: RESTServer.client(version: "1"), as: me, events: Silent()),
            RemoteCall("tools/call"),
            on: WorkerPool.shared
        )
        guard case .asked = await run.next() else { return #expect(Bool(false)) }
        _ = parked.park(.init(run: run, identity: "me", tool: "echo", session: nil))
        guard case .ended(.failure(.cancelled)) = await run.next() else { return #expect(Bool(false)) }
        #expect(parked.count == 0)
    }
}

private struct Silent: RemoteSessionEvents {
    func notified(_: Notification) {}
    func asked(_ method: String, _: JSON?) async -> Outcome { .failure(.methodNotFound(method)) }
    func reconnected() {}
}

@Suite struct `sessions over REST` {
    private func open(_ sessions: RESTSessions, _ key: String = "me") -> RESTSessions.Open? {
        let caller = BridgeCaller(key: key)
        let session = Scripted(tools: []).session(for: RESTServer.client(version: "1"), as: caller, events: Silent())
        return sessions.open(session, for: caller, group: nil)?.opened
    }

    @Test func `are over half an hour after they were last used`() throws {
        let time = Counter()
        let sessions = RESTSessions(now: { Double(time.value) })
        let id = try #require(open(sessions)).id
        time.value = 1799
        #expect(sessions.find(id, of: me) != nil)
        time.value = 1799 + 1800
        #expect(sessions.find(id, of: me) == nil)
        #expect(sessions.takeIdle().map { $0.id } == [id])
    }

    @Test func `belong to one identity, of which the oldest makes room`() throws {
        let sessions = RESTSessions(mostPerIdentity: 2)
        let ids = (0..<3).compactMap { _ in open(sessions)?.id }
        #expect(Set(ids).count == 3 && ids.allSatisfy { $0.utf8.count == 32 })
        #expect(sessions.count == 2)
        #expect(sessions.find(ids[2], of: BridgeCaller(key: "other")) == nil)
        #expect(sessions.remove(ids[2], of: BridgeCaller(key: "other")) == nil)
        #expect(sessions.remove(ids[2], of: me) != nil)
    }
}
