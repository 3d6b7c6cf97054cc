import Crypto
package import Logging
package import OAuth
import Text

/// What a person agreed to on the page, or an assertion says.
package struct GrantConsent: Sendable {
    package var client: GrantedClient
    package var subject: String
    package var owner: [UInt8]
    package var scopes: [String]
    package var resource: String
    /// What the access token's holder needs, which only live tokens open.
    package var content: [UInt8]

    package init(
        client: GrantedClient,
        subject: String,
        owner: [UInt8],
        scopes: [String],
        resource: String,
        content: [UInt8]
    ) {
        self.client = client
        self.subject = subject
        self.owner = owner
        self.scopes = scopes
        self.resource = resource
        self.content = content
    }
}

/// The members of a token response (RFC 6749 §5.1).
package struct IssuedTokens: Sendable {
    package let access: Secret
    package let refresh: Secret?
    package let scopes: [String]
    /// Whole seconds.
    package let expiresIn: Int
    package let grant: String
}

/// What an operator should see in the log.
package enum GrantEvent: Hashable, Sendable {
    case refreshTokenReused(GrantRecord)
    case codeReused(grant: String, client: String)
    case tooManyGrants(ended: GrantRecord)
}

/// Issues, renews and revokes tokens.
package struct TokenIssuer: Sendable {
    package let configuration: AuthorizationServerConfiguration
    package let store: GrantStore
    let keys: @Sendable () -> KeySets
    let report: @Sendable (GrantEvent) -> Void

    /// `keys` is asked each time, since they may be read again.
    package init(
        _ configuration: AuthorizationServerConfiguration,
        store: GrantStore,
        keys: @escaping @Sendable () -> KeySets,
        report: @escaping @Sendable (GrantEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.store = store
        self.keys = keys
        self.report = report
    }

    /// How long a code is good, and how many grants one person has.
    static let (codeSeconds, mostGrants) = (120.0, 50)

    var now: Double { store.now() }

    /// A code for what was agreed to; `mayRefresh` says whether its tokens can be renewed.
    package func code(
        for consent: GrantConsent,
        redirectURI: String,
        challenge: String,
        mayRefresh: Bool
    ) async throws(OAuthError) -> Secret {
        try await Self.translated { () async throws -> Secret in
            let (now, set) = (now, keys().current)
            try await makeRoom(for: consent.owner)
            let (grant, box) = try newGrant(consent, idleEnd: now + Self.codeSeconds, at: now)
            let token = try OpaqueToken.new(.code, of: grant.id)
            let code = CodeRecord(
                grant: grant.id,
                client: consent.client.id,
                redirectURI: redirectURI,
                challenge: challenge,
                resource: consent.resource,
                mayRefresh: mayRefresh,
                end: now + Self.codeSeconds,
                key: try box.wrapped(for: token, set)
            )
            try await store.begin(grant, code: code, hash: try token.hash)
            return try token.written(with: set)
        }
    }

    /// An access token that cannot be renewed, for clients that come without a person at a browser.
    package func tokens(for consent: GrantConsent) async throws(OAuthError) -> IssuedTokens {
        try await Self.translated { () async throws -> IssuedTokens in
            let now = now
            try await makeRoom(for: consent.owner)
            var (grant, box) = try newGrant(consent, idleEnd: now + configuration.accessLife, at: now)
            grant.lastIssue = now
            let access = try newAccess(to: grant, box, scopes: grant.scopes, at: now)
            try await store.begin(grant, access: access.record, hash: try access.token.hash)
            return try issued(access, refresh: nil, at: now)
        }
    }

    private func newGrant(
        _ consent: GrantConsent,
        idleEnd: Double,
        at now: Double
    ) throws(CryptoUnavailable) -> (GrantRecord, GrantBox) {
        let (id, box) = (try OpaqueToken.newGrantID(), try GrantBox())
        let grant = GrantRecord(
            id: id,
            client: consent.client,
            subject: consent.subject,
            owner: consent.owner,
            scopes: consent.scopes,
            resource: consent.resource,
            created: now,
            end: now + configuration.grantLife,
            idleEnd: min(idleEnd, now + configuration.grantLife),
            box: try box.sealed(consent.content, of: id, issuer: configuration.issuer)
        )
        return (grant, box)
    }

    /// The oldest grant of a person goes where there are as many as may be.
    private func makeRoom(for owner: [UInt8]) async throws(GrantsUnavailable) {
        let grants = try await store.grants(of: [owner])
        for grant in grants.dropLast(Self.mostGrants - 1)
        where try await store.revokeGrant(grant.id, for: .tooMany) {
            report(.tooManyGrants(ended: grant))
        }
    }

    struct NewAccess {
        let token: OpaqueToken
        let record: AccessRecord
    }

    func newAccess(
        to grant: GrantRecord,
        _ box: GrantBox,
        scopes: [String],
        at now: Double
    ) throws(CryptoUnavailable) -> NewAccess {
        let token = try OpaqueToken.new(.access, of: grant.id)
        let record = AccessRecord(
            grant: grant.id,
            scopes: scopes,
            end: min(now + configuration.accessLife, grant.end),
            key: try box.wrapped(for: token, keys().current)
        )
        return NewAccess(token: token, record: record)
    }

    func issued(_ access: NewAccess, refresh: OpaqueToken?, at now: Double) throws(CryptoUnavailable) -> IssuedTokens {
        let set = keys().current
        return IssuedTokens(
            access: try access.token.written(with: set),
            refresh: try refresh?.written(with: set),
            scopes: access.record.scopes,
            expiresIn: Int(max(access.record.end - now, 0)),
            grant: access.record.grant
        )
    }

    /// The error for a client where the store cannot be asked, or a library is missing.
    static func translated<Result>(_ body: () async throws -> Result) async throws(OAuthError) -> Result {
        do {
            return try await body()
        } catch let error as OAuthError {
            throw error
        } catch is GrantsUnavailable {
            throw OAuthError(
                .temporarilyUnavailable,
                "The server cannot look up sign-ins at the moment. Try again soon."
            )
        } catch {
            throw OAuthError(.serverError, "The server cannot issue tokens. Ask its operator to look into its log.")
        }
    }
}
