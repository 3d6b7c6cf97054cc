import Crypto
import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing
import Text

@testable import OAuthClient

/// A browser and the person before it: goes to the address, and comes back with what the server sends it back with.
struct ScriptedBrowser: RedirectReceiver {
    let redirect: String
    let server: FakeAuthorizationServer
    /// Changes what comes back.
    var change: @Sendable (inout [String: String]) -> Void = { _ in }
    /// What comes before, and is not for this sign-in.
    var strangers: [String] = []

    func code(
        from address: String,
        _ verdict: @escaping @Sendable (String) -> AuthorizationAttempt.Verdict
    ) async throws(SignInFailure) -> String {
        let asked = Dictionary(URLText.queryItems(URLText(address)?.query ?? "").map { ($0.name, $0.value) }) { $1 }
        server.change {
            $0.visits.append(asked)
            $0.codes["code-\($0.visits.count)"] = asked["code_challenge"]
        }
        var back = [
            "code": "code-\(server.read { $0.visits.count })", "state": asked["state"] ?? "",
            "iss": FakeAuthorizationServer.issuer,
        ]
        change(&back)
        for stranger in strangers { #expect(verdict(stranger) == .notOurs) }
        switch verdict(URLText.query(back.map { (name: $0.key, value: $0.value) })) {
        case .code(let code): return code
        case .failed(let failure): throw failure
        case .notOurs: throw SignInFailure(.timedOut, "It goes on waiting.")
        }
    }
}

@Suite struct `A person` {
    private let clock = TestClock()
    private let server = FakeAuthorizationServer()
    private let folder = TemporaryDirectory()
    private static let redirect = "http://127.0.0.1:40000/oauth/callback"

    private var vault: TokenVault {
        TokenVault(folder: folder.path + "/sign-ins", clock: ClientClock(clock), log: .none)
    }

    private func flow(_ change: (inout SignInRequest) -> Void = { _ in }) -> SignInFlow {
        var request = SignInRequest(server: FakeAuthorizationServer.resource)
        change(&request)
        return SignInFlow(request, client: server, vault: vault, clock: ClientClock(clock), log: .none)
    }

    private func signIn(
        _ flow: SignInFlow,
        _ change: @escaping @Sendable (inout [String: String]) -> Void = { _ in },
        strangers: [String] = [],
        redirect: String = redirect
    ) async throws -> SignInRecord {
        let browser = ScriptedBrowser(redirect: redirect, server: server, change: change, strangers: strangers)
        return try await flow.signIn(at: try await flow.site(), with: browser)
    }

    private func expect(
        _ kind: SignInFailure.Kind,
        _ change: @escaping @Sendable (inout [String: String]) -> Void = { _ in }
    ) async {
        await #expect {
            _ = try await signIn(flow(), change)
        } throws: { ($0 as? SignInFailure)?.kind == kind }
    }

    @Test func `signs in with a proof, a state and the resource, and the tokens are kept`() async throws {
        let record = try await signIn(flow())
        let asked = try #require(server.read { $0.visits.first })
        #expect(asked["response_type"] == "code" && asked["client_id"] == "registered-1")
        #expect(asked["redirect_uri"] == Self.redirect && asked["resource"] == FakeAuthorizationServer.resource)
        #expect(asked["code_challenge_method"] == "S256" && asked["code_challenge"]?.utf8.count == 43)
        #expect(asked["state"]?.utf8.count == 22 && asked["scope"] == "read write")
        let form = try #require(server.forms.first)
        #expect(form["resource"] == FakeAuthorizationServer.resource && form["redirect_uri"] == Self.redirect)
        #expect(form["client_id"] == "registered-1" && form["client_secret"] == nil)
        #expect(record.access == Secret("access-1") && record.refresh == Secret("refresh-1"))
        #expect(record.expiry == clock.now + 3600)
        #expect(vault.records(server: "https://MCP.example.com:443/mcp") == [record])
    }

