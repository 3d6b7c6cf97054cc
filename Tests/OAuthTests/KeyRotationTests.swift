import HTTP
import JSON
import Logging
import TestSupport
import Testing

@testable import OAuth

@Suite struct `The keys of an issuer` {
    private let old = TestSigner("old")
    private let new = TestSigner("new")
    private let provider: FakeProvider
    private let verifier: TokenVerifier

    init() {
        provider = FakeProvider("https://login.example.com", old)
        verifier = provider.verifier()
    }

    private func outcome(_ signer: TestSigner, _ changes: JSON = [:]) async -> Outcome {
        // Each is another token, so that none is known already.
        var changes = changes
        changes["jti"] = .int(provider.asked.count &* 1000 &+ Int.random(in: 0..<1000))
        return await verifier.outcome(signer.token(provider.claims(changes)))
    }

    @Test func `are fetched when the first token comes, once for all`() async {
        #expect(provider.asked.isEmpty)
        await withTaskGroup(of: Outcome.self) { group in
            for number in 0..<20 {
                let token = old.token(provider.claims(["jti": .int(number)]))
                group.addTask { await self.verifier.outcome(token) }
            }
            for await outcome in group { #expect(outcome == .accepted("someone")) }
        }
        #expect(provider.asked.count == 2)
    }

    @Test func `are fetched for no issuer that is not trusted`() async {
        for issuer in ["https://login.example.com/", "https://LOGIN.example.com", "https://evil.example.com", ""] {
            #expect(await outcome(old, ["iss": .string(issuer)]) == .invalid)
        }
        #expect(await outcome(old, ["iss": .null]) == .invalid)
        #expect(await outcome(old, ["iss": ["https://login.example.com"]]) == .invalid)
        #expect(provider.asked.isEmpty)
    }

    @Test func `are fetched again for a new one at once, although the first fetch was a moment ago`() async {
        #expect(await outcome(old) == .accepted("someone"))
        provider.publish([old, new])
        #expect(await outcome(new) == .accepted("someone"))
        #expect(provider.keyFetches == 2)
    }

    @Test func `are fetched once in half a minute for those that are not there`() async {
        #expect(await outcome(old) == .accepted("someone"))
        for number in 0..<100 { #expect(await outcome(TestSigner("stranger \(number)")) == .invalid) }
        #expect(provider.keyFetches == 2)
        provider.publish([old, new])
        provider.clock.advance(by: 29)
        #expect(await outcome(new) == .invalid)
        provider.clock.advance(by: 1)
        #expect(await outcome(new) == .accepted("someone"))
        #expect(provider.keyFetches == 3)
    }

    @Test func `are fetched once for all who bring a new one at the same time`() async {
        #expect(await outcome(old) == .accepted("someone"))
        provider.publish([new])
        await withTaskGroup(of: Outcome.self) { group in
            for number in 0..<100 {
                let token = new.token(provider.claims(["jti": .int(number)]))
                group.addTask { await self.verifier.outcome(token) }
            }
            for await outcome in group { #expect(outcome == .accepted("someone")) }
        }
        #expect(provider.keyFetches == 2)
    }

    @Test func `are not looked for again while one is known to be absent`() async {
        #expect(await outcome(new) == .invalid)
        #expect(provider.keyFetches == 2)
        provider.clock.advance(by: 31)
        #expect(await outcome(new) == .invalid)
        #expect(provider.keyFetches == 2)
        provider.clock.advance(by: 30)
        #expect(await outcome(new) == .invalid)
        #expect(provider.keyFetches == 3)
    }

    @Test func `are not fetched again for a wrong signature`() async throws {
        #expect(await outcome(old) == .accepted("someone"))
        let forged = new.token(provider.claims(), header: ["kid": "old"])
        #expect(await verifier.outcome(forged) == .invalid)
        #expect(provider.keyFetches == 1)
    }

    @Test func `may be unnamed in a token, also when they change`() async {
        func unnamed(_ signer: TestSigner) -> String { signer.token(provider.claims(), header: ["kid": .null]) }
        #expect(await verifier.outcome(unnamed(old)) == .accepted("someone"))
        provider.publish([new])
        #expect(await verifier.outcome(unnamed(new)) == .accepted("someone"))
        #expect(provider.keyFetches == 2)
    }

    @Test func `that are withdrawn count no more once the others are fetched`() async {
        #expect(await outcome(old) == .accepted("someone"))
        provider.publish([new])
        #expect(await outcome(new) == .accepted("someone"))
        #expect(await outcome(old) == .invalid)
    }

    @Test func `are kept for an hour, or as long as they say, within bounds`() async {
        for (field, seconds) in [
            ("", 3600.0), ("max-age=600", 600), ("public, Max-Age=600, must-revalidate", 600), ("max-age=1", 300),
            ("no-store", 300), ("max-age=9999999", 86_400),
        ] {
            let provider = FakeProvider("https://login.example.com", old)
            provider.publish([old], fields: field.isEmpty ? [:] : ["Cache-Control": field])
            let verifier = provider.verifier()
            func fetches() async -> Int {
                let token = old.token(provider.claims(["exp": .double(provider.clock.now + 100)]))
                #expect(await verifier.outcome(token) == .accepted("someone"))
                return provider.keyFetches
            }
            #expect(await fetches() == 1, "\(field)")
            provider.clock.advance(by: seconds - 1)
            #expect(await fetches() == 1, "\(field)")
            provider.clock.advance(by: 1)
            #expect(await fetches() == 2, "\(field)")
        }
    }

    @Test func `are the last good ones for a day while the provider is down`() async {
        #expect(await outcome(old) == .accepted("someone"))
        provider.isDown(true)
        provider.clock.advance(by: 3600)
        #expect(await outcome(old) == .accepted("someone"))
        let asked = provider.asked.count
        // A new one is asked for, and no one can say whether it is good.
        #expect(await outcome(new) == .unavailable)
        provider.clock.advance(by: 29)
        #expect(await outcome(old) == .accepted("someone"))
        #expect(provider.asked.count <= asked + 1)
        provider.clock.advance(by: 86_400 - 30)
        #expect(await outcome(old) == .accepted("someone"))
        provider.clock.advance(by: 31)
        #expect(await outcome(old) == .unavailable)
        provider.isDown(false)
        provider.clock.advance(by: 1)
        #expect(await outcome(old) == .accepted("someone"))
    }

    @Test func `are the last good ones while the provider answers nonsense`() async {
        #expect(await outcome(old) == .accepted("someone"))
        let answers = [
            HTTPResponse(.internalServerError), HTTPResponse(.ok, text: "<html>"), HTTPResponse(.ok, text: "{}"),
            HTTPResponse(.found, fields: ["Location": "https://evil.example.com"]),
            HTTPResponse(.ok, body: [UInt8](repeating: 0x20, count: 300_000)),
        ]
        for answer in answers {
            provider.answer(provider.keysAddress, answer)
            provider.clock.advance(by: 3600)
            #expect(await outcome(old) == .accepted("someone"))
        }
        #expect(provider.keyFetches == answers.count + 1)
    }

    @Test func `are unavailable, and no token is invalid, while the provider was never reached`() async {
        provider.isDown(true)
        #expect(await outcome(old) == .unavailable)
        #expect(await outcome(old) == .unavailable)
        #expect(provider.asked.count == 1)
        provider.clock.advance(by: 1)
        #expect(await outcome(old) == .unavailable)
        #expect(provider.asked.count == 2)
        provider.isDown(false)
        provider.clock.advance(by: 1)
        #expect(await outcome(old) == .accepted("someone"))
    }
}

@Suite struct `The metadata of an issuer` {
    private let signer = TestSigner("one")

    private func failure(_ issuer: String, _ metadata: JSON) async -> String? {
        let provider = FakeProvider(issuer, signer)
        provider.answer(issuer + "/.well-known/openid-configuration", metadata)
        do throws(ProviderFailure) {
            _ = try await provider.issuers().first?.metadata()
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        (
            "https://a.example.com",
            [
                "https://a.example.com/.well-known/openid-configuration",
                "https://a.example.com/.well-known/oauth-authorization-server",
            ]
        ),
        (
            "https://a.example.com/",
            [
                "https://a.example.com/.well-known/openid-configuration",
                "https://a.example.com/.well-known/oauth-authorization-server",
            ]
        ),
        (
            "https://a.example.com:8443/oauth2/default",
            [
                "https://a.example.com:8443/oauth2/default/.well-known/openid-configuration",
                "https://a.example.com:8443/.well-known/oauth-authorization-server/oauth2/default",
                "https://a.example.com:8443/oauth2/default/.well-known/oauth-authorization-server",
                "https://a.example.com:8443/.well-known/openid-configuration/oauth2/default",
            ]
        ),
    ])
    func `is looked for at each place where it may be`(issuer: String, addresses: [String]) {
        #expect(IssuerAddress.metadata(of: issuer) == addresses)
    }

    @Test func `is what is found first`() async throws {
        let provider = FakeProvider("https://login.example.com/realm", signer)
        let found = provider.issuer + "/.well-known/openid-configuration"
        provider.answer(found, HTTPResponse(.notFound))
        provider.answer(
            "https://login.example.com/.well-known/oauth-authorization-server/realm",
            ["issuer": "https://login.example.com/realm", "jwks_uri": .string(provider.keysAddress)]
        )
        #expect(await provider.verifier().outcome(signer.token(provider.claims())) == .accepted("someone"))
        #expect(provider.asked.count == 3)
    }

    @Test func `is searched for no further after a fault of the server`() async {
        let provider = FakeProvider("https://login.example.com", signer)
        provider.answer(provider.issuer + "/.well-known/openid-configuration", HTTPResponse(.badGateway))
        #expect(await provider.verifier().outcome(signer.token(provider.claims())) == .unavailable)
        #expect(provider.asked.count == 1)
    }

    @Test(
        arguments: [
            [:], ["issuer": "https://a.example.com/"], ["issuer": "https://A.example.com"],
            ["issuer": "https://a.example.com/{tenantid}"], ["issuer": 7],
            ["issuer": "https://a.example.com", "jwks_uri": "http://a.example.com/keys"],
            ["issuer": "https://a.example.com", "jwks_uri": "http://127.0.0.1/keys"],
            ["issuer": "https://a.example.com", "jwks_uri": "file:///etc/passwd"],
            ["issuer": "https://a.example.com", "jwks_uri": 7],
            ["issuer": "https://a.example.com", "token_endpoint": "http://a.example.com/token"],
        ] as [JSON]
    )
    func `has to name the issuer itself, and only what is encrypted`(metadata: JSON) async {
        #expect(await failure("https://a.example.com", ["issuer": "https://a.example.com"]) == nil)
        #expect(await failure("https://a.example.com", metadata) != nil)
    }

    @Test func `may be unencrypted on this machine, for trials`() async {
        let issuer = "http://127.0.0.1:9000"
        let keys: JSON = ["issuer": .string(issuer), "jwks_uri": "http://127.0.0.1:9000/keys"]
        #expect(await failure(issuer, keys) == nil)
        #expect(await failure(issuer, ["issuer": .string(issuer), "jwks_uri": "http://a.example.com/keys"]) != nil)
    }

    @Test(arguments: [
        "", "login.example.com", "http://login.example.com", "ftp://login.example.com", "https://a@login.example.com",
        "https://login.example.com?x=1", "https://login.example.com/#x", "https://login.example.com/{tenantid}/v2.0",
        "https://login.microsoftonline.com/common/v2.0", "https://login.microsoftonline.com/organizations/v2.0",
        "https://sts.windows.net/common/",
    ])
    func `is of no issuer that stands for many, or may be read on the way`(issuer: String) {
        #expect(IssuerAddress.problem(with: issuer) != nil)
    }

    @Test(arguments: [
        "https://login.example.com", "https://login.example.com/", "https://login.example.com/realms/common",
        "http://127.0.0.1:9000", "http://localhost/x", "https://login.microsoftonline.com/0000-11/v2.0",
    ])
    func `is of an issuer with an address of its own`(issuer: String) {
        #expect(IssuerAddress.problem(with: issuer) == nil)
    }
}
