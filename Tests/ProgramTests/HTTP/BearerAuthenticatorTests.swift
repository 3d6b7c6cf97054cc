import HTTP
import HTTPServer
import Logging
import MCP
import OAuth
import StreamableHTTP
import TestSupport
import Testing

@testable import oe_mcp_http

private let base = "https://mcp.example.com"
private let metadata = #"resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"#

/// Knows `known`, finds `asked` when it is asked, and cannot say what `down` is.
private struct Callers: BearerCallers {
    func known(_ token: Secret) throws(TokenRefusal) -> KnownToken {
        switch token.revealed {
        case "known": .caller(Caller(Principal("petra", issuer: "https://id.example.com")))
        case "good": .good
        case "known-bad": throw .invalid("it is known to be bad")
        default: .unknown
        }
    }

    func caller(_ token: Secret) async throws(TokenRefusal) -> Caller {
        switch token.revealed {
        case "asked", "good": return Caller(Principal("petra", issuer: "https://id.example.com"))
        case "down": throw .unavailable("secret-reason")
        default: throw .invalid("secret-reason")
        }
    }

    func requireGood(_ token: Secret) async throws(TokenRefusal) { _ = try await caller(token) }
}

@Suite struct `Who brings an access token` {
    private let clock = TestClock()
    private let authenticator: BearerAuthenticator

    init() {
        let clock = clock
        authenticator = BearerAuthenticator(
            Callers(),
            BearerRefusals(base: base, scopes: { ScopeNames() }),
            now: { clock.now },
            log: .none
        )
    }

    private func head(_ fields: HTTPFields, at path: String = "/mcp") -> HTTPRequestHead {
        HTTPRequestHead(
            method: .post,
            target: path,
            version: "HTTP/1.1",
            fields: fields,
            peer: "192.0.2.1",
            local: "192.0.2.2",
            isSecure: true
        )
    }

    private func refusal(_ fields: HTTPFields, at path: String = "/mcp") async -> HTTPRefusal? {
        switch authenticator.authenticate(head(fields, at: path)) {
        case .accepted: return nil
        case .refused(let refusal): return refusal
        case .later(_, let work):
            if case .refused(let refusal) = await work() { return refusal }
            return nil
        }
    }

    @Test(arguments: ["Bearer known", "bearer asked"]) func `is taken for the person it is of`(value: String) async {
        #expect(await refusal(["Authorization": value]) == nil)
    }

