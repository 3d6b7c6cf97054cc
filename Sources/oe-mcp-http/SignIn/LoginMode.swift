import AuthorizationServer
import Commands
import Crypto
import CurlHTTP
import HTTP
import Logging
import OvalEdge
import OvalEdgeTools
import Settings
import StreamableHTTP
import Synchronization
import Telemetry
import Text
import Threads

/// `AUTH_MODE=remote_login`: people sign in on pages of ours, and clients get tokens of ours.
struct LoginMode: SignInMode {
    let authenticator: any Authenticator
    let accounts: any Accounts
    private let server: AuthorizationServer
    private let grants: GrantStore
    private let documents: ClientDocuments
    private let keys: SignInKeys
    private let scopes: ScopeNames
    private let needsTLS: Bool
    private let isMemory: Bool
    /// Clients that people cannot be sent back to.
    private let unreachable: [String]
    /// Answers the operator's command as long as this is there.
    private let socket: ConnectionsSocket?

    init(_ parts: SignInParts) throws {
        let wiring = parts.wiring
        let settings = wiring.settings
        keys = try SignInKeys(settings.files.signInKeys)
        let log = wiring.log
        let people = wiring.accounts(
            key: try parts.ring?.accounts ?? keys.accounts,
            store: wiring.isSandbox ? nil : parts.instances?.tokens
        )
        let metrics = wiring.telemetry.metrics
        metrics.show(.accounts) { [weak people] in people?.count }
        let now = settings.testing.now
        let store = try SignInStore(settings, now: now, metrics: metrics, log: log)
        socket = store.open(log)
        grants = store.grants
        scopes = settings.scopeNames
        let issuer = TokenIssuer(
            settings.authorizationServer(scopes: scopes.all),
            store: store.grants,
            keys: keys.current,
            report: { event in Self.report(event, log) }
        )
        let fixed = try settings.fixedClients()
        unreachable = fixed.unreachable
        documents = settings.clientDocuments(now: now, log: log)
        server = AuthorizationServer(
            issuer,
            clients: ClientDirectory(
                registration: settings.registration,
                fixed: fixed,
                documents: documents,
                keys: keys.current
            ),
            check: OvalEdgeCredentialCheck(accounts: people, baseURL: wiring.configuration.baseURL),
            words: settings.signInWords(address: wiring.isSandbox ? "sandbox" : wiring.configuration.baseURL),
            machines: try settings.machineGrants(people, wiring, store.grants, now: now),
            keys: keys.current,
            log: log
        )
        authenticator = BearerAuthenticator(
            OwnTokenCallers(issuer, people, metrics: metrics, log: log),
            BearerRefusals(base: issuer.configuration.issuer, scopes: { [scopes] in scopes }),
            now: now,
            log: log
        )
        accounts = ScopedAccounts(accounts: people, tools: ScopedTools(wiring.access))
        needsTLS = settings.listen.publicBaseURL?.isLoopback != true
        isMemory = settings.oauth.signIn.store == .memory
    }

    var routes: [StreamableHTTPConfiguration.Route] {
        let issuer = server.configuration.issuer
        let resource = ProtectedResourceRoutes(
            base: issuer,
            authorizationServer: issuer,
            name: "OvalEdge",
            scopes: { [scopes] in scopes }
        )
        return resource.routes + SignInRoutes(server: server, needsTLS: needsTLS).all
    }

    var warnings: [String] {
        let memory = "OAUTH_STORE=memory: everyone has to sign in again after each start of this server"
        return (isMemory ? [memory] : [])
            + unreachable.map { id in
                "OAUTH_STATIC_CLIENTS: no one can sign in with the client \(id), which has no redirect_uris"
            }
    }

    /// Finds out whether documents of clients can be fetched from here; until then clients register.
    func prepare() {
        Task(executorPreference: WorkerPool.shared) { [documents] in await documents.probe() }
    }

    func whenRevoked(_ callback: @escaping @Sendable () -> Void) { grants.whenRevoked(callback) }

    func change(_ settings: Settings) throws { try keys.change(to: settings.files.signInKeys) }

    private static func report(_ event: GrantEvent, _ log: Log) {
        switch event {
        case .refreshTokenReused(let grant):
            log.warning("grant revoked", ("grant", grant.id), ("by", "the server: a refresh token was used again"))
        case .codeReused(let grant, _):
            log.warning("grant revoked", ("grant", grant), ("by", "the server: a code was used again"))
        case .tooManyGrants(let grant):
            log.info("grant revoked", ("grant", grant.id), ("by", "the server: the person has newer ones"))
        }
    }
}

/// The key sets in use, which SIGHUP changes.
final class SignInKeys: Sendable {
    private let sets: Mutex<KeySets>

    init(_ file: KeyFile?) throws { sets = Mutex(try Self.sets(file)) }

    var current: @Sendable () -> KeySets { { self.sets.withLock { $0 } } }

    func change(to file: KeyFile?) throws {
        let next = try Self.sets(file)
        sets.withLock { $0 = next }
    }

    /// For the digests by which accounts are known: from the oldest key, so that a newer one changes no one's session.
    var accounts: [UInt8] {
        get throws {
            let oldest = sets.withLock { $0.sets.last?.index } ?? []
            return try Crypto.derivedKey(from: oldest, purpose: "oe-mcp-http: names of accounts")
        }
    }

    private static func sets(_ file: KeyFile?) throws -> KeySets {
        guard let sets = try KeySets(file) else {
            throw SettingsError(problems: [
                SettingsProblem(
                    name: "OAUTH_KEY_FILE",
                    what: "has no key in it",
                    advice: "`oe-mcp-http keys new FILE` makes one."
                )
            ])
        }
        return sets
    }
}
