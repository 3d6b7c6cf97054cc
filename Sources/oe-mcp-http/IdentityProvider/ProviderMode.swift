import Commands
import JSON
import Logging
import MCP
import OAuth
import OvalEdge
import OvalEdgeTools
import Settings
import StreamableHTTP
import Telemetry

/// `AUTH_MODE=remote`: an identity provider signs people in, and each request brings an access token of it.
struct ProviderMode: SignInMode {
    let accounts: any Accounts
    let authenticator: any Authenticator
    let routes: [StreamableHTTPConfiguration.Route]
    let warnings: [String]

    init(_ parts: SignInParts) throws(SettingsError) {
        let (wiring, settings) = (parts.wiring, parts.wiring.settings)
        let provider = settings.oauth.provider
        guard let base = settings.listen.publicBaseURL?.text, let issuer = provider.issuers.first else {
            throw SettingsError(problems: [.noPublicAddress])
        }
        try IssuerAddress.requireUsable(provider.issuers, "OAUTH_ISSUER", "or OAUTH_ALLOWED_ISSUERS names")
        let now = settings.testing.now
        let client = wiring.providerClient(for: issuer)
        let issuers = TrustedIssuers(provider.issuers, client: client, now: now)
        let verifier = TokenVerifier(settings.oauth, issuers: issuers, client: client, now: now)
        let tools = ScopedTools(wiring.access)
        let accounts = wiring.delegatedAccounts(
            now: now,
            access: tools.access,
            deriving: Self.deriving(wiring, issuers, now: now)
        )
        wiring.telemetry.metrics.show(.accounts) { [weak accounts] in accounts?.count }
        let scopes = settings.scopeNames
        self.accounts = accounts
        authenticator = BearerAuthenticator(
            ProviderCallers(verifier, accounts, settings.oauth),
            BearerRefusals(base: base, scopes: { scopes }),
            now: now,
            log: wiring.log
        )
        let resource = ProtectedResourceRoutes(
            base: base,
            authorizationServer: provider.isFacade ? base : issuer,
            name: "OvalEdge",
            scopes: { scopes }
        )
        let facade = ProviderFacade(base: base, clientID: provider.clientID, scopes: scopes) {
            () throws(ProviderFailure) in
            guard let issuer = issuers.first else { return .null }
            return try await issuer.metadata().json
        }
        routes = resource.routes + (provider.isFacade ? facade.routes : [])
        warnings = provider.forwardsToken && !wiring.isSandbox ? [Self.forwards] : []
    }

    private static let forwards = """
        the access token with which each person signs in is passed on to OvalEdge as it came, which the protocol \
        discourages; better is OAUTH_EXCHANGE=rfc8693 or on_behalf_of, by which OvalEdge gets one of its own
        """

    /// How session tokens are got, in the sandbox and outside.
    private static func deriving(
        _ wiring: Wiring,
        _ issuers: TrustedIssuers,
        now: @escaping @Sendable () -> Double
    ) -> @Sendable (Log) -> DelegatedTokenSource.Deriving {
        let provider = wiring.settings.oauth.provider
        if wiring.isSandbox { return { _ in wiring.sandboxSignIn } }
        if let exchange = ProviderExchange(wiring, issuers, now: now) {
            return { _ in { token throws(OvalEdgeError) in try await exchange.token(for: token) } }
        }
        guard provider.forwardsToken else { return { wiring.generating($0, now: now) } }
        return { _ in
            { token in SessionToken(token.secret.revealed, receivedAt: now()) }
        }
    }
}

// For `doctor`.
extension ProviderMode {
    /// What each identity provider publishes, where there is one.
    static func checks(_ wiring: Wiring) async -> [DoctorCheck] {
        let settings = wiring.settings
        guard settings.account.authMode == .remote, let first = settings.oauth.provider.issuers.first else { return [] }
        let issuers = TrustedIssuers(settings.oauth.provider.issuers, client: wiring.providerClient(for: first))
        var checks: [DoctorCheck] = []
        for name in settings.oauth.provider.issuers { checks.append(await check(issuers[name], name)) }
        return checks
    }

    private static func check(_ issuer: TrustedIssuer?, _ name: String) async -> DoctorCheck {
        do throws(ProviderFailure) {
            let metadata = try await issuer?.metadata()
            let keys = metadata?.keys == nil ? ", and names no keys" : ""
            return .ok(.listenProvider, "\(name) answers\(keys)")
        } catch {
            let fix = DoctorCheck.Fix("Check OAUTH_ISSUER, and whether this machine reaches it.")
            return .fail(.listenProvider, "\(error)", fix: fix)
        }
    }
}

/// Whose the access tokens of an identity provider are.
struct ProviderCallers: BearerCallers {
    private let verifier: TokenVerifier
    private let accounts: DelegatedAccounts
    private let leeway: Double

    init(_ verifier: TokenVerifier, _ accounts: DelegatedAccounts, _ settings: OAuthSettings) {
        self.verifier = verifier
        self.accounts = accounts
        leeway = Double(settings.provider.leewaySeconds)
    }

    func known(_ token: Secret) throws(TokenRefusal) -> KnownToken {
        try verifier.verifyAtHand(token).map { .caller(caller(with: $0)) } ?? .unknown
    }

    func caller(_ token: Secret) async throws(TokenRefusal) -> Caller { caller(with: try await verifier.verify(token)) }

    func requireGood(_ token: Secret) async throws(TokenRefusal) { _ = try await verifier.verify(token) }

    /// As long as the token is taken, the person is the caller; so the difference of the clocks counts here, too.
    private func caller(with token: AccessToken) -> Caller {
        let end = token.expiry + leeway
        let principal = Principal(token.subject, issuer: token.issuer, scopes: token.scopes, expiry: end)
        let account = accounts.account(for: principal, presenting: PresentedToken(token.text, expiry: end))
        return Caller(principal, log: account.log)
    }
}

extension IssuerAddress {
    /// Refuses what can never be the issuer of a token that this server should take.
    static func requireUsable(
        _ issuers: [String],
        _ name: String,
        _ names: String = "names"
    ) throws(SettingsError) {
        let problems = issuers.compactMap { issuer in
            problem(with: issuer).map { what in
                SettingsProblem(
                    name: name,
                    what: "\(names) an issuer that \(what)",
                    advice: "Write it exactly as the tokens of your identity provider name it (iss)."
                )
            }
        }
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
    }
}

extension SettingsProblem {
    fileprivate static let noPublicAddress = SettingsProblem(
        name: "MCP_PUBLIC_BASE_URL",
        what: "is not set",
        advice: "Write the https address under which clients reach this server, without /mcp."
    )
}
