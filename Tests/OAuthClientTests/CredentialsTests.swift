import Files
import HTTP
import JSON
import Logging
import MCPClient
import Synchronization
import TestSupport
import Testing

@testable import OAuthClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `A sign-in that is kept` {
    private let clock = TestClock()
    private let server = FakeAuthorizationServer()
    private let folder = TemporaryDirectory()
    private static let resource = FakeAuthorizationServer.resource

    private var path: String { folder.path + "/sign-ins" }
    private var vault: TokenVault { TokenVault(folder: path, clock: ClientClock(clock), log: .none) }

    /// As one process has them.
    private func credentials(profile: String = "", client: (any HTTPClient)? = nil) -> OAuthCredentials {
        OAuthCredentials(
            OAuthCredentials.Choice(server: Self.resource, profile: profile),
            vault: vault,
            client: client ?? server,
            clock: ClientClock(clock),
            log: .none
        )
    }

    @discardableResult
    private func keep(_ change: (inout SignInRecord) -> Void = { _ in }) async throws -> SignInRecord {
        var record = SignInRecord(
            server: Self.resource,
            profile: "",
            issuer: FakeAuthorizationServer.issuer,
            resource: Self.resource,
            client: ClientIdentity(id: "registered-1"),
            scopes: ["read"],
            granted: ["read"],
            tokenEndpoint: "https://auth.example.com/token",
            revocationEndpoint: "https://auth.example.com/revoke",
            isService: false,
            access: Secret("access-0"),
            type: "Bearer",
            expiry: clock.now + 3600,
            refresh: Secret("refresh-0"),
            received: clock.now
        )
        change(&record)
        try await vault.keep(record)
        return record
    }

    private func field(_ credentials: OAuthCredentials) async throws -> String? {
        try await credentials.fields()["Authorization"]
    }

    private func expectNotSignedIn(_ credentials: OAuthCredentials, containing text: String) async {
        await #expect {
            _ = try await credentials.fields()
        } throws: { error in
            guard case .notSignedIn(let detail) = error as? RemoteFailure else { return false }
            return detail.contains(text) && detail.contains("oe-mcp login \(Self.resource)")
        }
    }

    @Test func `is sealed, for this user alone, and belongs to its name`() async throws {
        let record = try await keep { $0.refresh = Secret("a-very-secret-refresh-token") }
        let names = folder.names(in: "sign-ins").filter { $0.hasSuffix(".tokens") }
        try #require(names.count == 1)
        #expect(folder.mode("sign-ins") == 0o700 && folder.mode("sign-ins/key") == 0o600)
        #expect(folder.mode("sign-ins/\(names[0])") == 0o600)
        let sealed = folder.contents("sign-ins/\(names[0])")
        #expect(
            !String(decoding: sealed, as: UTF8.self).contains("access-0") && folder.contents("sign-ins/key").count == 32
        )
        #expect(vault.records(server: Self.resource) == [record])
        folder.write(sealed, to: "sign-ins/other.tokens")
        folder.close("sign-ins/other.tokens")
        #expect(vault.records(server: Self.resource) == [record])
    }

    @Test func `is one for each issuer, client, resource, set of scopes and profile`() async throws {
        try await keep()
        try await keep { $0.issuer = "https://other.example.com" }
        try await keep { $0.client = ClientIdentity(id: "mine") }
        try await keep { $0.resource = nil }
        try await keep { $0.scopes = ["read", "write"] }
        try await keep { $0.profile = "work" }
        try await keep { $0.access = Secret("another") }
        #expect(folder.names(in: "sign-ins").count { $0.hasSuffix(".tokens") } == 6)
        #expect(vault.records(server: Self.resource, profile: "work").count == 1)
    }

    @Test func `of another form is left alone`() async throws {
        let record = try await keep()
        var json = record.json
        json["format"] = 2
        try SealedFolder(path: path, clock: ClientClock(clock), log: .none).replace(try record.name, with: json)
        await expectNotSignedIn(credentials(), containing: "not signed in")
        #expect(folder.names(in: "sign-ins").contains(try record.name))
    }

    @Test func `is what requests carry until a minute before its end`() async throws {
        try await keep()
        let credentials = credentials()
        #expect(try await field(credentials) == "Bearer access-0")
        clock.advance(by: 3539)
        #expect(try await field(credentials) == "Bearer access-0" && server.forms.isEmpty)
        clock.advance(by: 1)
        #expect(try await field(credentials) == "Bearer access-1")
        #expect(
            server.forms == [
                [
                    "grant_type": "refresh_token", "refresh_token": "refresh-0", "resource": Self.resource,
                    "client_id": "registered-1",
                ]
            ]
        )
        #expect(vault.records(server: Self.resource).map { $0.refresh } == [Secret("refresh-1")])
    }

    @Test func `is renewed once for all requests of a process`() async throws {
        try await keep { $0.expiry = clock.now }
        let credentials = credentials()
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 { group.addTask { try await credentials.fields()["Authorization"] } }
            for try await field in group { #expect(field == "Bearer access-1") }
        }
        #expect(server.forms.count == 1)
    }

    @Test(.timeLimit(.minutes(1))) func `is renewed once for two processes, and both go on`() async throws {
        try await keep { $0.expiry = clock.now }
        let gate = Gate()
        let slow = AnsweringHTTP { [server] request async throws(HTTPFailure) in
            await gate.pass()
            return try await server.send(request)
        }
        let first = credentials(client: slow)
        let second = credentials(client: slow)
        let both = [first, second].map { credentials in Task { try await credentials.fields()["Authorization"] } }
        // The one without the turn looks for it again and again.
        await clock.waitForSleepers()
        gate.open()
        for each in both {
            let mover = Task { [clock] in
                while !Task.isCancelled {
                    clock.advance(by: 0.05)
                    await Task.yield()
                }
            }
            #expect(try await each.value == "Bearer access-1")
            mover.cancel()
        }
        #expect(server.forms.count == 1)
    }

    @Test func `is deleted only where the server has refused it`() async throws {
        try await keep { $0.expiry = clock.now }
        server.change {
            $0.next = [
                .failure(.connectionRefused(host: "auth.example.com")), .success(HTTPResponse(.serviceUnavailable)),
                FakeAuthorizationServer.refusal("temporarily_unavailable"),
                FakeAuthorizationServer.refusal("invalid_grant"),
            ]
        }
        for _ in 0..<3 {
            await expectNotSignedIn(credentials(), containing: "was asked for the next token")
            #expect(vault.records(server: Self.resource).count == 1)
        }
        await expectNotSignedIn(credentials(), containing: "has ended")
        #expect(vault.records(server: Self.resource).isEmpty)
        await expectNotSignedIn(credentials(), containing: "not signed in")
    }

    @Test func `goes on to its end where the next one cannot be had`() async throws {
        try await keep { $0.expiry = clock.now + 100 }
        clock.advance(by: 70)
        server.change { $0.next = [.failure(.timedOut(seconds: 20))] }
        #expect(try await field(credentials()) == "Bearer access-0")
    }

    @Test func `is not deleted where another process has renewed it meanwhile`() async throws {
        let old = try await keep { $0.expiry = clock.now }
        // Without the lock, as a process of another machine on the same folder would.
        let raced = AnsweringHTTP { [vault, clock] _ async throws(HTTPFailure) in
            var newer = old
            newer.access = Secret("access-9")
            newer.refresh = Secret("refresh-9")
            newer.expiry = clock.now + 3600
            try? vault.replace(newer)
            return FakeAuthorizationServer.json(.badRequest, ["error": "invalid_grant"])
        }
        #expect(try await field(credentials(client: raced)) == "Bearer access-9")
        #expect(vault.records(server: Self.resource).map { $0.refresh } == [Secret("refresh-9")])
        try vault.remove(old)
        #expect(vault.records(server: Self.resource).count == 1)
    }

    @Test func `is read again before a refresh token is spent`() async throws {
        try await keep()
        let late = credentials()
        #expect(try await field(late) == "Bearer access-0")
        clock.advance(by: 3600)
        #expect(try await field(credentials()) == "Bearer access-1")
        #expect(try await field(late) == "Bearer access-1" && server.forms.count == 1)
    }

    @Test func `is renewed when the server refuses it, once for each token`() async throws {
        try await keep()
        let credentials = credentials()
        let fields = try await credentials.fields()
        #expect(try await credentials.renew(fields, challenge: nil, status: .unauthorized))
        #expect(try await credentials.renew(fields, challenge: nil, status: .unauthorized))
        #expect(try await field(credentials) == "Bearer access-1" && server.forms.count == 1)
    }

    @Test func `with a short life is not renewed with every request`() async throws {
        try await keep { $0.expiry = clock.now + 30 }
        let credentials = credentials()
        clock.advance(by: 14)
        #expect(try await field(credentials) == "Bearer access-0")
        clock.advance(by: 1)
        #expect(try await field(credentials) == "Bearer access-1")
    }

    @Test func `of a client that the server has forgotten is kept, and the next one registers again`() async throws {
        try await keep { $0.expiry = clock.now }
        let registered = RegisteredIdentity(
            issuer: FakeAuthorizationServer.issuer,
            identity: ClientIdentity(id: "registered-1"),
            redirect: LoopbackAddress().text,
            end: nil
        )
        try await vault.keep(registered)
        server.change { $0.next = [FakeAuthorizationServer.refusal("invalid_client", .unauthorized)] }
        await expectNotSignedIn(credentials(), containing: "invalid_client")
        #expect(try vault.registration(at: FakeAuthorizationServer.issuer) == nil)
        #expect(vault.records(server: Self.resource).count == 1)
    }

    @Test func `without a refresh token is good until its end`() async throws {
        try await keep {
            $0.refresh = nil
            $0.expiry = clock.now + 30
        }
        clock.advance(by: 20)
        let credentials = credentials()
        #expect(try await field(credentials) == "Bearer access-0")
        clock.advance(by: 10)
        await expectNotSignedIn(credentials, containing: "has ended")
        #expect(server.forms.isEmpty)
    }

    @Test func `of a service gets the next token by itself`() async throws {
        try await keep {
            $0.refresh = nil
            $0.expiry = clock.now
            $0.isService = true
            $0.client = ClientIdentity(id: "robot", secret: Secret("s"), method: .basic)
        }
        #expect(try await field(credentials()) == "Bearer access-1")
        #expect(server.forms[0]["grant_type"] == "client_credentials" && server.forms[0]["scope"] == "read")
    }

    @Test func `that allows too little says so, and the next sign-in asks for more`() async throws {
        try await keep()
        let credentials = credentials()
        let fields = try await credentials.fields()
        let challenge = #"Bearer error="insufficient_scope", scope="read write""#
        #expect(try await !credentials.renew(fields, challenge: "Bearer", status: .forbidden))
        await #expect {
            _ = try await credentials.renew(fields, challenge: challenge, status: .forbidden)
        } throws: { "\($0)".contains("read write") && "\($0)".contains("oe-mcp login") }
        #expect(vault.wanted(server: Self.resource, profile: "") == ["read", "write"])
        clock.advance(by: 1)
        try await keep {
            $0.access = Secret("access-more")
            $0.scopes = ["read", "write"]
            $0.granted = ["read", "write"]
        }
        #expect(try await credentials.renew(fields, challenge: challenge, status: .forbidden))
        #expect(try await field(credentials) == "Bearer access-more")
    }

    @Test func `is revoked and deleted, and deleted where it cannot be revoked`() async throws {
        for next in [[], [Result<HTTPResponse, HTTPFailure>.failure(.timedOut(seconds: 20))]] {
            try await keep()
            server.change { $0.next = next }
            let out = SignOut(vault: vault, client: server, clock: ClientClock(clock))
            let outcomes = try await out.signOut(of: Self.resource)
            #expect(outcomes.map { $0.isRevoked } == [next.isEmpty])
            #expect(vault.records(server: Self.resource).isEmpty)
        }
        #expect(server.forms[0]["token"] == "refresh-0" && server.forms[0]["token_type_hint"] == "refresh_token")
        #expect(server.forms[1]["token"] == "access-0")
        #expect(try await SignOut(vault: vault, client: server).signOut(of: Self.resource).isEmpty)
    }

    @Test func `is revoked before another one begins, and stays where it cannot be`() async throws {
        try await keep()
        let out = SignOut(vault: vault, client: server, clock: ClientClock(clock))
        server.change { $0.next = [.failure(.timedOut(seconds: 20))] }
        try await out.revokeEarlier(at: Self.resource)
        #expect(vault.records(server: Self.resource).count == 1)
        try await out.revokeEarlier(at: Self.resource)
        #expect(vault.records(server: Self.resource).isEmpty)
        #expect(server.forms.last?["token"] == "access-0")
    }

    @Test func `cannot be kept in a folder that others may enter`() async throws {
        _ = try PrivateDirectory(path)
        #expect(chmod(path, 0o755) == 0)
        await #expect { try await keep() } throws: { ($0 as? SignInFailure)?.kind == .store }
        #expect(vault.records(server: Self.resource).isEmpty)
    }
}