    @Test(
        arguments: [
            [:], ["Authorization": "Basic eDp5"], ["X-OvalEdge-Token": "a", "X-OvalEdge-Secret": "b"],
        ] as [HTTPFields]
    )
    func `is asked for one with a challenge that names no error`(fields: HTTPFields) async throws {
        let refusal = try #require(await refusal(fields))
        #expect(refusal.status == .unauthorized)
        #expect(
            refusal.fields["WWW-Authenticate"] == #"Bearer \#(metadata)/mcp", scope="ovaledge:read ovaledge:write""#
        )
    }

    @Test func `is told where the metadata is of the address that was asked`() async throws {
        #expect(try #require(await refusal([:], at: "/")?.fields["WWW-Authenticate"]).contains(metadata + "\","))
        #expect(try #require(await refusal([:], at: "/mcp/")?.fields["WWW-Authenticate"]).contains(metadata + "/mcp\""))
    }

    @Test(arguments: ["bad", "known-bad"]) func `is told that it is not good, and not why`(token: String) async throws {
        let refusal = try #require(await refusal(["Authorization": "Bearer \(token)"]))
        #expect(refusal.status == .unauthorized && refusal.code == "invalid_token")
        let challenge = try #require(refusal.fields["WWW-Authenticate"])
        #expect(challenge.hasPrefix(#"Bearer error="invalid_token", error_description=""#))
        #expect(challenge.contains(metadata) && challenge.contains("scope="))
        #expect(!challenge.contains("reason") && !refusal.text.contains("reason"))
    }

    /// A client forgets its token with a 401.
    @Test func `is told to try again where no one can say`() async throws {
        let refusal = try #require(await refusal(["Authorization": "Bearer down"]))
        #expect(refusal.status == .serviceUnavailable && refusal.fields["Retry-After"] == "5")
        #expect(refusal.fields["WWW-Authenticate"] == nil && !refusal.text.contains("reason"))
    }

    @Test func `sends it once, readable, and with no other credentials`() async {
        var twice: HTTPFields = ["Authorization": "Bearer known"]
        twice.append("authorization", "Bearer known")
        let both: HTTPFields = ["Authorization": "Bearer known", "X-OvalEdge-Credentials": "a::b"]
        for fields in [twice, both, ["Authorization": "Bearer"], ["Authorization": "Bearer a b"]] {
            let refusal = await refusal(fields)
            #expect(refusal?.status == .badRequest && refusal?.code == "invalid_request")
        }
    }

    /// What is a guess, and so counts where it is wrong.
    private func isGuess(_ token: String) -> Bool {
        switch authenticator.authenticate(head(["Authorization": "Bearer \(token)"])) {
        case .later(isGuess: let isGuess, _): isGuess
        case .accepted, .refused: false
        }
    }

    @Test func `counts as failed with a token that is wrong, once for as long as that is remembered`() async {
        for token in ["bad", "known-bad"] {
            #expect(isGuess(token))
            #expect(await refusal(["Authorization": "Bearer \(token)"])?.cause?.isEmpty == false)
            #expect(!isGuess(token))
            #expect(await refusal(["Authorization": "Bearer \(token)"])?.code == "invalid_token")
            clock.advance(by: BearerAuthenticator.refusedSeconds)
            #expect(isGuess(token))
        }
    }

    @Test func `makes no guess with a token that is good, or of which no one could say`() async {
        #expect(!isGuess("good"))
        #expect(await refusal(["Authorization": "Bearer good"]) == nil)
        _ = await refusal(["Authorization": "Bearer down"])
        #expect(isGuess("down"))
    }

    @Test func `keeps a stream as long as its token is not known to be wrong`() async throws {
        for (token, goesOn) in [("asked", true), ("down", true), ("bad", false)] {
            let review = try #require(authenticator.review(of: head(["Authorization": "Bearer \(token)"])))
            #expect(await review() == goesOn)
        }
    }
}

@Suite struct `What a sign-in is good for` {
    private let authenticator = BearerAuthenticator(
        Callers(),
        BearerRefusals(base: base, scopes: { ScopeNames(others: [.write: "catalog.edit"]) }),
        log: .none
    )

    private func refusal(_ need: AccessNeed, _ scopes: Set<String>?) -> HTTPRefusal? {
        authenticator.refusal(of: Caller(Principal("petra", scopes: scopes)), doing: need)
    }

    @Test func `follows from its scopes, of which one to write is one to read`() {
        #expect(CatalogScope.granted(["ovaledge:write", "openid"]) == ["ovaledge:read", "ovaledge:write"])
        #expect(CatalogScope.granted(["ovaledge:read", "claudeai"]) == ["ovaledge:read"])
        #expect(CatalogScope.granted(["openid"]).isEmpty)
        #expect(refusal(.reading, ["ovaledge:read"]) == nil && refusal(.changing, nil) == nil)
        #expect(refusal(.changing, CatalogScope.granted(["ovaledge:write"])) == nil)
    }

    @Test func `is said with what it lacks, by the names that the provider knows`() throws {
        let refused = try #require(refusal(.changing, ["ovaledge:read"]))
        #expect(refused.status == .forbidden && refused.code == "insufficient_scope")
        let challenge = try #require(refused.fields["WWW-Authenticate"])
        #expect(challenge.contains(#"error="insufficient_scope""#) && challenge.contains(metadata))
        #expect(challenge.hasSuffix(#"scope="ovaledge:read catalog.edit""#))
        #expect(refused.text.contains("Disconnect") && refused.text.contains("tick write"))
        let reading = try #require(refusal(.reading, [])?.fields["WWW-Authenticate"])
        #expect(reading.hasSuffix(#"scope="ovaledge:read""#))
    }

    @Test func `is asked for with what every sign-in asks for, where that is set`() {
        let names = ScopeNames(always: ["openid", "catalog.read"], others: [.read: "catalog.read"])
        #expect(names.all == ["openid", "catalog.read"])
        #expect(names.needed(for: .read, holding: []) == ["openid", "catalog.read"])
        #expect(names.needed(for: .write, holding: []) == ["openid", "catalog.read", "ovaledge:write"])
    }
}
