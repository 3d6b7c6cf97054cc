import AuthorizationServer
import HTTP
import JSON
import Logging
import MCP
import OAuth
import TestSupport
import Testing

@testable import oe_mcp_http

/// An identity provider that publishes one key.
private struct Provider: HTTPClient {
    let signer: TestSigner

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        switch request.url {
        case "https://login.example.com/.well-known/openid-configuration":
            let json: JSON = ["issuer": "https://login.example.com", "jwks_uri": "https://login.example.com/keys"]
            return HTTPResponse(.ok, body: json.bytes)
        case "https://login.example.com/keys":
            let json: JSON = ["keys": [signer.jwk]]
            return HTTPResponse(.ok, body: json.bytes)
        default: return HTTPResponse(404)
        }
    }
}

@Suite struct `Someone whom an identity provider vouches for` {
    private let clock = TestClock()
    private let signer = TestSigner("one")
    private let people: AssertedPeople

    init() {
        let clock = clock
        let verifier = AssertionVerifier(
            audience: "https://mcp.test",
            resources: ["https://mcp.test/mcp", "https://mcp.test"],
            issuers: TrustedIssuers(
                ["https://login.example.com"],
                client: Provider(signer: signer),
                now: { clock.now }
            ),
            now: { clock.now }
        )
        people = AssertedPeople(
            verifier,
            GrantStore(RecordsInMemory { clock.now }, now: { clock.now }),
            acting: MachineGrants.Person(label: "1a2b3c4d", identity: [1], payload: [2]),
            granted: { CatalogScope.granted($0) }
        )
    }

    private func person(
        _ changes: JSON = [:],
        isPublic: Bool = false
    ) async -> Result<MachineGrants.Person, OAuthError> {
        var claims: JSON = [
            "iss": "https://login.example.com", "sub": "petra", "aud": "https://mcp.test", "client_id": "agent",
            "resource": "https://mcp.test/mcp", "jti": "1", "iat": .double(clock.now), "exp": .double(clock.now + 300),
        ]
        for member in changes.object?.members ?? [] { claims[member.name] = member.value.isNull ? nil : member.value }
        let client = OAuthClient(
            id: "agent",
            name: "Agent",
            identity: .configured,
            redirects: [],
            secretDigest: isPublic ? nil : [0]
        )
        return await people.person(in: Secret(signer.token(claims, header: ["typ": "oauth-id-jag+jwt"])), of: client)
    }

    private func error(_ changes: JSON = [:], isPublic: Bool = false) async -> OAuthError? {
        if case .failure(let error) = await person(changes, isPublic: isPublic) { error } else { nil }
    }

    @Test func `acts for the account of this server, and is known apart from others`() async throws {
        let petra = try await person().get()
        let paul = try await person(["jti": "2", "sub": "paul"]).get()
        #expect(petra.payload == [2] && petra.label.hasPrefix(AssertedPeople.mark))
        #expect(petra.label != paul.label && petra.identity != paul.identity)
        #expect(try await person(["jti": "3"]).get().identity == petra.identity)
        let subject = AccountSubject(account: "feed", person: petra.label).text
        #expect(subject != AccountSubject(account: "feed", person: paul.label).text)
        #expect(AccountSubject.account(of: Principal(subject)).id.subject == "feed")
        #expect(AccountSubject(account: "feed", person: "1a2b3c4d").text == "feed")
    }

    @Test func `may do no more than the assertion says`() async throws {
        #expect(try await person().get().scopes == nil)
        #expect(try await person(["jti": "2", "scope": "ovaledge:read openid"]).get().scopes == ["ovaledge:read"])
        #expect(try await person(["jti": "3", "scope": "openid"]).get().scopes == [])
    }

    @Test func `comes with each assertion once, and with none that is not for this client and server`() async throws {
        #expect(await error() == nil)
        let again = try #require(await error())
        #expect(again.code == .invalidGrant && again.cause == "it was used before")
        for changes in [["aud": "https://other.test"], ["client_id": "other"], ["iss": "https://evil.test"]] as [JSON] {
            let error = await error(changes)
            #expect(error?.code == .invalidGrant && error?.cause?.isEmpty == false)
        }
        #expect(await error(["jti": "9"], isPublic: true)?.code == .unauthorizedClient)
    }
}
