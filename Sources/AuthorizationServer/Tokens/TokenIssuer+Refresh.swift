import Crypto
package import Logging
package import OAuth

/// A client's request for new tokens (RFC 6749 §6); the client has been authenticated.
package struct TokenRefresh: Sendable {
    package var token: Secret
    package var client: String
    /// Nil for all that were granted.
    package var scopes: [String]?
    package var resource: String?

    package init(token: Secret, client: String, scopes: [String]? = nil, resource: String? = nil) {
        self.token = token
        self.client = client
        self.scopes = scopes
        self.resource = resource
    }
}

extension TokenIssuer {
    /// So many times a refresh token that was replaced a moment ago still leads to its successor.
    private static let mostRepeats = 10

    /// A new pair of tokens; the refresh token follows from the one presented, so that clients that refresh twice at a
    /// time get the same one.
    ///
    /// One that was replaced longer ago ends the grant (RFC 9700 §4.14).
    package func refresh(_ request: TokenRefresh) async throws(OAuthError) -> IssuedTokens {
        try await Self.translated { () async throws -> IssuedTokens in
            let (now, keys) = (now, keys())
            guard let token = try OpaqueToken(request.token, keys), token.kind == .refresh,
                let grant = try await store.grant(token.grant), grant.revocation == nil,
                grant.client.id == request.client
            else { throw Self.refreshRefused }
            let scopes = try Self.scopes(of: request, grant)
            guard let step = try step(from: token, grant, keys, at: now) else { return try await reused(grant) }
            let access = try newAccess(to: grant, step.box, scopes: scopes, at: now)
            let turn = RefreshTurn(
                grant: grant.id,
                presented: try token.hash,
                successor: step.state,
                access: access.record,
                accessHash: try access.token.hash,
                grace: configuration.refreshGrace,
                mostRepeats: Self.mostRepeats
            )
            let rotation = try await store.rotate(turn)
            return try issued(access, refresh: try successor(of: token, rotation, keys), at: now)
        }
    }

    /// The refresh token that is good after a rotation.
    private func successor(of token: OpaqueToken, _ rotation: Rotation, _ keys: KeySets) throws -> OpaqueToken {
        switch rotation {
        case .rotated(let grant), .same(let grant):
            guard let state = grant.refresh, let token = try Self.successor(of: token, state, keys) else {
                throw Self.refreshRefused
            }
            return token
        case .reuse(let grant):
            report(.refreshTokenReused(grant))
            throw Self.refreshRefused
        case .none: throw Self.refreshRefused
        }
    }

    private struct Step {
        let box: GrantBox
        let state: RefreshState
    }

    /// What follows from the token where it is the good one, and what has followed where it was replaced just now;
    /// nil for one that is older.
    private func step(
        from token: OpaqueToken,
        _ grant: GrantRecord,
        _ keys: KeySets,
        at now: Double
    ) throws -> Step? {
        guard let state = grant.refresh else { throw Self.refreshRefused }
        let hash = try token.hash
        if hash == state.hash {
            guard let box = try GrantBox(state.key, of: token, keys) else { throw Self.refreshRefused }
            let set = keys.current
            let next = try Self.successor(of: token, generation: state.generation, set)
            let successor = RefreshState(
                generation: state.generation + 1,
                hash: try next.hash,
                end: min(now + configuration.refreshLife, grant.end),
                key: try box.wrapped(for: next, set),
                successorKeySet: set.id
            )
            return Step(box: box, state: successor)
        }
        guard hash == state.former?.hash, let next = try Self.successor(of: token, state, keys),
            let box = try GrantBox(state.key, of: next, keys)
        else { return nil }
        return Step(box: box, state: state)
    }

    /// Only the holder of a token of this grant gets here, since its checksum is right.
    private func reused(_ grant: GrantRecord) async throws -> IssuedTokens {
        if try await store.revokeGrant(grant.id, for: .refreshTokenReuse) { report(.refreshTokenReused(grant)) }
        throw Self.refreshRefused
    }

    /// Nil where the current one does not follow from `token`.
    private static func successor(
        of token: OpaqueToken,
        _ state: RefreshState,
        _ keys: KeySets
    ) throws(CryptoUnavailable) -> OpaqueToken? {
        guard let set = keys[state.successorKeySet] else { return nil }
        let next = try successor(of: token, generation: state.generation - 1, set)
        return try next.hash == state.hash ? next : nil
    }

    private static func successor(
        of token: OpaqueToken,
        generation: Int,
        _ set: KeySet
    ) throws(CryptoUnavailable) -> OpaqueToken {
        let input = token.secret + Array(" \(generation)".utf8)
        let secret = try Crypto.authentication(of: input, key: set.rotation)
        return OpaqueToken(.refresh, of: token.grant, secret: secret)
    }

    /// They may become fewer, for this access token (RFC 6749 §6).
    private static func scopes(of request: TokenRefresh, _ grant: GrantRecord) throws(OAuthError) -> [String] {
        guard request.resource == nil || request.resource == grant.resource else { throw resourceRefused }
        guard let scopes = request.scopes?.filter({ $0 != "offline_access" }), !scopes.isEmpty else {
            return grant.scopes
        }
        guard scopes.allSatisfy({ grant.scopes.contains($0) }) else {
            throw OAuthError(.invalidScope, "More was asked for than was granted. Sign in again to be granted more.")
        }
        return grant.scopes.filter { scopes.contains($0) }
    }

    private static let refreshRefused = OAuthError(
        .invalidGrant,
        "The refresh token is unknown, expired, revoked or was replaced. Sign in again."
    )
}
