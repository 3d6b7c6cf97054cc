import AuthorizationServer
import HTTP
import JSON
import Logging
import OAuth
import Synchronization
import TestSupport
import Testing

@Suite struct `The endpoints of an authorization server` {
    private let fixture: SignInFixture

    init() throws { fixture = try SignInFixture() }

    private func shown(_ client: String, address: String = "192.0.2.1") async throws -> SignInFixture.Shown {
        try #require(SignInFixture.Shown(await fixture.show(client, address: address)))
    }

    @Test func `show a page 300 times a minute to one address`() async throws {
        let client = try await fixture.register()
        for _ in 0..<300 { #expect(await fixture.show(client).status == .ok) }
        let refused = await fixture.show(client)
        #expect(refused.status == .tooManyRequests)
        #expect(refused.fields["Retry-After"] == "60")
        #expect(await fixture.show(client, address: "192.0.2.2").status == .ok)
        fixture.clock.advance(by: 60)
        #expect(await fixture.show(client).status == .ok)
    }

    @Test func `keep a cookie for each link, which no other host can set`() async throws {
        let client = try await fixture.register()
        var names: Set<String> = []
        for _ in 0..<2 {
            let cookie = try #require(await fixture.show(client).fields["Set-Cookie"])
            #expect(
                cookie.hasPrefix("__Host-oe_txn_")
                    && cookie.hasSuffix("; Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure")
            )
            names.insert(String(cookie.prefix { $0 != "=" }))
        }
        #expect(names.count == 2)
    }

    @Test func `forget what was shown after 15 minutes`() async throws {
        let shown = try await shown(try await fixture.register())
        fixture.clock.advance(by: 15 * 60 + 1)
        #expect(await fixture.decide(shown, SignInFixture.allow()).status == 410)
        #expect(fixture.check.calls == 0)
    }

    @Test func `try what was typed five times, however many come at a time`() async throws {
        let shown = try await shown(try await fixture.register())
        fixture.check.say(.refused)
        let statuses = await withTaskGroup(of: HTTPStatus.self) { group in
            for number in 0..<30 {
                group.addTask { await fixture.decide(shown, SignInFixture.allow("person\(number)")).status }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == .ok } == 5)
        #expect(statuses.count { $0 == .tooManyRequests } == 25)
        #expect(fixture.check.calls == 5)
    }

    @Test func `count failures of one person over all links, for 15 minutes`() async throws {
        let client = try await fixture.register()
        fixture.check.say(.refused)
        for number in 0..<5 {
            let shown = try await shown(client, address: "192.0.2.\(number)")
            let answer = await fixture.decide(shown, SignInFixture.allow(), address: "192.0.2.\(number)")
            #expect(answer.status == .ok && SignInFixture.Shown(answer) == nil && answer.text.utf8.count > 1000)
        }
        fixture.check.say(.accepted(label: "1a2b3c4d", payload: []))
        #expect(await fixture.decide(try await shown(client), SignInFixture.allow()).status == .tooManyRequests)
        #expect(await fixture.decide(try await shown(client), SignInFixture.allow("other")).status == 303)
        fixture.clock.advance(by: 15 * 60)
        #expect(await fixture.decide(try await shown(client), SignInFixture.allow()).status == 303)
    }

    @Test func `count nothing that is missing, strange or cannot be checked`() async throws {
        let shown = try await shown(try await fixture.register())
        fixture.check.say(.unavailable("It is away."))
        for _ in 0..<10 {
            let away = await fixture.decide(shown, SignInFixture.allow())
            #expect(away.status == .serviceUnavailable && away.fields["Retry-After"] == "30")
            #expect(await fixture.decide(shown, "decision=allow&user_token=petra").status == .ok)
            #expect(await fixture.decide(shown, SignInFixture.allow("strange")).status == .ok)
        }
        #expect(fixture.check.calls == 10)
        fixture.check.say(.accepted(label: "1a2b3c4d", payload: []))
        #expect(await fixture.decide(shown, SignInFixture.allow()).status == 303)
        #expect(await fixture.decide(shown, SignInFixture.allow()).status == 410)
    }

    @Test func `say of a store that is away that it is away`() async throws {
        let client = try await fixture.register()
        let shown = try await shown(client)
        fixture.records.isAway.store(true, ordering: .relaxed)
        for answer in [await fixture.show(client), await fixture.decide(shown, SignInFixture.allow())] {
            #expect(answer.status == .serviceUnavailable && answer.fields["Retry-After"] != nil)
        }
        fixture.records.isAway.store(false, ordering: .relaxed)
        let code = try #require(await fixture.code(await fixture.decide(shown, SignInFixture.allow())))
        let form =
            "grant_type=authorization_code&client_id=\(client)&code=\(code)&code_verifier=\(SignInFixture.verifier)"
        fixture.records.isAway.store(true, ordering: .relaxed)
        #expect(try await fixture.token(form).status == .serviceUnavailable)
        fixture.records.isAway.store(false, ordering: .relaxed)
        #expect(try await fixture.token(form).status == .ok)
    }

    @Test func `can be decided again where nothing could be kept`() async throws {
        let shown = try await shown(try await fixture.register())
        fixture.records.isFull.store(true, ordering: .relaxed)
        #expect(await fixture.decide(shown, SignInFixture.allow()).status == .serviceUnavailable)
        fixture.records.isFull.store(false, ordering: .relaxed)
        #expect(await fixture.code(await fixture.decide(shown, SignInFixture.allow())) != nil)
        #expect(await fixture.decide(shown, SignInFixture.allow()).status == 410)
    }

