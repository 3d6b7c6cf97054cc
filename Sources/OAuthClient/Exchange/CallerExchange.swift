import Crypto
package import HTTP
package import Logging
package import MCPClient
import Synchronization

/// Exchanges the tokens of callers for those that a remote server takes, once for all who bring the same one.
///
/// There is no other credential to fall back to: what another identity may do is not for a caller whose token was refused.
package final class CallerExchange: Sendable {
    private let way: ExchangeWay
    private let documents: IssuerDocuments
    private let endpoint: TokenEndpoint
    private let clock: ClientClock
    private let log: Log
    private let whenDone: @Sendable (RemoteFailure?) -> Void
    private let hasWarned = Atomic(false)
    private let cache = Mutex(ExchangeCache())
    private let exchanges = SharedWork<[UInt8], Result<ExchangedToken, RemoteFailure>>()

    /// No token is kept for longer, whatever its server says.
    static let longestLife = 900.0
    /// It is exchanged again so many seconds before its end.
    static let spare = 60.0

    /// `client` must follow no redirect; `whenDone` is called after each exchange, with why there is no token.
    package init(
        _ way: ExchangeWay,
        client: any HTTPClient,
        clock: ClientClock = .system,
        log: Log,
        whenDone: @escaping @Sendable (RemoteFailure?) -> Void = { _ in }
    ) {
        self.way = way
        self.whenDone = whenDone
        self.clock = clock
        self.log = log
        documents = IssuerDocuments(client, now: clock.now)
        endpoint = TokenEndpoint(client: client, now: clock.now)
    }

    /// Why no token could be exchanged now, as a sentence; nil where the authorization server says what is needed of it.
    package func problem() async -> String? {
        guard case .exchange(let client) = way else { return nil }
        do throws(SignInFailure) {
            _ = try await documents.server(client.issuer)
            return nil
        } catch {
            return error.description
        }
    }

    /// The one to send in place of `caller`'s.
    package func token(for caller: Secret) async throws(RemoteFailure) -> ExchangedToken {
        if case .broker(let broker) = way, broker.alias.isEmpty { return ExchangedToken(token: caller) }
        let key = try key(of: caller)
        if let known = known(key) { return known }
        return try await exchanges.outcome(for: key) {
            await .of { () async throws(RemoteFailure) in
                if let known = self.known(key) { return known }
                do throws(RemoteFailure) {
                    let granted = try await self.granted(for: caller)
                    self.whenDone(nil)
                    return self.keep(granted, as: key, for: caller)
                } catch {
                    self.whenDone(error)
                    throw error
                }
            }
        }.get()
    }

    /// The remote server has refused it: the next one is exchanged again.
    package func refused(_ token: Secret, of caller: Secret) {
        guard let key = try? key(of: caller) else { return }
        cache.withLock { $0.drop(token, key) }
    }

    private func known(_ key: [UInt8]) -> ExchangedToken? {
        let now = clock.now()
        return cache.withLock { $0.token(key, at: now) }
    }

    private func keep(_ granted: GrantedTokens, as key: [UInt8], for caller: Secret) -> ExchangedToken {
        let now = clock.now()
        let token = ExchangedToken(token: granted.access, type: granted.type)
        let own = granted.life.map { $0 - Self.spare } ?? .infinity
        let callers = ReadableToken.expiry(of: caller.revealed).map { $0 - now } ?? .infinity
        log.redactor.add(token.token)
        let gone = cache.withLock { cache in
            cache.keep(token, as: key, until: now + min(own, callers, Self.longestLife), at: now)
        }
        for each in gone where each.token != token.token { log.redactor.remove(each.token) }
        return token
    }

    /// A digest of all that decides about the token, each with its length before it.
    private func key(of caller: Secret) throws(RemoteFailure) -> [UInt8] {
        let parts: [String] =
            switch way {
            case .exchange(let client):
                [client.issuer, client.id, client.scope ?? "", client.audience ?? "", client.resource ?? ""]
            case .broker(let broker): [broker.base, broker.realm, broker.alias, broker.renewal.rawValue]
            }
        do throws(CryptoUnavailable) {
            return try Crypto.digest((parts + [caller.revealed]).lengthPrefixed)
        } catch {
            throw .exchangeFailed(isRefusal: false, detail: Self.sentence("\(error)"))
        }
    }

    private static func sentence(_ reason: String) -> String { "Failed to exchange token: \(reason.sentencePart)." }

    private func failure(_ fault: GrantFault, from whom: String) -> RemoteFailure {
        log.warning("token exchange failed", ("server", whom), ("reason", fault.reason))
        let isRefusal = fault.code != nil
        return .exchangeFailed(isRefusal: isRefusal, detail: Self.sentence("\(whom) was asked, and \(fault.reason)"))
    }

    private func granted(for caller: Secret) async throws(RemoteFailure) -> GrantedTokens {
        switch way {
        case .exchange(let client): try await exchanged(caller, as: client)
        case .broker(let broker): try await brokered(caller, by: broker)
        }
    }
}

