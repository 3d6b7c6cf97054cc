import AuthorizationServer
import Logging
import OAuth
import TestSupport
import Testing

private typealias Fixture = AuthorizationFixture

@Suite struct `A refresh token` {
    private let fixture = Fixture()

    @Test func `is replaced each time`() async throws {
        var tokens = try await fixture.signedIn()
        for _ in 1...5 {
            fixture.clock.advance(by: 3000)
            let next = try await fixture.refreshed(tokens.refresh)
            #expect(next.refresh != tokens.refresh && next.access != tokens.access)
            #expect(try await fixture.issuer.opened(next.access).content == Fixture.content)
            tokens = next
        }
    }

    @Test func `leads ten clients at once to one successor`() async throws {
        let tokens = try await fixture.signedIn()
        let answers = await atOnce(10) { [fixture] in try await fixture.refreshed(tokens.refresh) }.compactMap { $0 }
        #expect(answers.count == 10)
        #expect(Set(answers.map { $0.refresh }).count == 1)
        #expect(Set(answers.map { $0.access }).count == 10)
        for answer in answers { #expect(await fixture.isGood(answer.access)) }
        #expect(try await errorCode { try await fixture.refreshed(answers[0].refresh) } == nil)
    }

    @Test func `leads to the same successor for two minutes, and later ends the grant`() async throws {
        let tokens = try await fixture.signedIn()
        let next = try await fixture.refreshed(tokens.refresh)
        fixture.clock.advance(by: 119)
        #expect(try await fixture.refreshed(tokens.refresh).refresh == next.refresh)
        fixture.clock.advance(by: 2)
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .invalidGrant)
        #expect(await !fixture.isGood(next.access))
        #expect(try await errorCode { try await fixture.refreshed(next.refresh) } == .invalidGrant)
        #expect(fixture.events.count == 1)
        #expect(try await fixture.store.grant(tokens.grant)?.revocation?.reason == .refreshTokenReuse)
    }

    @Test func `may be repeated ten times`() async throws {
        let tokens = try await fixture.signedIn()
        for _ in 0...10 { _ = try await fixture.refreshed(tokens.refresh) }
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .invalidGrant)
        #expect(try await fixture.store.grants() == [])
    }

    @Test func `of two generations before ends the grant at once`() async throws {
        let first = try await fixture.signedIn()
        let second = try await fixture.refreshed(first.refresh)
        let third = try await fixture.refreshed(second.refresh)
        #expect(try await errorCode { try await fixture.refreshed(first.refresh) } == .invalidGrant)
        #expect(await !fixture.isGood(third.access))
    }

    @Test func `that was made up ends nothing, though it names the grant`() async throws {
        let tokens = try await fixture.signedIn()
        let text = "oert_\(tokens.grant)_" + String(repeating: "A", count: 51)
        #expect(try await errorCode { try await fixture.refreshed(Secret(text)) } == .invalidGrant)
        #expect(await fixture.isGood(tokens.access))
    }

    @Test func `of another client changes nothing`() async throws {
        let tokens = try await fixture.signedIn()
        let request = TokenRefresh(token: tokens.refresh ?? Secret(""), client: "another")
        #expect(try await errorCode { try await fixture.issuer.refresh(request) } == .invalidGrant)
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == nil)
    }

    @Test func `is good for fewer scopes, and not for more`() async throws {
        let tokens = try await fixture.signedIn(scopes: ["read"])
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh, scopes: ["write"]) } == .invalidScope)
        let both = try await fixture.signedIn()
        let fewer = try await fixture.refreshed(both.refresh, scopes: ["read", "offline_access"])
        #expect(fewer.scopes == ["read"])
        #expect(try await fixture.issuer.opened(fewer.access).scopes == ["read"])
        #expect(try await fixture.refreshed(fewer.refresh).scopes == ["read", "write"])
    }

    @Test func `is for its resource, which need not be named`() async throws {
        let tokens = try await fixture.signedIn()
        var request = TokenRefresh(token: tokens.refresh ?? Secret(""), client: "client")
        request.resource = "https://other.example/mcp"
        #expect(try await errorCode { try await fixture.issuer.refresh(request) } == .invalidTarget)
        request.resource = "https://mcp.example.com/mcp"
        #expect(try await errorCode { try await fixture.issuer.refresh(request) } == nil)
    }

    @Test func `ends a month after it was last used, and the grant after three`() async throws {
        var tokens = try await fixture.signedIn()
        fixture.clock.advance(by: 30 * 86_400 + 1)
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .invalidGrant)
        tokens = try await fixture.signedIn()
        for _ in 1...3 {
            fixture.clock.advance(by: 29.9 * 86_400)
            tokens = try await fixture.refreshed(tokens.refresh)
        }
        #expect(tokens.expiresIn == 3600)
        fixture.clock.advance(by: 0.3 * 86_400 - 600)
        tokens = try await fixture.refreshed(tokens.refresh)
        #expect(abs(tokens.expiresIn - 600) <= 1, "An access token ends with its grant.")
        fixture.clock.advance(by: 601)
        #expect(await !fixture.isGood(tokens.access))
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .invalidGrant)
    }

    @Test func `goes on across a new key, also while it is repeated`() async throws {
        let (old, new) = ([UInt8](repeating: 7, count: 32), [UInt8](repeating: 8, count: 32))
        let tokens = try await fixture.signedIn()
        let next = try await fixture.refreshed(tokens.refresh)
        fixture.use(keys: [new, old])
        #expect(await fixture.isGood(next.access))
        #expect(
            try await fixture.refreshed(tokens.refresh).refresh?.revealed.dropLast(8)
                == next.refresh?.revealed.dropLast(8)
        )
        let third = try await fixture.refreshed(next.refresh)
        fixture.use(keys: [new])
        // What was opened a moment ago is still known for five seconds.
        fixture.clock.advance(by: 6)
        #expect(await fixture.isGood(third.access))
        #expect(await !fixture.isGood(next.access))
        #expect(try await errorCode { try await fixture.refreshed(third.refresh) } == nil)
    }
}

@Suite struct `Revoking` {
    private let fixture = Fixture()

    @Test func `an access token ends that token alone`() async throws {
        let tokens = try await fixture.signedIn()
        #expect(await fixture.isGood(tokens.access))
        try await fixture.issuer.revoke(tokens.access, by: "client")
        #expect(await !fixture.isGood(tokens.access))
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == nil)
    }

    @Test func `a refresh token ends its grant`() async throws {
        let tokens = try await fixture.signedIn()
        #expect(await fixture.isGood(tokens.access))
        try await fixture.issuer.revoke(tokens.refresh ?? Secret(""), by: "client")
        #expect(await !fixture.isGood(tokens.access))
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .invalidGrant)
    }

    @Test func `what is unknown or another client's does nothing`() async throws {
        let tokens = try await fixture.signedIn()
        try await fixture.issuer.revoke(tokens.access, by: "another")
        try await fixture.issuer.revoke(tokens.refresh ?? Secret(""), by: "another")
        try await fixture.issuer.revoke(Secret("oeat_unknown"), by: "client")
        #expect(await fixture.isGood(tokens.access))
    }

    @Test func `makes room where a person has fifty grants`() async throws {
        let first = try await fixture.signedIn()
        fixture.clock.advance(by: 1)
        for _ in 1..<50 { _ = try await fixture.signedIn() }
        #expect(await fixture.isGood(first.access))
        _ = try await fixture.signedIn()
        #expect(await !fixture.isGood(first.access))
        #expect(try await fixture.store.grants(of: [Fixture.person]).count == 50)
    }
}
