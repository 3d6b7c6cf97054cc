import JSON
import Logging
import TestSupport
import Testing

@testable import OAuth

@Suite struct `An assertion of an identity provider` {
    private let signer = TestSigner("one")
    private let provider: FakeProvider
    private let verifier: AssertionVerifier

    init() {
        let provider = FakeProvider("https://login.example.com", signer)
        self.provider = provider
        verifier = AssertionVerifier(
            audience: "https://mcp.example.com",
            resources: ["https://mcp.example.com/mcp", "https://mcp.example.com"],
            issuers: provider.issuers(),
            now: { provider.clock.now }
        )
    }

    private func assertion(_ changes: JSON = [:], header: JSON = [:], by signer: TestSigner? = nil) -> Secret {
        var claims: JSON = [
            "iss": "https://login.example.com", "sub": "someone", "aud": "https://mcp.example.com",
            "client_id": "client", "resource": "https://mcp.example.com/mcp", "jti": "once",
            "iat": .double(provider.clock.now), "exp": .double(provider.clock.now + 300), "scope": "read write",
        ]
        var header = header
        if header["typ"] == nil { header["typ"] = "oauth-id-jag+jwt" }
        for member in changes.object?.members ?? [] { claims[member.name] = member.value.isNull ? nil : member.value }
        return Secret((signer ?? self.signer).token(claims, header: header))
    }

    private func refusal(_ assertion: Secret, client: String = "client") async -> TokenRefusal? {
        do throws(TokenRefusal) {
            _ = try await verifier.verify(assertion, client: client)
            return nil
        } catch {
            return error
        }
    }

    private func isInvalid(_ assertion: Secret, client: String = "client") async -> Bool {
        if case .invalid = await refusal(assertion, client: client) { true } else { false }
    }

    @Test func `says who signs in, for which client, and is good once`() async throws {
        let read = try await verifier.verify(assertion(), client: "client")
        #expect(read.issuer == "https://login.example.com" && read.subject == "someone")
        #expect(read.id == "once" && read.expiry == provider.clock.now + 300)
        #expect(read.scopes == ["read", "write"])
        #expect(await refusal(assertion(["aud": ["https://mcp.example.com"]])) == nil)
        #expect(await refusal(assertion(["resource": "https://mcp.example.com"])) == nil)
    }

    @Test(
        arguments: [
            ["iss": "https://login.example.com/"], ["iss": .null], ["aud": "https://mcp.example.com/"],
            ["aud": ["https://mcp.example.com", "https://other.example.com"]], ["aud": []], ["aud": .null], ["aud": 7],
            ["client_id": "other"], ["client_id": .null], ["resource": "https://other.example.com/mcp"],
            ["resource": .null], ["jti": .null], ["jti": ""], ["jti": 7],
            ["jti": .string(String(repeating: "a", count: 257))], ["iat": .null], ["exp": .null], ["sub": .null],
            ["sub": ""], ["cnf": ["jkt": "k"]], ["authorization_details": []],
        ] as [JSON]
    )
    func `is refused for anyone else, and with what is not supported`(changes: JSON) async {
        #expect(await isInvalid(assertion(changes)))
    }

    @Test func `is refused for another client than the one that brings it`() async {
        #expect(await isInvalid(assertion(), client: "other"))
    }

    @Test func `is good for five minutes at most`() async {
        let now = provider.clock.now
        #expect(await isInvalid(assertion(["exp": .double(now + 301)])))
        #expect(await isInvalid(assertion(["iat": .double(now - 10), "exp": .double(now - 20)])))
        #expect(await refusal(assertion(["iat": .double(now - 200), "exp": .double(now + 100)])) == nil)
        #expect(await isInvalid(assertion(["iat": .double(now - 400), "exp": .double(now - 100)])))
    }

    @Test(arguments: ["JWT", "at+jwt", "id+jwt", "oauth-id-jag"])
    func `is of its own type`(type: String) async {
        #expect(await isInvalid(assertion(header: ["typ": .string(type)])))
    }

    @Test func `is signed by its issuer`() async {
        #expect(await isInvalid(assertion(by: TestSigner("two"))))
        #expect(await isInvalid(assertion(header: ["kid": "one"], by: TestSigner("two"))))
    }

    @Test func `is not invalid while its issuer cannot be reached`() async {
        provider.isDown(true)
        guard case .unavailable = await refusal(assertion()) else {
            Issue.record("It was refused as if it were invalid.")
            return
        }
    }
}