    @Test func `lead back once, and only in the browser that decided`() async throws {
        let client = try await fixture.register()
        let first = await fixture.decide(try await shown(client), SignInFixture.allow())
        let other = await fixture.decide(try await shown(client), SignInFixture.allow())
        let query = try #require(first.fields["Location"]).drop { $0 != "?" }.dropFirst()
        let cookie = try #require(other.fields.values("Set-Cookie").last?.split(separator: ";").first)
        let foreign = SignInFixture.request(.get, query: String(query), fields: ["Cookie": String(cookie)])
        #expect(await fixture.server.done(foreign).status == .badRequest)
        #expect(
            await fixture.server.done(SignInFixture.request(.head, query: String(query))).status == .methodNotAllowed
        )
        #expect(await fixture.code(first) != nil)
        #expect(await fixture.code(first) == nil)
        #expect(await fixture.code(other) != nil)
    }

    @Test func `let no client be refused for the failures of others at its address`() async throws {
        let form = "grant_type=refresh_token&refresh_token=x&client_id=\(try await fixture.register())"
        for number in 0..<40 {
            #expect(try await fixture.token("client_id=unknown\(number)").status == .unauthorized)
            #expect(try await fixture.token("%").status == .badRequest)
        }
        for _ in 0..<30 { #expect(try await fixture.token("client_id=unknown").status == .unauthorized) }
        #expect(try await fixture.token("client_id=unknown").status == .tooManyRequests)
        #expect(try await fixture.token(form).status == .badRequest)
    }

    @Test func `refuse a client for a minute after 30 failures, at its address only`() async throws {
        let form = "grant_type=refresh_token&refresh_token=x&client_id=\(try await fixture.register())"
        for _ in 0..<30 { #expect(try await fixture.token(form).status == .badRequest) }
        #expect(try await fixture.token(form).status == .tooManyRequests)
        #expect(try await fixture.token(form, address: "192.0.2.2").status == .badRequest)
        fixture.clock.advance(by: 60)
        #expect(try await fixture.token(form).status == .badRequest)
    }

    @Test func `name what is switched on, and nothing else`() throws {
        let json = fixture.server.metadata.json
        #expect(json["grant_types_supported"] == ["authorization_code", "refresh_token"])
        #expect(json["client_id_metadata_document_supported"] == false)
        #expect(json["issuer"] == "https://mcp.test")
        #expect(json["token_endpoint_auth_methods_supported"] == ["none", "client_secret_post", "client_secret_basic"])
    }
}

@Suite struct `A token without a person at a browser` {
    private static let assertion = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    private static let agent = "client_id=agent&client_secret=s3cret"

    private func fixture(_ verdict: Result<MachineGrants.Person, OAuthError>) throws -> SignInFixture {
        var machines = MachineGrants()
        machines.asserted = { text, client in
            text.revealed == "good" && client.id == "agent" ? verdict : .failure(Self.wrong)
        }
        return try SignInFixture(machines: machines)
    }

    private static let wrong = OAuthError(.invalidGrant, "The assertion is not good. Get another.")
    private static let person = MachineGrants.Person(label: "1a2b3c4d", identity: [1], payload: [2])

    @Test func `is had for an assertion, once that is switched on`() async throws {
        let fixture = try fixture(.success(Self.person))
        #expect(fixture.server.metadata.json["grant_types_supported"]?.array?.count == 3)
        let form = "grant_type=\(Self.assertion)&\(Self.agent)&scope=write"
        let answer = try await fixture.token(form + "&assertion=good")
        #expect(answer.status == .ok)
        #expect(answer.json["refresh_token"] == nil)
        #expect(answer.json["scope"] == "write")
        let access = Secret(answer.json["access_token"]?.string ?? "")
        let opened = try await fixture.server.issuer.opened(access)
        #expect(opened.content == [2] && opened.subject == "1a2b3c4d")
        #expect(try await fixture.token(form + "&assertion=bad").json["error"] == "invalid_grant")
        #expect(try await fixture.token(form).json["error"] == "invalid_request")
        #expect(
            try await fixture.token(form + "&assertion=good&resource=https://other.test").json["error"]
                == "invalid_target"
        )
        let off = try SignInFixture()
        #expect(try await off.token(form + "&assertion=good").json["error"] == "unsupported_grant_type")
    }

    @Test func `is had for no scope that the assertion does not name`() async throws {
        let reader = MachineGrants.Person(label: "1a2b3c4d", identity: [1], payload: [2], scopes: ["read"])
        let fixture = try fixture(.success(reader))
        let form = "grant_type=\(Self.assertion)&\(Self.agent)&assertion=good"
        #expect(try await fixture.token(form).json["scope"] == "read")
        #expect(try await fixture.token(form + "&scope=read+write").json["scope"] == "read")
        #expect(try await fixture.token(form + "&scope=write").json["error"] == "invalid_scope")
    }

    @Test func `is not had by clients that registered themselves`() async throws {
        let fixture = try fixture(.success(Self.person))
        let form = "grant_type=\(Self.assertion)&assertion=good&client_id=\(try await fixture.register())"
        #expect(try await fixture.token(form).json["error"] == "unauthorized_client")
    }
}