    @Test func `registers as a native application, once for each redirect address`() async throws {
        _ = try await signIn(flow())
        _ = try await signIn(flow())
        let bodies = server.asked.filter { $0.url.hasSuffix("/register") }.map { JSON(parsed: $0.body) }
        #expect(bodies.count == 1 && bodies[0]["application_type"] == "native")
        #expect(
            bodies[0]["redirect_uris"] == [.string(Self.redirect)] && bodies[0]["token_endpoint_auth_method"] == "none"
        )
        #expect(flow().registeredPort(at: try await flow().site()) == 40000)
        _ = try await signIn(flow(), redirect: "http://127.0.0.1:40001/oauth/callback")
        #expect(server.read { $0.registrations } == 2)
    }

    @Test func `goes on waiting when something comes that is not for this sign-in`() async throws {
        let strangers = ["", "code=x", "code=x&state=guess", "error=access_denied&state=", "state=a&state=b&code=c"]
        #expect(try await signIn(flow(), strangers: strangers).access == Secret("access-1"))
    }

    @Test func `is not signed in with the answer of another server, whose error is not even shown`() async throws {
        await expect(.notOurs) { $0["iss"] = "https://auth.example.com/" }
        await expect(.notOurs) { $0["iss"] = nil }
        await #expect {
            _ = try await signIn(flow()) { back in
                back["iss"] = "https://evil.example.com"
                back["error"] = "call_this_number"
            }
        } throws: { !"\($0)".contains("call_this_number") }
        #expect(server.forms.isEmpty)
    }

    @Test func `is not signed in without the name of the server where it does not promise to name itself`() async throws
    {
        let place = "https://auth.example.com/.well-known/oauth-authorization-server"
        server.change { $0.documents[place]?["authorization_response_iss_parameter_supported"] = false }
        #expect(try await signIn(flow()) { $0["iss"] = nil }.access == Secret("access-1"))
        await expect(.notOurs) { $0["iss"] = "https://evil.example.com" }
    }

    @Test func `may decline`() async {
        await expect(.denied) { $0 = ["state": $0["state"] ?? "", "iss": $0["iss"] ?? "", "error": "access_denied"] }
        await expect(.refused(code: "server_error")) { $0["error"] = "server_error" }
    }

    @Test func `has five minutes`() async throws {
        let flow = flow()
        let site = try await flow.site()
        let outcome = Task {
            await Result<SignInRecord, SignInFailure>.of { () async throws(SignInFailure) in
                try await flow.signIn(at: site, with: SilentBrowser())
            }
        }
        await clock.waitForSleepers()
        clock.advance(by: 300)
        #expect(await outcome.value.failure?.kind == .timedOut)
        // The server may have shown a page about a client that it does not know: the next time registers again.
        #expect(flow.registeredPort(at: site) == nil)
    }

    @Test func `is not sent to a server that does not say that it checks the proof`() async {
        let place = "https://auth.example.com/.well-known/oauth-authorization-server"
        for methods in [nil, ["plain"]] as [JSON?] {
            server.change { $0.documents[place]?["code_challenge_methods_supported"] = methods }
            await expect(.metadata)
        }
        #expect(server.read { $0.visits.isEmpty })
    }

    @Test func `signs in at an old server that publishes nothing`() async throws {
        server.change { $0.documents = [:] }
        let record = try await signIn(flow()) { $0["iss"] = nil }
        #expect(record.issuer == "https://mcp.example.com" && record.tokenEndpoint == "https://mcp.example.com/token")
    }

    @Test func `is known by a configured client, with its secret`() async throws {
        let flow = flow {
            $0.clientID = "mine"
            $0.clientSecret = Secret("s")
            $0.scopes = ["b", "a"]
            $0.resource = .omitted
            $0.extra = [.init(name: "prompt", value: "consent")].compactMap { $0 }
        }
        let record = try await signIn(flow)
        #expect(server.read { $0.registrations } == 0 && record.client.id == "mine" && record.resource == nil)
        #expect(server.forms[0]["client_id"] == "mine" && server.forms[0]["client_secret"] == "s")
        let asked = try #require(server.read { $0.visits.first })
        #expect(asked["prompt"] == "consent" && asked["scope"] == "a b" && asked["resource"] == nil)
        #expect(server.forms[0]["resource"] == nil)
        #expect(SignInRequest.Extra(name: "state", value: "x") == nil)
    }

    @Test func `is known by a document where the server takes one, and registers where it does not`() async throws {
        let document = "https://bridge.example.com/.well-known/oauth-client-metadata"
        #expect(try await signIn(flow { $0.clientDocument = document }).client.id == "registered-1")
        let place = "https://auth.example.com/.well-known/oauth-authorization-server"
        server.change { $0.documents[place]?["client_id_metadata_document_supported"] = true }
        #expect(try await signIn(flow { $0.clientDocument = document }).client == ClientIdentity(id: document))
    }

    @Test func `cannot sign in where no client becomes known`() async {
        let place = "https://auth.example.com/.well-known/oauth-authorization-server"
        server.change { $0.documents[place]?["registration_endpoint"] = nil }
        await expect(.noRegistration)
    }

    @Test func `is registered once more where the server has forgotten the client`() async throws {
        server.change { $0.next = [FakeAuthorizationServer.refusal("invalid_client", .unauthorized)] }
        #expect(try await signIn(flow()).client.id == "registered-2")
        #expect(server.read { $0.visits.map { $0["client_id"] } } == ["registered-1", "registered-2"])
        server.change { $0.next = Array(repeating: FakeAuthorizationServer.refusal("invalid_client"), count: 3) }
        await expect(.clientRefused)
        #expect(server.read { $0.visits.count } == 4)
    }

    @Test func `is asked for what the server asked for, and next time for what was missing, too`() async throws {
        server.change { $0.challenge = #"Bearer scope="read""# }
        #expect(try await signIn(flow()).scopes == ["read"])
        try await vault.want(["write"], server: FakeAuthorizationServer.resource, profile: "")
        #expect(try await signIn(flow()).scopes == ["read", "write"])
        #expect(vault.wanted(server: FakeAuthorizationServer.resource, profile: "") == [])
    }

    @Test func `is asked for offline_access only where the server lists it`() async throws {
        let place = "https://auth.example.com/.well-known/oauth-authorization-server"
        server.change { $0.documents[place]?["scopes_supported"] = ["offline_access", "openid"] }
        #expect(try await signIn(flow()).scopes == ["offline_access", "read", "write"])
        server.change {
            $0.documents["https://mcp.example.com/.well-known/oauth-protected-resource/mcp"]?["scopes_supported"] = nil
        }
        #expect(try await signIn(flow()).scopes == [])
    }

    @Test func `types a code on another device, while this one asks no more often than it may`() async throws {
        let device: JSON = [
            "device_code": "d", "user_code": "AB-CD", "verification_uri": "https://auth.example.com/go", "interval": 5,
            "expires_in": 900,
        ]
        server.change {
            $0.next = [
                .success(FakeAuthorizationServer.json(.ok, device)),
                FakeAuthorizationServer.refusal("authorization_pending"),
                FakeAuthorizationServer.refusal("slow_down"),
            ]
        }
        let flow = flow()
        let shown = Mutex<DeviceCode?>(nil)
        let site = try await flow.site()
        async let record = flow.signInWithCode(at: site) { code in shown.withLock { $0 = code } }
        for (pause, asked) in [(5.0, 2), (5, 3), (10, 4)] {
            await clock.waitForSleepers()
            #expect(server.forms.count == asked - 1)
            clock.advance(by: pause)
            try await wait { server.forms.count == asked }
        }
        #expect(try await record.access == Secret("access-1"))
        #expect(shown.withLock { $0?.userCode } == "AB-CD")
        #expect(server.forms.last?["device_code"] == "d" && server.forms[0]["scope"] == "read write")
    }

    @Test func `is not waited for longer than the code is good, or after declining`() async throws {
        let device: JSON = [
            "device_code": "d", "user_code": "A", "verification_uri": "https://a.example", "expires_in": 4,
        ]
        server.change { $0.next = [.success(FakeAuthorizationServer.json(.ok, device))] }
        let flow = flow()
        let site = try await flow.site()
        await #expect { _ = try await flow.signInWithCode(at: site) { _ in } } throws: {
            ($0 as? SignInFailure)?.kind == .timedOut
        }
        let place = "https://auth.example.com/.well-known/oauth-authorization-server"
        server.change { $0.documents[place]?["device_authorization_endpoint"] = nil }
        let other = try await flow.site()
        await #expect { _ = try await flow.signInWithCode(at: other) { _ in } } throws: {
            ($0 as? SignInFailure)?.kind == .noDeviceCode
        }
    }

    @Test func `is not needed for a service`() async throws {
        let flow = flow {
            $0.clientID = "robot"
            $0.clientSecret = Secret("s")
        }
        let record = try await flow.signInAsService(at: try await flow.site())
        #expect(record.isService && server.forms[0]["grant_type"] == "client_credentials")
        #expect(server.forms[0]["resource"] == FakeAuthorizationServer.resource)
    }
}

/// Never comes back.
struct SilentBrowser: RedirectReceiver {
    let redirect = "http://127.0.0.1:1/oauth/callback"

    func code(
        from _: String,
        _: @escaping @Sendable (String) -> AuthorizationAttempt.Verdict
    ) async throws(SignInFailure) -> String {
        let visits = CallbackVisits()
        return try await visits.outcome().get()
    }
}

extension Result {
    var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
