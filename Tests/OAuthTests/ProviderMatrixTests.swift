import JSON
import Logging
import TestSupport
import Testing

@testable import OAuth

/// What identity providers write into their access tokens, and how each is set up.
struct ProviderCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var issuer = ""
    var rules = TokenRules(audiences: ["api://ovaledge-mcp"])
    var header: JSON = ["typ": "JWT"]
    var claims: JSON = [:]
    var subject = ""
    var client = ""
    var scopes: Set<String> = []

    private static let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"

    static let all = [
        ProviderCase(
            testDescription: "Okta",
            issuer: "https://example.okta.com/oauth2/aus1example",
            header: ["typ": .null],
            claims: [
                "ver": 1, "aud": "api://ovaledge-mcp", "cid": "0oa1example", "uid": "00u1example",
                "scp": ["catalog.read", "offline_access"], "auth_time": 1_799_999_000, "sub": "ann@example.com",
            ],
            subject: "ann@example.com",
            client: "0oa1example",
            scopes: ["catalog.read", "offline_access"]
        ),
        ProviderCase(
            testDescription: "Entra, version 2",
            issuer: "https://login.microsoftonline.com/\(tenant)/v2.0",
            rules: TokenRules(
                audiences: ["9a1c0f2e-1111-2222-3333-444455556666"],
                roles: ["Catalog.Write"]
            ),
            claims: [
                "aud": "9a1c0f2e-1111-2222-3333-444455556666", "azp": "5ad4d5b0-0000-1111-2222-333344445555",
                "azpacr": "0", "oid": "0a7c1b9e-aaaa-bbbb-cccc-ddddeeeeffff", "scp": "Catalog.Read",
                "roles": ["Catalog.Write", "Other"], "sub": "pairwise-subject", "tid": .string(tenant), "ver": "2.0",
            ],
            subject: "\(tenant)/0a7c1b9e-aaaa-bbbb-cccc-ddddeeeeffff",
            client: "5ad4d5b0-0000-1111-2222-333344445555",
            scopes: ["Catalog.Read", "Catalog.Write"]
        ),
        ProviderCase(
            testDescription: "Entra, version 1",
            issuer: "https://sts.windows.net/\(tenant)/",
            claims: [
                "aud": "api://ovaledge-mcp", "appid": "5ad4d5b0-0000-1111-2222-333344445555", "appidacr": "0",
                "oid": "0a7c1b9e-aaaa-bbbb-cccc-ddddeeeeffff", "scp": "Catalog.Read", "sub": "pairwise-subject",
                "tid": .string(tenant), "ver": "1.0",
            ],
            subject: "\(tenant)/0a7c1b9e-aaaa-bbbb-cccc-ddddeeeeffff",
            client: "5ad4d5b0-0000-1111-2222-333344445555",
            scopes: ["Catalog.Read"]
        ),
        ProviderCase(
            testDescription: "Auth0",
            issuer: "https://example.eu.auth0.com/",
            rules: TokenRules(audiences: ["https://mcp.example.com/mcp"], roles: ["catalog:write"]),
            claims: [
                "aud": ["https://mcp.example.com/mcp", "https://example.eu.auth0.com/userinfo"],
                "azp": "client1example", "scope": "openid catalog:read",
                "permissions": ["catalog:write", "catalog:admin"], "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
            ],
            subject: "auth0|5f7c8ec7c33c6c004bbafe82",
            client: "client1example",
            scopes: ["openid", "catalog:read", "catalog:write"]
        ),
        ProviderCase(
            testDescription: "Auth0, RFC 9068 profile",
            issuer: "https://example.eu.auth0.com/",
            rules: TokenRules(audiences: ["https://mcp.example.com/mcp"], requiresAccessTokenType: true),
            header: ["typ": "at+jwt"],
            claims: [
                "aud": "https://mcp.example.com/mcp", "client_id": "client1example", "jti": "token-1",
                "scope": "catalog:read", "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
            ],
            subject: "auth0|5f7c8ec7c33c6c004bbafe82",
            client: "client1example",
            scopes: ["catalog:read"]
        ),
        ProviderCase(
            testDescription: "Keycloak with an audience mapper",
            issuer: "https://login.example.com/realms/company",
            claims: [
                "aud": ["api://ovaledge-mcp", "account"], "azp": "claude", "jti": "onrtac:1", "typ": "Bearer",
                "sid": "session-1", "scope": "email catalog.read", "realm_access": ["roles": ["offline_access"]],
                "preferred_username": "ann", "sub": "f:8d1c:ann",
            ],
            subject: "f:8d1c:ann",
            client: "claude",
            scopes: ["email", "catalog.read"]
        ),
        ProviderCase(
            testDescription: "Cognito, asked for a resource",
            issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example",
            rules: TokenRules(audiences: ["https://mcp.example.com/mcp"]),
            header: ["typ": .null],
            claims: [
                "aud": "https://mcp.example.com/mcp", "client_id": "1example23456789", "token_use": "access",
                "scope": "ovaledge/read", "username": "ann", "version": 2, "cognito:groups": ["analysts"],
                "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            ],
            subject: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            client: "1example23456789",
            scopes: ["ovaledge/read"]
        ),
        ProviderCase(
            testDescription: "Cognito, older",
            issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example",
            rules: TokenRules(audiences: ["1example23456789"], takesClientAsAudience: true),
            header: ["typ": .null],
            claims: [
                "aud": .null, "client_id": "1example23456789", "token_use": "access", "scope": "ovaledge/read",
                "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            ],
            subject: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            client: "1example23456789",
            scopes: ["ovaledge/read"]
        ),
        ProviderCase(
            testDescription: "PingOne",
            issuer: "https://auth.pingone.eu/11111111-2222-3333-4444-555555555555/as",
            rules: TokenRules(audiences: ["https://mcp.example.com/mcp"]),
            header: ["typ": "at+jwt"],
            claims: [
                "aud": ["https://mcp.example.com/mcp"], "client_id": "66666666-7777-8888-9999-000000000000",
                "env": "11111111-2222-3333-4444-555555555555", "org": "example", "scope": "ovaledge:read",
                "sub": "bbbbbbbb-cccc-dddd-eeee-ffffffffffff",
            ],
            subject: "bbbbbbbb-cccc-dddd-eeee-ffffffffffff",
            client: "66666666-7777-8888-9999-000000000000",
            scopes: ["ovaledge:read"]
        ),
        ProviderCase(
            testDescription: "PingFederate",
            issuer: "https://sso.example.com",
            header: ["typ": .null],
            claims: [
                "aud": "api://ovaledge-mcp", "client_id": "mcp", "scope": ["catalog.read", "catalog.edit"],
                "sub": "ann", "jti": "token-1",
            ],
            subject: "ann",
            client: "mcp",
            scopes: ["catalog.read", "catalog.edit"]
        ),
    ]

    /// What each of them issues that is no access token for this server, or no good one.
    static let refused =
        [
            (
                "Okta", "a token of the organization",
                ["iss": "https://example.okta.com", "aud": "https://example.okta.com"]
            ),
            ("Okta", "an ID token", ["aud": "0oa1example", "nonce": "n", "at_hash": "h"]),
            ("Entra, version 2", "another tenant", ["tid": "11111111-86f1-41af-91ab-2d7cd011db47"]),
            ("Entra, version 2", "no person", ["oid": .null]),
            ("Entra, version 2", "the issuer of version 1", ["iss": "https://sts.windows.net/\(tenant)/"]),
            ("Entra, version 2", "Microsoft Graph", ["aud": "00000003-0000-0000-c000-000000000000"]),
            ("Auth0", "no slash at the end", ["iss": "https://example.eu.auth0.com"]),
            ("Auth0", "the profile alone", ["aud": "https://example.eu.auth0.com/userinfo"]),
            ("Keycloak with an audience mapper", "no audience mapper", ["aud": "account"]),
            ("Keycloak with an audience mapper", "no audience", ["aud": .null]),
            ("Keycloak with an audience mapper", "a refresh token", ["typ": "Refresh"]),
            ("Keycloak with an audience mapper", "an ID token", ["typ": "ID", "nonce": "n"]),
            ("Keycloak with an audience mapper", "another realm", ["iss": "https://login.example.com/realms/other"]),
            ("Cognito, older", "an ID token", ["token_use": "id", "aud": "1example23456789"]),
            ("Cognito, older", "another client", ["client_id": "2example23456789"]),
            ("Cognito, asked for a resource", "no audience", ["aud": .null]),
            ("PingOne", "another resource", ["aud": ["https://api.pingone.eu"]]),
        ] as [(String, String, JSON)]
}

@Suite struct `The tokens of providers` {
    private func outcome(_ known: ProviderCase, _ changes: JSON = [:]) async -> (AccessToken?, Outcome) {
        let signer = TestSigner("key of \(known.testDescription)")
        let provider = FakeProvider(known.issuer, signer)
        var claims = provider.claims(["scope": .null, "client_id": .null])
        for part in [known.claims, changes] {
            for member in part.object?.members ?? [] { claims[member.name] = member.value.isNull ? nil : member.value }
        }
        let verifier = provider.verifier(known.rules)
        let text = signer.token(claims, header: known.header)
        let outcome = await verifier.outcome(text)
        return (try? verifier.known(Secret(text)), outcome)
    }

    @Test(arguments: ProviderCase.all)
    func `are taken as each writes them`(_ known: ProviderCase) async throws {
        let (token, outcome) = await outcome(known)
        #expect(outcome == .accepted(known.subject))
        let accepted = try #require(token)
        #expect(accepted.issuer == known.issuer)
        #expect(accepted.client == known.client)
        #expect(accepted.scopes == known.scopes)
    }

    @Test(arguments: ProviderCase.refused)
    func `are refused where they are for something else`(name: String, what: String, changes: JSON) async throws {
        let known = try #require(ProviderCase.all.first { $0.testDescription == name })
        #expect(await outcome(known, changes).1 == .invalid, "\(what)")
    }

    @Test(arguments: ProviderCase.all)
    func `are refused where no audience is set`(_ known: ProviderCase) async {
        var known = known
        known.rules.audiences = []
        #expect(await outcome(known).1 == .invalid)
    }

    @Test(arguments: ProviderCase.all)
    func `are from an issuer that may be set`(_ known: ProviderCase) {
        #expect(IssuerAddress.problem(with: known.issuer) == nil)
    }
}
