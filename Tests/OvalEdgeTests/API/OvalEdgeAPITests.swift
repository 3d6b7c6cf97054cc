import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import OvalEdge

private struct Named: Model {
    let name: String

    init(_ json: JSON) throws(JSONMismatch) { name = try json.required("name", { $0.string }, "a text") }
}

private let signIn = "POST /api/user/token/generate"
private let search = "POST /api/v1/mcp/asset-explorer"
private let details = "GET /api/v1/mcp/asset-details"

@Suite(.timeLimit(.minutes(1))) struct `The API` {
    private let clock = TestClock()
    private let redactor = Redactor()
    private let request = APIRequest<JSON>.get("/api/v1/mcp/asset-details", [("objectId", "7"), ("objectType", nil)])

    private func api(
        _ http: any HTTPClient,
        credentials: Credentials = .ann,
        authScheme: String = "",
        log: Log? = nil
    ) -> OvalEdgeAPI {
        let configuration = OvalEdgeConfiguration(
            baseURL: "https://acme.net/",
            authScheme: authScheme,
            timeZone: "Asia/Tokyo",
            logsRequests: log != nil
        )
        let log = log ?? Log(.error, redactor: redactor) { _ in }
        let now: @Sendable () -> Double = { [clock] in clock.now }
        let exchange = TokenExchange(
            configuration,
            credentials: credentials,
            client: http,
            redactor: redactor,
            now: now
        )
        let broker = TokenBroker(exchange, log: log, clock: SessionClock(clock))
        return OvalEdgeAPI(configuration, client: http, broker: broker, remedies: .neutral, log: log)
    }

    private func token(_ number: Int, life: Double = 3600) -> (json: String, text: String) {
        let text = jwt(#"{"n":\#(number),"exp":\#(clock.now + life)}"#)
        return (#"{"token":"\#(text)"}"#, text)
    }

    private func failure(_ http: ScriptedHTTP) async throws -> OvalEdgeError {
        let error = try #require(await #expect(throws: OvalEdgeError.self) { _ = try await api(http).send(request) })
        expectTwoSentences(error)
        return error
    }

    @Test func `sends address, headers and body as OvalEdge requires them`() async throws {
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(search, json: "{}"), .on(details, json: "{}"))
        let api = api(http)
        _ = try await api.send(APIRequest<JSON>.query("/api/v1/mcp/asset-explorer", ["name": "orders"]))
        _ = try await api.send(request)
        let post = http.sent[1]
        #expect(post.url == "https://acme.net/api/v1/mcp/asset-explorer")
        #expect(try JSON(parsing: post.body) == ["name": "orders"])
        #expect(post.fields["Authorization"] == "jwt \(token(1).text)")
        #expect(post.fields["Content-Type"] == "application/json" && post.fields["Accept"] == "application/json")
        #expect(post.fields.all.contains { $0.name == "time-zone" && $0.value == "Asia/Tokyo" })
        #expect(post.mayBeRepeated)
        #expect(http.sent[2].url == "https://acme.net/api/v1/mcp/asset-details?objectId=7")
        #expect(http.sent[2].body.isEmpty)
    }

    @Test func `uses the scheme that is set, and marks what may not be repeated`() async throws {
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on("POST /api/v1/mcp/tags", json: "{}"))
        _ = try await api(http, authScheme: "Bearer").send(APIRequest<JSON>.command("/api/v1/mcp/tags", [:]))
        #expect(http.sent[1].fields["Authorization"] == "Bearer \(token(1).text)")
        #expect(!http.sent[1].mayBeRepeated)
    }

    @Test(arguments: [
        ("", "{}"), (" \n", "{}"), (#"{"a":1}"#, #"{"a":1}"#), ("[1,2]", #"{"_json":[1,2]}"#),
        ("null", #"{"_json":null}"#), ("\"x\"", #"{"_json":"x"}"#), ("\u{FEFF}{}", "{}"),
    ])
    func `always yields an object`(_ body: String, _ expected: String) async throws {
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, json: body))
        #expect(try await api(http).send(request).text == expected)
    }

    @Test(arguments: [
        (HTTPStatus.unauthorized, #"{"message":"Unauthorized"}"#), (.unauthorized, "<html>"),
        (.badRequest, #"{"message":"Invalid Token"}"#), (.badRequest, #"{"detail":"Please generate a new token"}"#),
        (.badRequest, "invalid token, please generate a new token"), (.badRequest, #""Invalid token""#),
        (.badRequest, #"{"message":"x","error":"invalid token"}"#),
    ])
    func `signs in again when the token is refused, and sends once more`(_ status: HTTPStatus, _ body: String)
        async throws
    {
        let http = ScriptedHTTP(
            .on(signIn, json: token(1).json),
            .on(details, status, json: body),
            .on(signIn, json: token(2).json),
            .on(details, json: #"{"ok":true}"#)
        )
        #expect(try await api(http).send(request) == ["ok": true])
        #expect(http.sent.last?.fields["Authorization"] == "jwt \(token(2).text)")
        #expect(http.isDone)
    }

    @Test func `reports the second refusal, and starts again with the next call`() async throws {
        let http = ScriptedHTTP(
            .on(signIn, json: token(1).json),
            .on(details, .unauthorized, json: "{}"),
            .on(signIn, json: token(2).json),
            .on(details, .badRequest, json: #"{"message":"Invalid token"}"#)
        )
        let api = api(http)
        let error = try #require(await #expect(throws: OvalEdgeError.self) { _ = try await api.send(request) })
        #expect(error.kind == .notSignedIn && error.status == 400)
        #expect(error.remedy == .checkScheme(now: "jwt"))
        expectTwoSentences(error)
        http.add(.on(signIn, json: token(3).json), .on(details, json: "{}"))
        #expect(try await api.send(request) == [:])
        #expect(http.isDone)
    }

    /// Code F1: words of a query were taken for a dead session.
    @Test(arguments: [
        ("Invalid token", true), (" INVALID TOKEN. ", true), ("please generate a new token", true),
        ("Invalid token, please generate a new token", true), ("invalid_token", true),
        ("SQL error: invalid token 'FORM' at line 1", false), ("invalid token 'FORM'", false),
        ("The filter holds an invalid token", false), ("Invalid tokens", false),
        ("You may please generate a new token for Jira", false),
    ])
    func `takes a bad request for a refused token only if it says exactly that`(_ words: String, _ isRefusal: Bool) {
        let body: JSON = ["ok": false, "message": .string(words)]
        let response = HTTPResponse(.badRequest, text: body.text, type: "application/json")
        #expect(response.refusesToken == isRefusal)
        #expect(HTTPResponse(.badRequest, text: words).refusesToken == isRefusal)
        #expect(!HTTPResponse(.unprocessableContent, text: body.text).refusesToken)
    }

    /// Code F1.
    @Test func `asks no new token for the error of a query`() async throws {
        let sql = #"{"ok":false,"message":"SQL error: invalid token 'FORM' at line 1"}"#
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, .badRequest, json: sql))
        let error = try await failure(http)
        #expect(error.kind == .notValid && error.what.contains("'FORM'"))
    }

    /// Code F1.
    @Test func `takes what comes back word for word with a new token for the answer`() async throws {
        let words = #"{"message":"Invalid token"}"#
        let http = ScriptedHTTP(
            .on(signIn, json: token(1).json),
            .on(details, .badRequest, json: words),
            .on(signIn, json: token(2).json),
            .on(details, .badRequest, json: words)
        )
        let api = api(http)
        let error = try #require(await #expect(throws: OvalEdgeError.self) { _ = try await api.send(request) })
        #expect(error.kind == .notValid && error.status == 400)
        // The new token is as good as before.
        http.add(.on(details, json: "{}"))
        #expect(try await api.send(request) == [:])
        #expect(http.isDone)
    }

    @Test func `does not take every bad request for a refused token`() async throws {
        let http = ScriptedHTTP(
            .on(signIn, json: token(1).json),
            .on(details, .badRequest, json: #"{"message":"Bad id"}"#)
        )
        let error = try await failure(http)
        #expect(error.kind == .notValid && error.what.contains("“Bad id”"))
    }

    @Test func `signs in again before a token ends in mid-session`() async throws {
        let http = ScriptedHTTP(.on(signIn, json: token(1, life: 100).json), .on(details, json: "{}"))
        let api = api(http)
        _ = try await api.send(request)
        clock.advance(by: 94)
        http.add(.on(details, json: "{}"))
        _ = try await api.send(request)
        http.add(.on(signIn, json: token(2).json), .on(details, json: "{}"))
        clock.advance(by: 1)
        _ = try await api.send(request)
        #expect(http.sent.last?.fields["Authorization"]?.hasPrefix("jwt ") == true)
        await eventually { http.isDone }
    }

    @Test(arguments: [
        (
            HTTPResponse(.ok, text: "<html>Log in</html>", type: "text/html"), OvalEdgeError.Kind.notUnderstood,
            "web page"
        ),
        (HTTPResponse(.ok, text: "fine", type: "text/plain"), .notUnderstood, "not JSON"),
        (HTTPResponse(.found, fields: ["Location": "https://sso.acme.net/"]), .notUnderstood, "sso.acme.net"),
        (HTTPResponse(.forbidden, text: #"{"message":"Forbidden"}"#), .notAllowed, "“Forbidden”"),
        (HTTPResponse(.forbidden, text: "<html>Log in</html>"), .notAllowed, "A firewall or a proxy answers like this"),
        (HTTPResponse(.notFound), .notFound, "GET /api/v1/mcp/asset-details"),
        (HTTPResponse(.conflict), .conflict, "conflicts"),
        (HTTPResponse(.unprocessableContent, text: #"{"message":"Choose a parent"}"#), .notValid, "Choose a parent"),
        (HTTPResponse(.tooManyRequests, fields: ["Retry-After": "3"]), .tooMany, "Wait 3 seconds"),
        (HTTPResponse(.serviceUnavailable), .unavailable, "503"),
    ])
    func `says what went wrong`(_ response: HTTPResponse, _ kind: OvalEdgeError.Kind, _ words: String) async throws {
        let error = try await failure(ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, answer: response)))
        #expect(error.kind == kind)
        #expect(error.sentences.contains(words), "\(error.sentences)")
        #expect(!error.sentences.contains("Log in"))
    }

    @Test(arguments: [
        (#"{"a":NaN}"#, "broken JSON: expected a value, found `N` at line 1, column 6"),
        ("{\"a\":\"x\ny\"}", "broken JSON: a control character inside a text at line 1, column 8"),
        (#"{"a":1} x"#, "broken JSON: expected the end of the text, found `x`"),
        (#"{"a":1"#, "broken JSON: expected `,` or `}`, found the end"),
        (String(repeating: "[", count: 129), "too large: it has more than 128 levels of nesting"),
        ("[" + String(repeating: "0,", count: 2_000_000) + "0]", "too large: it has more than 2000000 values"),
    ])
    func `says what is wrong with JSON, and does not blame the address`(body: String, words: String) async throws {
        let error = try await failure(ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, json: body)))
        #expect(error.kind == .notUnderstood && error.what.contains(words), "\(error)")
        #expect(error.remedy != .checkAddress)
    }

    @Test(
        arguments: [
            ("iso-8859-1", [0xFC]), ("\"ISO-8859-1\"", [0xFC]), ("windows-1252", [0xFC]), ("iso-8859-1", [0xC3, 0xBC]),
            ("koi8-r", [0xC3, 0xBC]),
        ] as [(String, [UInt8])]
    )
    func `reads a reply in the encoding that it has`(name: String, umlaut: [UInt8]) async throws {
        let body = Array(#"{"a":""#.utf8) + umlaut + Array(#""}"#.utf8)
        let response = HTTPResponse(.ok, fields: ["Content-Type": "application/json; charset=\(name)"], body: body)
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, answer: response))
        #expect(try await api(http).send(request) == ["a": "ü"])
    }

    @Test func `names an encoding that it cannot read`() async throws {
        let body = Array(#"{"a":""#.utf8) + [0xD1] + Array(#""}"#.utf8)
        let response = HTTPResponse(.ok, fields: ["Content-Type": "application/json;charset=KOI8-R"], body: body)
        let error = try await failure(ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, answer: response)))
        #expect(error.what.hasSuffix("is in the encoding koi8-r, which is not UTF-8."), "\(error)")
    }

    @Test(arguments: [
        (502, "oetable", "those of oetable 502"), (501, "oefile", "those of oefile 501"),
        (501, "OECOLUMN", "those of oecolumn 501"),
    ])
    func `refuses the details of another asset`(id: Int, type: String, found: String) async throws {
        let body = #"{"data":{"details":{"objectId":"\#(id)","objectType":"\#(type)","objectName":"x"}}}"#
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, json: body))
        let request = APIRequest.assetDetails(id: 501, type: .oetable)
        let error = try #require(await #expect(throws: OvalEdgeError.self) { _ = try await api(http).send(request) })
        #expect(error.kind == .notUnderstood)
        #expect(error.what.contains("should be those of oetable 501, but is \(found)"), "\(error)")
    }

    @Test(arguments: [
        #"{"data":{"objectId":501,"objectType":"filecolumn","objectName":"x"}}"#,
        #"{"data":{"id":"a-uuid","objectName":"x"}}"#, #"{"objectName":"x","objectType":"VIEW"}"#,
    ])
    func `takes details that name the asset otherwise, or not at all`(body: String) async throws {
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, json: body))
        let record = try await api(http).send(.assetDetails(id: 501, type: .oefilecolumn)).opened()
        #expect(record.asset.name == "x")
    }

    @Test func `names the place where a reply differs from what is known`() async throws {
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, json: #"{"name":7}"#))
        let error = try #require(
            await #expect(throws: OvalEdgeError.self) {
                _ = try await api(http).send(APIRequest<Named>.get("/api/v1/mcp/asset-details"))
            }
        )
        #expect(error.kind == .notUnderstood && error.what.contains("`name` should be a text"))
        expectTwoSentences(error)
    }

    @Test func `needs no network to say that credentials are missing, and lives on`() async throws {
        let api = api(ScriptedHTTP(), credentials: Credentials(userToken: nil, userSecret: nil))
        for _ in 0..<3 {
            await #expect(throws: OvalEdgeError.self) { try await api.send(request) }
        }
    }

    @Test func `recovers when the cause of a failed sign-in goes away`() async throws {
        let http = ScriptedHTTP(.on(signIn, .unauthorized, json: "{}"))
        let api = api(http)
        await #expect(throws: OvalEdgeError.self) { try await api.send(request) }
        http.add(.on(signIn, json: token(1).json), .on(details, json: #"{"ok":true}"#))
        #expect(try await api.send(request) == ["ok": true])
    }

    @Test func `is silent for a cancelled task`() async throws {
        let api = api(
            AnsweringHTTP { request throws(HTTPFailure) in
                guard request.summary == signIn else { throw .cancelled }
                return HTTPResponse(.ok, text: "a.b.c")
            }
        )
        await #expect(throws: OvalEdgeError.cancelled) { try await api.send(request) }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await api.send(request)
        }
        await #expect(throws: OvalEdgeError.cancelled.notSent) { try await task.value }
    }

    @Test(arguments: [HTTPFailure.timedOut(seconds: 30), .cutOff(detail: "d"), .connectionRefused(host: "acme.net")])
    func `sends nothing where the sign-in failed`(failure: HTTPFailure) async throws {
        let http = AnsweringHTTP { _ throws(HTTPFailure) in throw failure }
        let error = await #expect(throws: OvalEdgeError.self) { try await api(http).send(request) }
        #expect(error?.delivery == .notSent)
    }

    @Test func `signs in once for eight calls and once more for eight refusals`() async throws {
        let exchanges = Mutex(0)
        let live = Mutex("")
        let api = api(
            AnsweringHTTP { request in
                if request.summary == signIn {
                    let number = exchanges.withLock { count in
                        count += 1
                        return count
                    }
                    return HTTPResponse(
                        .ok,
                        text: live.withLock { live in
                            live = "t.\(number).x"
                            return live
                        }
                    )
                }
                let isLive = request.fields["Authorization"] == live.withLock { "jwt \($0)" }
                return HTTPResponse(isLive ? .ok : .unauthorized, text: "{}")
            }
        )
        for round in 1...2 {
            try await withThrowingTaskGroup(of: JSON.self) { group in
                for _ in 0..<8 { group.addTask { try await api.send(request) } }
                for try await reply in group { #expect(reply == [:]) }
            }
            #expect(exchanges.withLock { $0 } == round)
            live.withLock { $0 = "somebody else's" }
        }
    }

    @Test func `logs call and outcome without query and secrets when it is asked to`() async throws {
        let lines = Mutex<[String]>([])
        let log = Log(.info, redactor: redactor) { line in lines.withLock { $0.append(line) } }
        let http = ScriptedHTTP(.on(signIn, json: token(1).json), .on(details, json: "{}"))
        _ = try await api(http, log: log).send(request)
        let line = try #require(lines.withLock { $0.count == 1 ? $0[0] : nil })
        #expect(line.hasPrefix(#"info: request call="GET /api/v1/mcp/asset-details" status=200 ms="#))
    }
}
