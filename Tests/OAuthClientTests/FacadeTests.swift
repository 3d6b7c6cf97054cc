import HTTP
import JSON
import Logging
import MCPClient
import TestSupport
import Testing
import Text

@testable import OAuthClient

@Suite struct `A browser at a bridge` {
    private let clock = TestClock()
    private let server = FakeAuthorizationServer()

    private func facade() -> FacadeSignIn {
        let configuration = FacadeConfiguration(
            issuer: FakeAuthorizationServer.issuer,
            clientID: "bridge",
            clientSecret: Secret("s"),
            scope: "read",
            redirect: "https://bridge.example.com/oauth/callback"
        )
        return FacadeSignIn(configuration, client: server, clock: ClientClock(clock), log: .none)
    }

    /// What the issuer sends the browser back with.
    private func back(_ begun: FacadeSignIn.Begun, _ change: (inout [String: String]) -> Void = { _ in }) -> String {
        let asked = Dictionary(URLText.queryItems(URLText(begun.address)?.query ?? "").map { ($0.name, $0.value) }) {
            $1
        }
        server.change { $0.codes["c"] = asked["code_challenge"] }
        var back = ["code": "c", "state": asked["state"] ?? "", "iss": FakeAuthorizationServer.issuer]
        change(&back)
        return URLText.query(back.map { (name: $0.key, value: $0.value) })
    }

    @Test func `is signed in once, and goes where it wanted to go`() async throws {
        let facade = facade()
        let begun = try await facade.begin(returningTo: "/docs?x=1")
        let query = back(begun)
        let (account, path) = try await facade.finish(query: query, binding: begun.binding)
        #expect(path == "/docs?x=1")
        #expect(try await account.fields()["Authorization"] == "Bearer access-1")
        #expect(
            server.forms[0]["client_secret"] == "s"
                && server.forms[0]["redirect_uri"] == "https://bridge.example.com/oauth/callback"
        )
        await #expect(throws: SignInFailure.self) { try await facade.finish(query: query, binding: begun.binding) }
        #expect(server.forms.count == 1)
    }

    @Test func `is not signed in with an answer to another browser, of another server or after ten minutes`()
        async throws
    {
        let facade = facade()
        let (begun, other) = (try await facade.begin(returningTo: "/"), try await facade.begin(returningTo: "/"))
        for binding in [nil, Secret(""), other.binding] {
            await #expect(throws: SignInFailure.self) { try await facade.finish(query: back(begun), binding: binding) }
        }
        await #expect(throws: SignInFailure.self) {
            try await facade.finish(
                query: back(other) { $0["iss"] = "https://evil.example.com" },
                binding: other.binding
            )
        }
        clock.advance(by: 600)
        await #expect(throws: SignInFailure.self) {
            try await facade.finish(query: back(begun), binding: begun.binding)
        }
        #expect(server.forms.isEmpty)
    }

    @Test(arguments: [
        ("/", true), ("/a/b?c=d", true), ("", false), ("a", false), ("//evil.example", false),
        ("/\\evil.example", false),
        ("https://evil.example", false), ("/a b", false), ("/a\nb", false),
    ])
    func `is sent to a path of this origin alone`(path: String, isOwn: Bool) {
        #expect(FacadeSignIn.isOwn(path) == isOwn)
    }

    @Test func `is known by what the issuer says, and asked for openid where it speaks that`() async throws {
        let place = "https://auth.example.com/.well-known/oauth-authorization-server"
        server.change {
            $0.documents[place]?["userinfo_endpoint"] = "https://auth.example.com/me"
            $0.documents["https://auth.example.com/me"] = ["sub": "p", "email": "p@example.com", "phone": "1"]
        }
        let facade = facade()
        let begun = try await facade.begin(returningTo: "/")
        #expect(URLText.queryItems(URLText(begun.address)?.query ?? "").contains { $0 == ("scope", "openid read") })
        let (account, _) = try await facade.finish(query: back(begun), binding: begun.binding)
        #expect(account.claims == ["sub": "p", "email": "p@example.com"])
        #expect(server.asked.last?.fields["Authorization"] == "Bearer access-1")
    }

    @Test func `stays signed in with one refresh for all, and is revoked at the end`() async throws {
        let facade = facade()
        let begun = try await facade.begin(returningTo: "/")
        let (account, _) = try await facade.finish(query: back(begun), binding: begun.binding)
        clock.advance(by: 3540)
        try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<10 { group.addTask { try await account.token() } }
            for try await token in group { #expect(token == Secret("access-2")) }
        }
        #expect(server.forms.count == 2)
        #expect(await account.revoke() == nil)
        #expect(server.forms.last?["token"] == "refresh-2")
    }
}
