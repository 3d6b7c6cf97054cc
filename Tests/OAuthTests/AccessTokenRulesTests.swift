import JSON
import Logging
import TestSupport
import Testing

@testable import OAuth

@Suite struct `An access token` {
    private let signer = TestSigner("one")
    private let provider: FakeProvider

    init() { provider = FakeProvider("https://login.example.com", signer) }

    private func outcome(
        _ changes: JSON = [:],
        _ rules: TokenRules = TokenRules(audiences: ["api", "https://mcp.example.com/mcp"]),
        header: JSON = [:]
    ) async -> Outcome {
        await provider.verifier(rules).outcome(signer.token(provider.claims(changes), header: header))
    }

    @Test(arguments: ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt", nil])
    func `is of its type, or says nothing of that`(type: String?) async {
        #expect(await outcome(header: ["typ": type.map { .string($0) } ?? .null]) == .accepted("someone"))
    }

    @Test(arguments: [
        "id+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", "oauth-id-jag+jwt", "application/id+jwt", "at+jwtx", "",
        "token-introspection+jwt",
    ])
    func `is of no other type`(type: String) async {
        #expect(await outcome(header: ["typ": .string(type)]) == .invalid)
    }

    @Test(arguments: [("at+jwt", true), ("JWT", false), (nil, false)])
    func `has to be of its type where that is required`(type: String?, isTaken: Bool) async {
        let rules = TokenRules(audiences: ["api"], requiresAccessTokenType: true)
        let outcome = await outcome([:], rules, header: ["typ": type.map { .string($0) } ?? .null])
        #expect(outcome == (isTaken ? .accepted("someone") : .invalid))
    }

    @Test(
        arguments: [
            ["nonce": "n"], ["at_hash": "h"], ["c_hash": "h"], ["events": [:]], ["token_use": "id"], ["token_use": 7],
            ["typ": "ID"], ["typ": "Refresh"], ["typ": "bearer"], ["cnf": ["jkt": "thumbprint"]], ["cnf": .null],
        ] as [JSON]
    )
    func `is no ID token, no refresh token, no event and bound to no key`(claims: JSON) async {
        var changed = provider.claims()
        for member in claims.object?.members ?? [] { changed[member.name] = member.value }
        #expect(await provider.verifier().outcome(signer.token(changed)) == .invalid)
    }

    @Test(arguments: [["token_use": "access"], ["typ": "Bearer"]] as [JSON])
    func `may say that it is one`(claims: JSON) async { #expect(await outcome(claims) == .accepted("someone")) }

    @Test(
        arguments: [
            "api", "https://mcp.example.com/mcp", ["api"], ["account", "api"],
            ["other", "https://mcp.example.com/mcp"],
        ] as [JSON]
    )
    func `is for this server`(audience: JSON) async {
        #expect(await outcome(["aud": audience]) == .accepted("someone"))
    }

    @Test(
        arguments: [
            .null, "", "API", "ap", "apis", "https://mcp.example.com/mcp/", "https://mcp.example.com", [], ["account"],
            7,
            ["api", 7], ["api": true],
        ] as [JSON]
    )
    func `is for no one else`(audience: JSON) async { #expect(await outcome(["aud": audience]) == .invalid) }

    @Test func `is for no one where this server has no name`() async {
        #expect(await outcome(["aud": ""], TokenRules(audiences: [])) == .invalid)
    }

    @Test func `is for the client that asked, where providers write no audience`() async {
        let rules = TokenRules(audiences: ["client"], takesClientAsAudience: true)
        #expect(await outcome(["aud": .null], rules) == .accepted("someone"))
        #expect(await outcome(["aud": .null, "client_id": "other"], rules) == .invalid)
        #expect(await outcome(["aud": .null, "client_id": .null], rules) == .invalid)
        #expect(await outcome(["aud": "client", "client_id": "other"], rules) == .accepted("someone"))
        #expect(await outcome(["aud": "other"], rules) == .invalid)
    }

    @Test(arguments: ["client_id", "azp", "appid", "cid"])
    func `is from a client that is allowed`(claim: String) async {
        let rules = TokenRules(audiences: ["api"], clients: ["one", "two"])
        var claims: JSON = ["client_id": .null]
        claims[claim] = "two"
        #expect(await outcome(claims, rules) == .accepted("someone"))
        claims[claim] = "three"
        #expect(await outcome(claims, rules) == .invalid)
        claims[claim] = .null
        #expect(await outcome(claims, rules) == .invalid)
    }

    @Test(
        arguments: [
            (["scope": "read write"], ["read", "write"]),
            (["scope": "read  write "], ["read", "write"]),
            (["scope": .null, "scp": "read write"], ["read", "write"]),
            (["scope": "read", "scp": ["write", 7]], ["read", "write"]),
            (["scope": .null, "permissions": ["edit", "delete"], "roles": ["Editor", "admin"]], ["edit", "Editor"]),
            (["scope": 7], []),
            (["scope": "r\u{E9}ad \u{212A}"], []),
        ] as [(JSON, Set<String>)]
    )
    func `has the scopes it was granted, and roles that count as such`(claims: JSON, scopes: Set<String>) async throws {
        let rules = TokenRules(audiences: ["api"], roles: ["edit", "Editor"])
        let token = try await provider.verifier(rules).verify(Secret(signer.token(provider.claims(claims))))
        #expect(token.scopes == scopes)
        #expect(token.issuer == provider.issuer && token.client == "client")
        #expect(token.expiry == provider.clock.now + 3600)
        #expect(token.claims["aud"] == "api")
    }

    @Test(
        arguments: [
            .null, "", 7, .string(String(repeating: "a", count: 513)), "a\u{0}b", "a\nb", "half \u{FFFD}",
        ] as [JSON]
    )
    func `says who it is for`(subject: JSON) async { #expect(await outcome(["sub": subject]) == .invalid) }

    /// Texts that are equal in Swift, and differ for their issuer.
    @Test func `is for no one whose name only looks the same`() async {
        let names = ["K", "\u{212A}", "\u{E9}", "e\u{301}", "%C3%A9"]
        var subjects: Set<String> = []
        for name in names {
            guard case .accepted(let subject) = await outcome(["sub": .string(name)]) else { continue }
            subjects.insert(subject)
        }
        #expect(subjects.count == names.count)
        #expect(await outcome(["client_id": "\u{212A}"], TokenRules(audiences: ["api"], clients: ["K"])) == .invalid)
        #expect(await outcome(["aud": "\u{212A}"], TokenRules(audiences: ["K"])) == .invalid)
        let issuer = FakeProvider("https://K.example.com", signer)
        let token = signer.token(issuer.claims(["iss": "https://\u{212A}.example.com"]))
        #expect(await issuer.verifier().outcome(token) == .invalid)
        #expect(await issuer.verifier().outcome(signer.token(issuer.claims())) == .accepted("someone"))
    }

    @Test func `has an end, with a leeway`() async {
        let now = provider.clock.now
        #expect(await outcome(["exp": .null]) == .invalid)
        #expect(await outcome(["exp": .double(now - 59)]) == .accepted("someone"))
        #expect(await outcome(["exp": .double(now - 60)]) == .invalid)
        let strict = TokenRules(audiences: ["api"], leeway: 0)
        #expect(await outcome(["exp": .double(now - 1)], strict) == .invalid)
        #expect(await outcome(["nbf": .double(now + 61)]) == .invalid)
        #expect(await outcome(["iat": .double(now + 61)]) == .invalid)
        #expect(await outcome(["exp": "never"]) == .invalid)
    }

    @Test(arguments: ["", "opaque", "a.b.c", "e30.e30.", "e30.e30.e30.e30.e30"])
    func `is a signed JSON Web Token`(text: String) async {
        #expect(await provider.verifier().outcome(text) == .invalid)
        #expect(provider.asked.isEmpty)
    }
}

@Suite struct `A token that was verified` {
    private let signer = TestSigner("one")
    private let provider: FakeProvider

    init() { provider = FakeProvider("https://login.example.com", signer) }

    @Test func `is known for a minute`() async throws {
        let verifier = provider.verifier()
        let token = Secret(signer.token(provider.claims()))
        #expect(try verifier.known(token) == nil)
        _ = try await verifier.verify(token)
        provider.clock.advance(by: 59)
        #expect(try verifier.known(token)?.subject == "someone")
        #expect(try verifier.known(Secret(signer.token(provider.claims(["sub": "other"])))) == nil)
        provider.clock.advance(by: 1)
        #expect(try verifier.known(token) == nil)
        #expect(await verifier.outcome(token.revealed) == .accepted("someone"))
    }

    @Test func `is not known past its end`() async throws {
        let verifier = provider.verifier()
        let token = Secret(signer.token(provider.claims(["exp": .double(provider.clock.now + 10)])))
        _ = try await verifier.verify(token)
        provider.clock.advance(by: 9)
        #expect(try verifier.known(token) != nil)
        provider.clock.advance(by: 1)
        #expect(try verifier.known(token) == nil)
        // Within the leeway it is verified each time.
        #expect(await verifier.outcome(token.revealed) == .accepted("someone"))
        #expect(try verifier.known(token) == nil)
        provider.clock.advance(by: 60)
        #expect(await verifier.outcome(token.revealed) == .invalid)
    }

    @Test(arguments: [(0.0, false), (5, true), (600, false)])
    func `is kept as long as was set, and a minute at most`(seconds: Double, isKnown: Bool) async throws {
        let verifier = TokenVerifier(
            TokenRules(audiences: ["api"]),
            issuers: provider.issuers(),
            keptSeconds: seconds,
            now: { provider.clock.now }
        )
        let token = Secret(signer.token(provider.claims()))
        _ = try await verifier.verify(token)
        provider.clock.advance(by: seconds > 60 ? 60 : 4)
        #expect(try (verifier.known(token) != nil) == isKnown)
    }

    @Test func `is verified without asking anyone once the keys are there`() async throws {
        let verifier = provider.verifier()
        func token(_ signer: TestSigner, _ changes: JSON = [:]) -> Secret {
            Secret(signer.token(provider.claims(changes)))
        }
        #expect(try verifier.verifyAtHand(token(signer)) == nil, "the keys are not there")
        _ = try await verifier.verify(token(signer))
        let asked = provider.asked.count
        let next = token(signer, ["jti": "next"])
        #expect(try verifier.verifyAtHand(next)?.subject == "someone")
        #expect(try verifier.known(next)?.subject == "someone")
        #expect(try verifier.verifyAtHand(token(TestSigner("stranger"))) == nil, "there may be new keys")
        for wrong in [token(signer, ["aud": "other"]), Secret(next.revealed.dropLast(6) + "AAAAAA"), Secret("wrong")] {
            #expect(throws: TokenRefusal.self) { try verifier.verifyAtHand(wrong) }
        }
        provider.clock.advance(by: 3660)
        #expect(throws: TokenRefusal.self) { try verifier.verifyAtHand(next) }
        #expect(provider.asked.count == asked)
    }

    @Test func `is one of so many`() {
        var cache = TokenCache<Int>(mostNew: 100)
        for number in 0..<300 { cache.insert(number, for: Secret("\(number)"), until: 2) }
        #expect(cache.count <= 200)
        #expect(cache.kept(Secret("0"), at: 1) == nil && cache.kept(Secret("299"), at: 2) == nil)
        #expect(cache.kept(Secret("299"), at: 1) == 299)
    }

    @Test func `is too long to be one`() async throws {
        let long = Secret(String(repeating: "a", count: 16_385))
        #expect(throws: TokenRefusal.self) { try provider.verifier().known(long) }
    }
}
