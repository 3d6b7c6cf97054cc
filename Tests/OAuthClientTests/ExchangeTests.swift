import HTTP
import JSON
import Logging
import MCPClient
import TestSupport
import Testing

@testable import OAuthClient

@Suite struct `A caller's token` {
    private let clock = TestClock()
    private let server = FakeAuthorizationServer()

    private func exchange(_ change: (inout ExchangeClient) -> Void = { _ in }) -> CallerExchange {
        var client = ExchangeClient(issuer: FakeAuthorizationServer.issuer, id: "bridge", secret: Secret("s:1"))
        change(&client)
        return CallerExchange(.exchange(client), client: server, clock: ClientClock(clock), log: .none)
    }

    @Test func `is exchanged with the fields of RFC 8693`() async throws {
        server.change {
            $0.documents["https://auth.example.com/.well-known/oauth-authorization-server"]?[
                "token_endpoint_auth_methods_supported"
            ] = ["client_secret_post", "client_secret_basic"]
        }
        let exchange = exchange {
            $0.scope = "read offline_access"
            $0.audience = "tools"
        }
        let fields = try await ExchangedCredentials(exchange, caller: Secret("u")).fields()
        #expect(fields["Authorization"] == "Bearer access-1")
        let accessToken = "urn:ietf:params:oauth:token-type:access_token"
        #expect(
            server.forms == [
                [
                    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": "u",
                    "subject_token_type": accessToken, "requested_token_type": accessToken,
                    "scope": "read offline_access",
                    "audience": "tools",
                ]
            ]
        )
        #expect(server.asked.last?.fields["Authorization"] == "Basic YnJpZGdlOnMlM0Ex")
        #expect(server.asked.last?.url == "https://auth.example.com/token")
    }

    @Test func `is posted with the client's secret where basic is not listed`() async throws {
        _ = try await exchange().token(for: Secret("u"))
        #expect(server.forms.first?["client_id"] == "bridge" && server.forms.first?["client_secret"] == "s:1")
        #expect(server.asked.last?.fields["Authorization"] == nil)
    }

    @Test func `is exchanged once for all who bring it, and for another again`() async throws {
        let exchange = exchange()
        let tokens = try await withThrowingTaskGroup(of: Secret.self) { group in
            for number in 0..<20 {
                group.addTask { try await exchange.token(for: Secret(number < 19 ? "u" : "v")).token }
            }
            return try await group.reduce(into: Set<Secret>()) { $0.insert($1) }
        }
        #expect(tokens.count == 2 && server.forms.count == 2)
        #expect(server.places("/.well-known/oauth-authorization-server") == 1)
    }

    @Test func `is exchanged again a minute before the end of the new one, and after a quarter of an hour`()
        async throws
    {
        let exchange = exchange()
        _ = try await exchange.token(for: Secret("u"))
        clock.advance(by: 899)
        #expect(try await exchange.token(for: Secret("u")).token == Secret("access-1"))
        clock.advance(by: 1)
        server.change { $0.life = 90 }
        #expect(try await exchange.token(for: Secret("u")).token == Secret("access-2"))
        clock.advance(by: 30)
        #expect(try await exchange.token(for: Secret("u")).token == Secret("access-3"))
    }

    @Test func `is not kept beyond its own end`() async throws {
        let exchange = exchange()
        let caller = Secret(readableToken(["exp": .double(clock.now + 100)]))
        _ = try await exchange.token(for: caller)
        clock.advance(by: 99)
        _ = try await exchange.token(for: caller)
        #expect(server.forms.count == 1)
        clock.advance(by: 1)
        _ = try await exchange.token(for: caller)
        #expect(server.forms.count == 2)
    }

    @Test func `is asked for once more without offline_access where that scope is refused`() async throws {
        server.change { $0.next = [FakeAuthorizationServer.refusal("invalid_scope")] }
        _ = try await exchange { $0.scope = "read offline_access" }.token(for: Secret("u"))
        #expect(server.forms.map { $0["scope"] } == ["read offline_access", "read"])
        server.change { $0.next = [FakeAuthorizationServer.refusal("invalid_scope")] }
        await #expect(throws: RemoteFailure.self) { try await exchange { $0.scope = "read" }.token(for: Secret("u")) }
        #expect(server.forms.count == 3)
    }

    @Test(arguments: ["invalid_grant", "invalid_client", "invalid_target"])
    func `that is refused leads to a failure that has the code alone`(code: String) async throws {
        server.change { state in
            let body: JSON = ["error": .string(code), "error_description": "because of u-secret"]
            state.next = [.success(FakeAuthorizationServer.json(.badRequest, body))]
        }
        await #expect {
            try await exchange().token(for: Secret("u-secret"))
        } throws: { error in
            guard case .exchangeFailed(true, let detail) = error as? RemoteFailure else { return false }
            return detail.hasPrefix("Failed to exchange token") && detail.contains(code) && !detail.contains("u-secret")
        }
    }

    @Test(arguments: [503, 429, 404, 302]) func `is not refused by a server that cannot say`(status: Int) async throws {
        server.change { $0.next = [.success(HTTPResponse(HTTPStatus(rawValue: status)))] }
        try await expectUnreachable()
    }

    @Test func `is not refused where no metadata comes`() async throws {
        server.change { $0.documents = [:] }
        try await expectUnreachable()
        #expect(await exchange().problem()?.contains("publishes no metadata") == true)
    }

    @Test func `is not refused where nothing comes`() async throws {
        server.change { $0.next = [.failure(.connectionRefused(host: "auth.example.com"))] }
        try await expectUnreachable()
    }

    private func expectUnreachable() async throws {
        await #expect {
            try await exchange().token(for: Secret("u"))
        } throws: { error in
            if case .exchangeFailed(false, _) = error as? RemoteFailure { true } else { false }
        }
    }

    @Test func `is exchanged again when the remote server refuses the new one, and not for a 403`() async throws {
        let credentials = ExchangedCredentials(exchange(), caller: Secret("u"))
        let fields = try await credentials.fields()
        #expect(try await !credentials.renew(fields, challenge: nil, status: .forbidden))
        #expect(try await credentials.renew(fields, challenge: nil, status: .unauthorized))
        #expect(try await credentials.fields()["Authorization"] == "Bearer access-2")
        // Who comes late with the old one does not throw the new one away.
        #expect(try await credentials.renew(fields, challenge: nil, status: .unauthorized))
        #expect(server.forms.count == 2)
    }

    @Test func `goes into the field and the form that are set`() async throws {
        let header = CredentialHeader(name: "X-Token", template: "{token_type}={token}")
        let fields = try await ExchangedCredentials(exchange(), caller: Secret("u"), header: header).fields()
        #expect(fields["X-Token"] == "Bearer=access-1" && fields["Authorization"] == nil)
    }
}

