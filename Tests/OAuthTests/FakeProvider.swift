import HTTP
import JSON
import Logging
import OAuth
import Synchronization
import TestSupport

/// An identity provider of a test: its documents can be changed, fail, and are counted.
final class FakeProvider: HTTPClient {
    private struct State {
        var answers: [String: HTTPResponse] = [:]
        var isDown = false
        var asked: [String] = []
    }

    let issuer: String
    let clock = TestClock()
    private let state = Mutex(State())

    /// With metadata where OpenID Connect has it, and the keys of these signers.
    init(_ issuer: String = "https://login.example.com", _ signers: TestSigner...) {
        self.issuer = issuer
        publish(signers)
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        answer(
            base + "/.well-known/openid-configuration",
            [
                "issuer": .string(issuer), "jwks_uri": .string(keysAddress),
                "token_endpoint": "https://login.example.com/token",
            ]
        )
    }

    var keysAddress: String { "https://login.example.com/keys" }

    func publish(_ signers: [TestSigner], fields: HTTPFields = [:]) {
        answer(keysAddress, ["keys": .array(signers.map { $0.jwk })], fields: fields)
    }

    func answer(_ address: String, _ json: JSON, fields: HTTPFields = [:]) {
        answer(address, HTTPResponse(.ok, fields: fields, body: json.bytes))
    }

    func answer(_ address: String, _ response: HTTPResponse) { state.withLock { $0.answers[address] = response } }

    /// Refuses all connections from now on, or no more.
    func isDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

    /// How often its keys were fetched.
    var keyFetches: Int { asked.count { $0 == keysAddress } }
    var asked: [String] { state.withLock { $0.asked } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let (answer, isDown) = state.withLock { state in
            state.asked.append(request.url)
            return (state.answers[request.url], state.isDown)
        }
        if isDown { throw .connectionRefused(host: "login.example.com") }
        return answer ?? HTTPResponse(404)
    }

    func issuers() -> TrustedIssuers { TrustedIssuers([issuer], client: self, now: { self.clock.now }) }

    func verifier(_ rules: TokenRules = TokenRules(audiences: ["api"])) -> TokenVerifier {
        TokenVerifier(rules, issuers: issuers(), now: { self.clock.now })
    }

    /// Those of a token that is good for an hour, with these instead; null takes one out.
    func claims(_ changes: JSON = [:]) -> JSON {
        var claims: JSON = [
            "iss": .string(issuer), "sub": "someone", "aud": "api", "client_id": "client", "iat": .double(clock.now),
            "exp": .double(clock.now + 3600), "scope": "read write",
        ]
        for member in changes.object?.members ?? [] { claims[member.name] = member.value.isNull ? nil : member.value }
        return claims
    }
}

extension TokenVerifier {
    /// What became of a token, for comparison.
    func outcome(_ text: String) async -> Outcome {
        do throws(TokenRefusal) {
            return .accepted(try await verify(Secret(text)).subject)
        } catch {
            switch error {
            case .invalid: return .invalid
            case .unavailable: return .unavailable
            }
        }
    }
}

enum Outcome: Hashable {
    case accepted(String)
    case invalid, unavailable
}
