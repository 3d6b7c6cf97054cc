import Crypto
package import Logging
package import OAuth
import Text

/// A client's request to exchange a code (RFC 6749 §4.1.3, RFC 7636 §4.5); the client has been authenticated.
package struct CodeExchange: Sendable {
    package var code: Secret
    package var client: String
    /// Nil where the client does not repeat it.
    package var redirectURI: String?
    package var verifier: Secret
    package var resource: String?

    package init(code: Secret, client: String, redirectURI: String?, verifier: Secret, resource: String?) {
        self.code = code
        self.client = client
        self.redirectURI = redirectURI
        self.verifier = verifier
        self.resource = resource
    }
}

extension TokenIssuer {
    /// A client that repeats itself so soon, or two of its servers that do the same, are no thieves.
    private static let raceSeconds = 2.0

    /// The first tokens of a grant.
    ///
    /// What a client can correct does not use the code up; the third such failure does.
    package func exchange(_ request: CodeExchange) async throws(OAuthError) -> IssuedTokens {
        try await Self.translated { () async throws -> IssuedTokens in
            let keys = keys()
            guard let token = try OpaqueToken(request.code, keys), token.kind == .code,
                let code = try await store.code(try token.hash), code.grant == token.grant
            else { throw Self.codeRefused }
            if code.used != nil { throw try await replayed(code, by: request) }
            guard code.end > now else { throw Self.codeRefused }
            if let error = try Self.obstacle(to: request, of: code) {
                try await store.failCode(try token.hash)
                throw error
            }
            return try await exchange(token, code, by: request, keys)
        }
    }

    private func exchange(
        _ token: OpaqueToken,
        _ code: CodeRecord,
        by request: CodeExchange,
        _ keys: KeySets
    ) async throws -> IssuedTokens {
        let now = now
        guard let grant = try await store.grant(code.grant), let box = try GrantBox(code.key, of: token, keys) else {
            throw Self.codeRefused
        }
        let access = try newAccess(to: grant, box, scopes: grant.scopes, at: now)
        let refresh = code.mayRefresh ? try OpaqueToken.new(.refresh, of: grant.id) : nil
        let taking = try await store.takeCode(
            try token.hash,
            of: grant.id,
            refresh: try refresh.map { try firstState($0, of: grant, box, keys.current, at: now) },
            access: access.record,
            accessHash: try access.token.hash
        )
        switch taking {
        case .taken: return try issued(access, refresh: refresh, at: now)
        case .used(let code): throw try await replayed(code, by: request)
        case .none: throw Self.codeRefused
        }
    }

    private func firstState(
        _ token: OpaqueToken,
        of grant: GrantRecord,
        _ box: GrantBox,
        _ set: KeySet,
        at now: Double
    ) throws(CryptoUnavailable) -> RefreshState {
        RefreshState(
            generation: 1,
            hash: try token.hash,
            end: min(now + configuration.refreshLife, grant.end),
            key: try box.wrapped(for: token, set),
            successorKeySet: ""
        )
    }

    /// Ends the grant of a code that came twice, unless it is a race (RFC 6749 §4.1.2).
    private func replayed(_ code: CodeRecord, by request: CodeExchange) async throws -> OAuthError {
        let isRace = now - (code.used ?? 0) <= Self.raceSeconds
        if isRace, try Self.obstacle(to: request, of: code) == nil { return Self.codeRefused }
        if try await store.revokeGrant(code.grant, for: .codeReuse) {
            report(.codeReused(grant: code.grant, client: code.client))
        }
        return Self.codeRefused
    }

    /// Why the code is not for this request: client, then redirect, PKCE and resource.
    private static func obstacle(to request: CodeExchange, of code: CodeRecord) throws(CryptoUnavailable) -> OAuthError?
    {
        guard request.client == code.client, request.redirectURI == nil || request.redirectURI == code.redirectURI,
            try isVerified(request.verifier.revealed, code.challenge)
        else { return codeRefused }
        guard request.resource == nil || request.resource == code.resource else { return resourceRefused }
        return nil
    }

    /// RFC 7636 §4.1 and §4.6, with S256.
    private static func isVerified(_ verifier: String, _ challenge: String) throws(CryptoUnavailable) -> Bool {
        let bytes = Array(verifier.utf8)
        guard (43...128).contains(bytes.count), bytes.allSatisfy({ $0.isUnreserved }) else { return false }
        return areEqual(Array(Base64.encoded(try Crypto.digest(bytes), .urlSafe).utf8), Array(challenge.utf8))
    }

    private static let codeRefused = OAuthError(
        .invalidGrant,
        "The code is unknown, used, expired or for another request. Sign in again."
    )
    static let resourceRefused = OAuthError(
        .invalidTarget,
        "The sign-in is for another resource. Ask for the one that was authorized, or for none."
    )
}

extension UInt8 {
    /// RFC 3986 §2.3.
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~")].contains(self)
        }
    }
}