@Suite struct `Keycloak's broker` {
    private let clock = TestClock()
    private static let stored = "GET /realms/inxm/broker/github/token"

    private func exchange(_ http: ScriptedHTTP, alias: String = "github", _ renewal: KeycloakBroker.Renewal = .oidc)
        -> CallerExchange
    {
        let broker = KeycloakBroker(base: "https://id.example.com/", realm: "inxm", alias: alias, renewal: renewal)
        return CallerExchange(.broker(broker), client: http, clock: ClientClock(clock), log: .none)
    }

    @Test(arguments: [
        #"{"access_token":"gh","expires_in":3600,"token_type":"bearer"}"#,
        "access_token=gh&scope=repo%2Cgist&token_type=bearer",
    ])
    func `hands out what it keeps, in either form`(body: String) async throws {
        let http = ScriptedHTTP(.on(Self.stored, json: body))
        let exchange = exchange(http)
        #expect(try await exchange.token(for: Secret("u")).token == Secret("gh"))
        #expect(try await exchange.token(for: Secret("u")).token == Secret("gh"))
        #expect(http.sent.map { $0.fields["Authorization"] } == ["Bearer u"])
    }

    @Test func `is not asked without an alias`() async throws {
        #expect(try await exchange(ScriptedHTTP(), alias: "").token(for: Secret("u")).token == Secret("u"))
    }

    @Test func `refuses those who are signed out`() async throws {
        let http = ScriptedHTTP(.on(Self.stored, .unauthorized, json: "{}"))
        await #expect {
            try await exchange(http).token(for: Secret("u"))
        } throws: { error in
            if case .exchangeFailed(true, _) = error as? RemoteFailure { true } else { false }
        }
    }

    @Test func `spends a refresh token for one that is about to end`() async throws {
        let http = ScriptedHTTP(
            .on(Self.stored, json: #"{"access_token":"old","expires_in":59,"refresh_token":"r"}"#),
            .on("POST /realms/inxm/protocol/openid-connect/token", json: #"{"access_token":"new","expires_in":3600}"#)
        )
        #expect(try await exchange(http).token(for: Secret("u")).token == Secret("new"))
        #expect(
            String(decoding: http.sent[1].body, as: UTF8.self)
                == "grant_type=refresh_token&refresh_token=r&client_id=github"
        )
    }

    @Test func `is asked again for one that is about to end, past every cache`() async throws {
        let ending = readableToken(["exp": .double(clock.now + 10)])
        let http = ScriptedHTTP(
            .on(Self.stored, json: #"{"access_token":"\#(ending)"}"#),
            .on(Self.stored, json: #"{"access_token":"new","expires_in":3600}"#)
        )
        #expect(try await exchange(http, .broker).token(for: Secret("u")).token == Secret("new"))
        #expect(http.sent.map { $0.fields["Cache-Control"] } == [nil, "no-cache"])
    }
}
