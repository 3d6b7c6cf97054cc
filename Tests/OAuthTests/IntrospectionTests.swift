import HTTP
import JSON
import Logging
import TestSupport
import Testing
import Text

@testable import OAuth

@Suite struct `An introspection` {
    private let provider = FakeProvider("https://login.example.com", TestSigner("one"))
    private let address = "https://login.example.com/introspect"

    private func verifier(secret: Secret? = Secret("s:cret"), _ http: any HTTPClient) -> TokenVerifier {
        TokenVerifier(
            TokenRules(audiences: ["api"]),
            issuers: provider.issuers(),
            introspection: Introspection(at: address, clientID: "our client", secret: secret, client: http),
            now: { provider.clock.now }
        )
    }

    private func outcome(_ json: JSON, _ status: HTTPStatus = .ok) async -> Outcome {
        await verifier(ScriptedHTTP(.on("POST /introspect", status, json: json.text))).outcome("opaque")
    }

    private func active(_ changes: JSON = [:]) -> JSON {
        var json = provider.claims(changes)
        json["active"] = true
        return json
    }

    @Test func `sends the token in a form, and authenticates`() async throws {
        let http = ScriptedHTTP(.on("POST /introspect", json: active().text))
        let token = try await verifier(http).verify(Secret("opaque&token"))
        #expect(token.subject == "someone" && token.scopes == ["read", "write"] && token.client == "client")
        let request = try #require(http.sent.first)
        #expect(String(decoding: request.body, as: UTF8.self) == "token=opaque%26token&token_type_hint=access_token")
        #expect(request.fields["Authorization"] == "Basic " + Base64.encoded("our%20client:s%3Acret"))
        #expect(request.fields["Content-Type"] == "application/x-www-form-urlencoded")
        #expect(request.fields["Accept"] == "application/json")
        #expect(!request.mayBeRepeated && request.timeLimit == .seconds(10))
    }

    @Test func `names the client where there is no secret`() async throws {
        let http = ScriptedHTTP(.on("POST /introspect", json: active().text))
        _ = try await verifier(secret: nil, http).verify(Secret("opaque"))
        let request = try #require(http.sent.first)
        #expect(String(decoding: request.body, as: UTF8.self).hasSuffix("&client_id=our%20client"))
        #expect(request.fields["Authorization"] == nil)
    }

    @Test func `takes only what is active, in so many words`() async {
        #expect(await outcome(["active": false]) == .invalid)
        for active in [.null, "true", 1, "false", []] as [JSON] {
            var json = self.active()
            json["active"] = active
            #expect(await outcome(json) == .unavailable)
        }
    }

    @Test(
        arguments: [
            ["iss": "https://login.example.com/"], ["iss": 7], ["aud": .null], ["aud": "other"], ["exp": .null],
            ["exp": 1000], ["sub": .null], ["nonce": "n"], ["typ": "Refresh"], ["cnf": ["jkt": "k"]],
        ] as [JSON]
    )
    func `holds to the same rules`(changes: JSON) async { #expect(await outcome(active(changes)) == .invalid) }

    @Test func `is of the issuer that was asked where the answer does not say`() async throws {
        let http = ScriptedHTTP(.on("POST /introspect", json: active(["iss": .null]).text))
        #expect(try await verifier(http).verify(Secret("opaque")).issuer == "https://login.example.com")
    }

    @Test(arguments: [400, 401, 403, 404, 429, 500, 503] as [HTTPStatus])
    func `that fails makes no token invalid`(status: HTTPStatus) async {
        #expect(await outcome(active(), status) == .unavailable)
    }

    @Test func `that cannot be reached leads to no weaker way`() async {
        let signer = TestSigner("one")
        let http = ScriptedHTTP(.on("POST /introspect", fail: .timedOut(seconds: 10)))
        #expect(await verifier(http).outcome(signer.token(provider.claims())) == .unavailable)
        #expect(provider.asked.isEmpty)
    }

    @Test func `asks no one about the token of another provider`() async {
        let signer = TestSigner("one")
        let foreign = signer.token(provider.claims(["iss": "https://evil.example.com"]))
        #expect(await verifier(ScriptedHTTP()).outcome(foreign) == .invalid)
        let identity = signer.token(provider.claims(), header: ["typ": "id+jwt"])
        #expect(await verifier(ScriptedHTTP()).outcome(identity) == .invalid)
    }

    @Test func `is asked again after a minute`() async throws {
        let http = ScriptedHTTP(.on("POST /introspect", json: active().text))
        let verifier = verifier(http)
        _ = try await verifier.verify(Secret("opaque"))
        provider.clock.advance(by: 59)
        _ = try await verifier.verify(Secret("opaque"))
        #expect(http.sent.count == 1)
        provider.clock.advance(by: 1)
        http.add(.on("POST /introspect", json: #"{"active":false}"#))
        #expect(await verifier.outcome("opaque") == .invalid)
    }
}
