import Crypto
package import Logging
package import OAuth

extension TokenIssuer {
    /// What an access token opens, if that is known without asking another machine; else nil.
    package func openedAtHand(_ text: Secret) throws(TokenRefusal) -> OpenedToken? {
        try Self.judged { () throws -> OpenedToken? in
            if let known = store.opened.token(text, at: now) { return known }
            let (keys, revision) = (keys(), store.opened.revision)
            guard let token = try OpaqueToken(text, keys), token.kind == .access else { throw Self.unknown }
            guard let found = try store.accessAtHand(try token.hash, of: token.grant) else { return nil }
            return try opened(token, text, found, keys, since: revision)
        }
    }

    /// What an access token opens.
    package func opened(_ text: Secret) async throws(TokenRefusal) -> OpenedToken {
        if let known = try openedAtHand(text) { return known }
        let revision = store.opened.revision
        let keys = keys()
        do {
            guard let token = try OpaqueToken(text, keys) else { throw Self.unknown }
            let found = try await store.access(try token.hash, of: token.grant)
            return try opened(token, text, found, keys, since: revision)
        } catch {
            throw Self.refusal(error)
        }
    }

    private func opened(
        _ token: OpaqueToken,
        _ text: Secret,
        _ found: (access: AccessRecord, grant: GrantRecord)?,
        _ keys: KeySets,
        since revision: Int
    ) throws -> OpenedToken {
        guard let (access, grant) = found, let box = try GrantBox(access.key, of: token, keys),
            let content = try box.opened(grant.box, of: grant.id, issuer: configuration.issuer)
        else { throw Self.unknown }
        let opened = OpenedToken(
            grant: grant.id,
            client: grant.client,
            subject: grant.subject,
            owner: grant.owner,
            scopes: access.scopes,
            resource: grant.resource,
            end: access.end,
            content: content
        )
        store.opened.keep(opened, of: text, at: now, since: revision)
        return opened
    }

    /// Ends an access token, or with a refresh token its grant; nothing for what is unknown or another client's
    /// (RFC 7009 §2.2).
    package func revoke(_ text: Secret, by client: String) async throws(OAuthError) {
        try await Self.translated { () async throws -> Void in
            guard let token = try OpaqueToken(text, keys()), token.kind != .code,
                let grant = try await store.grant(token.grant), grant.client.id == client
            else { return }
            if token.kind == .access { return try await store.revokeAccess(try token.hash) }
            try await store.revokeGrant(grant.id, for: .client)
        }
    }

    private static let unknown = TokenRefusal.invalid("The access token is unknown, expired or revoked.")

    private static func judged<Result>(_ body: () throws -> Result) throws(TokenRefusal) -> Result {
        do { return try body() } catch { throw refusal(error) }
    }

    private static func refusal(_ error: any Error) -> TokenRefusal {
        switch error {
        case let refusal as TokenRefusal: refusal
        case let error as GrantsUnavailable: .unavailable(error.reason)
        default: .unavailable("\(error)")
        }
    }
}
