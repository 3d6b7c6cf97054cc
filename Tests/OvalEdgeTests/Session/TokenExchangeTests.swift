import HTTP
import JSON
import Logging
import TestSupport
import Testing

@testable import OvalEdge

private let path = "POST /ovaledge/api/user/token/generate"

@Suite struct `The token exchange` {
    private func exchange(
        _ http: any HTTPClient,
        credentials: Credentials = .ann,
        fallbackHeader: String? = nil
    ) -> TokenExchange {
        TokenExchange(
            OvalEdgeConfiguration(baseURL: "https://acme.ovaledge.net/ovaledge/", fallbackHeader: fallbackHeader),
            credentials: credentials,
            client: http,
            redactor: Redactor(),
            now: { 1000 }
        )
    }

    private func failure(
        _ response: HTTPResponse,
        fallbackHeader: String? = nil
    ) async throws -> OvalEdgeError {
        let http = ScriptedHTTP(.on(path, answer: response))
        return try #require(
            await #expect(throws: OvalEdgeError.self) {
                _ = try await exchange(http, fallbackHeader: fallbackHeader).token()
            }
        )
    }

    @Test func `sends what OvalEdge requires`() async throws {
        let http = ScriptedHTTP(.on(path, json: #"{"token":"a.b.c"}"#))
        let token = try await exchange(http).token()
        #expect(token.secret.revealed == "a.b.c" && token.receivedAt == 1000)
        let request = try #require(http.sent.first)
        #expect(request.url == "https://acme.ovaledge.net/ovaledge/api/user/token/generate")
        #expect(try JSON(parsing: request.body) == ["userToken": "ann-token-1234", "userSecret": "ann-secret-5678"])
        #expect(request.fields["Authorization"] == "Basic TUNQLXRva2VuLWdlbmVyYXRlOg==")
        #expect(request.fields["X-OvalEdge-Client"] == "MCP")
        #expect(request.fields["User-Agent"] == "OvalEdge-MCP")
        #expect(request.fields["Content-Type"] == "application/json")
        #expect(request.fields["Accept"] == "application/json")
        #expect(!request.mayBeRepeated)
    }

    @Test(arguments: ["a.b.c", "Bearer a.b.c", "jwt a.b.c", " JWT a.b.c "])
    func `finds the token in the header that was named`(_ value: String) async throws {
        let http = ScriptedHTTP(.on(path, answer: HTTPResponse(.ok, fields: ["x-auth-token": value])))
        let token = try await exchange(http, fallbackHeader: "X-Auth-Token").token()
        #expect(token.secret.revealed == "a.b.c")
    }

    @Test func `prefers the body to the header`() async throws {
        let answer = HTTPResponse(.ok, fields: ["X-Auth-Token": "d.e.f"], text: "a.b.c")
        let token = try await exchange(ScriptedHTTP(.on(path, answer: answer)), fallbackHeader: "X-Auth-Token").token()
        #expect(token.secret.revealed == "a.b.c")
    }

    @Test(arguments: [
        (Credentials(userToken: nil, userSecret: Secret("x")), "because the user token is not set"),
        (Credentials(userToken: Secret("x"), userSecret: Secret("  ")), "because the user secret is not set"),
        (
            Credentials(userToken: nil, userSecret: nil),
            "because the user token and the user secret are not set"
        ),
    ])
    func `says which credentials are missing and asks no one`(_ credentials: Credentials, _ words: String) async throws
    {
        let error = try #require(
            await #expect(throws: OvalEdgeError.self) {
                _ = try await exchange(ScriptedHTTP(), credentials: credentials).token()
            }
        )
        #expect(error.kind == .notSignedIn)
        #expect(error.what.contains(words))
        expectTwoSentences(error)
    }

    @Test func `says why nothing may be sent, and sends nothing`() async throws {
        let refusal = OvalEdgeError(.notSignedIn, "The address is not encrypted.", remedy: .text("Encrypt it."))
        let exchange = TokenExchange(
            OvalEdgeConfiguration(baseURL: "http://acme.example", refusal: refusal),
            credentials: .ann,
            client: ScriptedHTTP(),
            redactor: Redactor()
        )
        let error = await #expect(throws: OvalEdgeError.self) { try await exchange.token() }
        #expect(error == refusal)
    }

    private static let page = HTTPResponse(
        .ok,
        text: "<html><title>Log in</title></html>",
        type: "text/html; charset=utf-8"
    )

    @Test(arguments: [
        (HTTPResponse(.unauthorized, text: "no"), OvalEdgeError.Kind.notSignedIn, "refused the user token"),
        (HTTPResponse(.unauthorized, text: #"{"message":"Wrong secret."}"#), .notSignedIn, "“Wrong secret”"),
        (HTTPResponse(.forbidden, text: "<html>"), .notAllowed, "A firewall or a proxy answers like this"),
        (HTTPResponse(.badRequest, text: "<html>"), .notAllowed, "in HTML, with the status 400."),
        (
            HTTPResponse(.forbidden, text: #"{"message":"No."}"#), .notSignedIn,
            "refused the user token and secret: “No”."
        ),
        (HTTPResponse(.badRequest, text: #"{"error":"Prefix missing Token"}"#), .notSignedIn, "Prefix missing Token"),
        (HTTPResponse(.ok, text: #"{"success":false,"message":"user is locked"}"#), .notSignedIn, "“user is locked”"),
        (HTTPResponse(.notFound, text: ""), .notUnderstood, "checkContextPath"),
        (HTTPResponse(.methodNotAllowed, text: ""), .notUnderstood, "checkContextPath"),
        (
            HTTPResponse(.found, fields: ["Location": "https://sso.acme.com/login?x=1"]), .notUnderstood,
            "to sso.acme.com."
        ),
        (HTTPResponse(.found, fields: ["Location": "/login"]), .notUnderstood, "another path of the same host"),
        (HTTPResponse(.found), .notUnderstood, "redirected"),
        (page, .notUnderstood, "web page"),
        (HTTPResponse(.ok, text: " <html>", type: "text/plain"), .notUnderstood, "web page"),
        (HTTPResponse(.ok), .notUnderstood, "checkTokenHeader"),
        (HTTPResponse(204), .notUnderstood, "status 204"),
        (HTTPResponse(.ok, text: #"{"status":"ok"}"#), .notUnderstood, "(it sent status)"),
        (HTTPResponse(.ok, text: "{"), .notUnderstood, "without a usable token"),
        (HTTPResponse(.tooManyRequests, fields: ["Retry-After": "7"]), .tooMany, "Wait 7 seconds"),
        (HTTPResponse(.internalServerError, text: "oops"), .unavailable, "500: “oops”"),
        (HTTPResponse(.serviceUnavailable, text: "<html>x</html>", type: "text/html"), .unavailable, "503."),
    ])
    func `reports every refusal in two sentences`(
        _ response: HTTPResponse,
        _ kind: OvalEdgeError.Kind,
        _ words: String
    ) async throws {
        let error = try await failure(response)
        #expect(error.kind == kind)
        #expect(error.sentences.contains(words), "\(error.sentences)")
        #expect(!error.sentences.contains("html") && !error.sentences.contains("x=1"))
        expectTwoSentences(error)
    }

    @Test func `says so when the named header is missing too`() async throws {
        let error = try await failure(HTTPResponse(.ok), fallbackHeader: "X-Auth-Token")
        #expect(error.what.contains("no token in the header X-Auth-Token"))
        expectTwoSentences(error)
    }

    @Test func `never repeats the secret that a server echoes`() async throws {
        let body = #"{"message":"no user ann-token-1234 with ann-secret-5678"}"#
        let error = try await failure(HTTPResponse(.unauthorized, text: body))
        #expect(error.what.contains("no user •••• with ••••"))
    }

    @Test func `reports silence in two sentences`() async throws {
        for failure in everyHTTPFailure {
            let http = ScriptedHTTP(.on(path, fail: failure))
            let error = try #require(await #expect(throws: OvalEdgeError.self) { _ = try await exchange(http).token() })
            #expect(error.kind == .unreachable)
            expectTwoSentences(error)
        }
    }
}
