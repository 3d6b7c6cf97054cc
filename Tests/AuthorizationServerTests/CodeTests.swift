import AuthorizationServer
import Logging
import OAuth
import TestSupport
import Testing

private typealias Fixture = AuthorizationFixture

@Suite struct `An authorization code` {
    private let fixture = Fixture()

    @Test func `is exchanged for tokens that open what was sealed`() async throws {
        let tokens = try await fixture.signedIn()
        #expect(tokens.expiresIn == 3600)
        #expect(tokens.scopes == ["read", "write"])
        let opened = try await fixture.issuer.opened(tokens.access)
        #expect(opened.content == Fixture.content)
        #expect(opened.client.id == "client")
        #expect(opened.grant == tokens.grant)
        #expect(opened.end == fixture.clock.now + 3600)
        #expect(tokens.access.revealed.hasPrefix("oeat_") && tokens.refresh?.revealed.hasPrefix("oert_") == true)
    }

    @Test func `leads to no refresh token where the client has no use for one`() async throws {
        let tokens = try await fixture.exchanged(try await fixture.code(mayRefresh: false))
        #expect(tokens.refresh == nil)
        #expect(await fixture.isGood(tokens.access))
    }

    @Test func `is not used up by a wrong verifier, until the third`() async throws {
        let code = try await fixture.code()
        let wrong = Fixture.exchange(code, verifier: String(repeating: "a", count: 43))
        #expect(try await errorCode { try await fixture.issuer.exchange(wrong) } == .invalidGrant)
        let second = try await fixture.code()
        #expect(await fixture.isGood(try await fixture.exchanged(code).access))
        for _ in 1...3 {
            let wrong = Fixture.exchange(second, verifier: String(repeating: "a", count: 43))
            #expect(try await errorCode { try await fixture.issuer.exchange(wrong) } == .invalidGrant)
        }
        #expect(try await errorCode { try await fixture.exchanged(second) } == .invalidGrant)
    }

    @Test func `is for the client, the redirect and the resource it was made for`() async throws {
        let code = try await fixture.code()
        var request = Fixture.exchange(code)
        request.client = "another"
        #expect(try await errorCode { try await fixture.issuer.exchange(request) } == .invalidGrant)
        request = Fixture.exchange(code)
        request.resource = "https://other.example/mcp"
        #expect(try await errorCode { try await fixture.issuer.exchange(request) } == .invalidTarget)
        request = Fixture.exchange(code)
        request.redirectURI = nil
        request.resource = nil
        #expect(try await errorCode { try await fixture.issuer.exchange(request) } == nil)
        request = Fixture.exchange(try await fixture.code())
        request.redirectURI = "https://client.example/callback/"
        #expect(try await errorCode { try await fixture.issuer.exchange(request) } == .invalidGrant)
    }

    @Test(arguments: ["", "short", String(repeating: "a", count: 129), String(repeating: "ä", count: 43)])
    func `needs a verifier of the right form`(verifier: String) async throws {
        let request = Fixture.exchange(try await fixture.code(), verifier: verifier)
        #expect(try await errorCode { try await fixture.issuer.exchange(request) } == .invalidGrant)
    }

    @Test func `is good for two minutes`() async throws {
        let (first, second) = (try await fixture.code(), try await fixture.code())
        fixture.clock.advance(by: 119)
        #expect(try await errorCode { try await fixture.exchanged(first) } == nil)
        fixture.clock.advance(by: 2)
        #expect(try await errorCode { try await fixture.exchanged(second) } == .invalidGrant)
    }

    @Test func `that comes again ends its grant`() async throws {
        let code = try await fixture.code()
        let tokens = try await fixture.exchanged(code)
        fixture.clock.advance(by: 10)
        #expect(try await errorCode { try await fixture.exchanged(code) } == .invalidGrant)
        #expect(await !fixture.isGood(tokens.access))
        #expect(try await errorCode { try await fixture.refreshed(tokens.refresh) } == .invalidGrant)
        #expect(fixture.events == [.codeReused(grant: tokens.grant, client: "client")])
        #expect(try await fixture.store.grant(tokens.grant)?.revocation?.reason == .codeReuse)
    }

    @Test func `that comes again at once with the right verifier is a race, and with a wrong one is not`() async throws
    {
        let code = try await fixture.code()
        let tokens = try await fixture.exchanged(code)
        fixture.clock.advance(by: 1)
        #expect(try await errorCode { try await fixture.exchanged(code) } == .invalidGrant)
        #expect(await fixture.isGood(tokens.access))
        let wrong = Fixture.exchange(code, verifier: String(repeating: "a", count: 43))
        #expect(try await errorCode { try await fixture.issuer.exchange(wrong) } == .invalidGrant)
        #expect(await !fixture.isGood(tokens.access))
    }

    @Test func `is exchanged by one of fifty who try at once`() async throws {
        let code = try await fixture.code()
        let tokens = await atOnce(50) { [fixture] in try await fixture.exchanged(code) }.compactMap { $0 }
        #expect(tokens.count == 1)
        #expect(await fixture.isGood(try #require(tokens.first).access))
        #expect(fixture.events == [])
    }

    @Test func `that no one exchanges leaves no grant`() async throws {
        _ = try await fixture.code()
        #expect(try await fixture.store.grants() == [])
        fixture.clock.advance(by: 121)
        #expect(try await fixture.store.grants(of: [Fixture.person]) == [])
    }

    @Test func `is refused where it was made up or altered`() async throws {
        let code = try await fixture.code().revealed
        let altered = code.dropLast() + (code.hasSuffix("A") ? "B" : "A")
        let texts = ["", "oeac_", code + "A", String(altered), "oeat" + code.dropFirst(4), code.uppercased()]
        for text in texts {
            #expect(try await errorCode { try await fixture.exchanged(Secret(text)) } == .invalidGrant, "\(text)")
        }
    }
}