// RFC 8693.
extension CallerExchange {
    private func exchanged(_ caller: Secret, as client: ExchangeClient) async throws(RemoteFailure) -> GrantedTokens {
        let server: SignInServer
        do throws(SignInFailure) {
            server = try await documents.server(client.issuer)
        } catch {
            log.warning("token exchange failed", ("server", client.issuer), ("reason", error.description))
            throw .exchangeFailed(isRefusal: false, detail: Self.sentence(error.description))
        }
        do throws(GrantFault) {
            return try await exchanged(caller, as: client, at: server)
        } catch {
            throw failure(error, from: client.issuer)
        }
    }

    private func exchanged(
        _ caller: Secret,
        as client: ExchangeClient,
        at server: SignInServer
    ) async throws(GrantFault) -> GrantedTokens {
        let scopes = client.scope?.split(separator: " ").map { String($0) } ?? []
        let granted: GrantedTokens
        do throws(GrantFault) {
            granted = try await exchanged(caller, scopes, as: client, at: server)
        } catch {
            // No refresh token is needed here, so that it does not matter whether one may be had.
            guard error.code == "invalid_scope", scopes.contains(Self.offline) else { throw error }
            granted = try await exchanged(caller, scopes.filter { $0 != Self.offline }, as: client, at: server)
        }
        if granted.issuedType == nil, !hasWarned.exchange(true, ordering: .relaxed) {
            log.warning("exchanged tokens come without their kind", ("server", client.issuer))
        }
        return granted
    }

    private func exchanged(
        _ caller: Secret,
        _ scopes: [String],
        as client: ExchangeClient,
        at server: SignInServer
    ) async throws(GrantFault) -> GrantedTokens {
        var form = [
            (name: "grant_type", value: "urn:ietf:params:oauth:grant-type:token-exchange"),
            (name: "subject_token", value: caller.revealed),
            (name: "subject_token_type", value: Self.accessToken),
            (name: "requested_token_type", value: Self.accessToken),
        ]
        let optional: [(String, String?)] = [
            ("scope", scopes.joined(separator: " ")), ("audience", client.audience), ("resource", client.resource),
        ]
        for (name, value) in optional {
            if let value, !value.isEmpty { form.append((name, value)) }
        }
        let methods = server.authenticationMethods
        let usesBasic =
            methods?.contains("client_secret_basic") ?? true || methods?.contains("client_secret_post") != true
        let identity = ClientIdentity(id: client.id, secret: client.secret, method: usesBasic ? .basic : .post)
        return try await endpoint.tokens(from: server.tokenEndpoint, form, as: identity)
    }

    private static let offline = "offline_access"
    private static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
}

// Keycloak's broker.
extension CallerExchange {
    private func brokered(_ caller: Secret, by broker: KeycloakBroker) async throws(RemoteFailure) -> GrantedTokens {
        do throws(GrantFault) {
            let stored = try await endpoint.brokered(caller, by: broker, isFresh: false)
            guard let life = stored.life, life < Self.spare else { return stored }
            switch broker.renewal {
            case .broker: return try await endpoint.brokered(caller, by: broker, isFresh: true)
            case .oidc: return try await endpoint.renewed(stored, of: broker)
            }
        } catch {
            throw failure(error, from: broker.base)
        }
    }
}

extension [String] {
    /// The bytes of all of them, each with its length before it, so that no two lists have the same ones.
    var lengthPrefixed: [UInt8] {
        var bytes: [UInt8] = []
        for text in self { bytes += "\(text.utf8.count):\(text)".utf8 }
        return bytes
    }
}
