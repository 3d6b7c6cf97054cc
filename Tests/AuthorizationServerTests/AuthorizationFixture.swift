import AuthorizationServer
import Crypto
import Logging
import OAuth
import Synchronization
import TestSupport
import Text

/// A token issuer over a store, with a clock that a test moves.
final class AuthorizationFixture: Sendable {
    static let content = Array("token-of-a-person secret-of-a-person".utf8)
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let redirect = "https://client.example/callback"
    static let person: [UInt8] = Array("owner".utf8)

    let clock: TestClock
    let store: GrantStore
    let issuer: TokenIssuer
    private let reports: Reports

    private final class Reports: Sendable {
        let keys: Mutex<[[UInt8]]>
        let events = Mutex<[GrantEvent]>([])

        init(_ keys: [[UInt8]]) { self.keys = Mutex(keys) }
    }

    /// What the issuer reported.
    var events: [GrantEvent] { reports.events.withLock { $0 } }

    init(
        _ records: (any RecordStore)? = nil,
        clock: TestClock = TestClock(),
        keys: [[UInt8]] = [[UInt8](repeating: 7, count: 32)],
        _ configure: (inout AuthorizationServerConfiguration) -> Void = { _ in }
    ) {
        var configuration = AuthorizationServerConfiguration(
            issuer: "https://mcp.example.com",
            resources: ["https://mcp.example.com/mcp"],
            scopes: ["read", "write"],
            defaultScopes: ["read"]
        )
        configure(&configuration)
        let reports = Reports(keys)
        self.clock = clock
        self.reports = reports
        store = GrantStore(records ?? RecordsInMemory { clock.now }, now: { clock.now })
        issuer = TokenIssuer(
            configuration,
            store: store,
            keys: { reports.keys.withLock { Self.sets($0) } },
            report: { event in reports.events.withLock { $0.append(event) } }
        )
    }

    static func sets(_ keys: [[UInt8]]) -> KeySets {
        guard let sets = try? KeySets(keys: keys) else { preconditionFailure("There is no key.") }
        return sets
    }

    /// As after another file of keys was read.
    func use(keys: [[UInt8]]) { reports.keys.withLock { $0 = keys } }

    static func consent(client: String = "client", scopes: [String] = ["read", "write"]) -> GrantConsent {
        GrantConsent(
            client: GrantedClient(id: client, name: "Example", origin: "https://client.example"),
            subject: "1a2b3c4d",
            owner: person,
            scopes: scopes,
            resource: "https://mcp.example.com/mcp",
            content: content
        )
    }

    func code(_ consent: GrantConsent = consent(), mayRefresh: Bool = true) async throws -> Secret {
        try await issuer.code(
            for: consent,
            redirectURI: Self.redirect,
            challenge: Self.challenge,
            mayRefresh: mayRefresh
        )
    }

    static func exchange(_ code: Secret, verifier: String = verifier) -> CodeExchange {
        CodeExchange(
            code: code,
            client: "client",
            redirectURI: redirect,
            verifier: Secret(verifier),
            resource: "https://mcp.example.com/mcp"
        )
    }

    func exchanged(_ code: Secret) async throws -> IssuedTokens { try await issuer.exchange(Self.exchange(code)) }

    /// The first tokens of a new grant.
    func signedIn(scopes: [String] = ["read", "write"]) async throws -> IssuedTokens {
        try await exchanged(try await code(Self.consent(scopes: scopes)))
    }

    func refreshed(_ token: Secret?, scopes: [String]? = nil) async throws -> IssuedTokens {
        try await issuer.refresh(TokenRefresh(token: token ?? Secret(""), client: "client", scopes: scopes))
    }

    func isGood(_ access: Secret) async -> Bool { (try? await issuer.opened(access)) != nil }
}

/// The code of the error that `body` throws; nil where it throws none.
func errorCode<Result>(_ body: () async throws -> Result) async throws -> OAuthError.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as OAuthError {
        return error.code
    }
}

/// What `count` tasks return that begin at once; nil for those that throw.
func atOnce<Result: Sendable>(
    _ count: Int,
    _ body: @escaping @Sendable () async throws -> Result
) async -> [Result?] {
    await withTaskGroup { group in
        for _ in 0..<count { group.addTask { try? await body() } }
        return await group.reduce(into: []) { $0.append($1) }
    }
}
