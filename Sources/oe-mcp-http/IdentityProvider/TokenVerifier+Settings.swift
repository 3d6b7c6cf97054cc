import Clock
import HTTP
import OAuth
import Settings

extension TokenVerifier {
    /// As the settings have it; `client` is for what the identity provider publishes and is asked.
    convenience init(
        _ settings: OAuthSettings,
        issuers: TrustedIssuers,
        client: any HTTPClient,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970
    ) {
        let provider = settings.provider
        let introspection = provider.introspectionURL.map { address in
            Introspection(
                at: address.text,
                clientID: provider.clientID,
                secret: provider.clientSecret,
                client: client
            )
        }
        self.init(
            TokenRules(settings),
            issuers: issuers,
            introspection: introspection,
            keptSeconds: Double(provider.cacheSeconds),
            granted: { settings.granted($0) },
            now: now
        )
    }
}

extension TokenRules {
    init(_ settings: OAuthSettings) {
        let provider = settings.provider
        self.init(
            audiences: provider.audience?.texts ?? [],
            takesClientAsAudience: provider.audienceClaim == .clientID,
            clients: provider.clients?.texts,
            // A role or permission counts where it is a scope of ours, or is mapped to one.
            roles: Set(
                CatalogScope.allCases.map { $0.rawValue } + (settings.scopeMap?.pairs.map { $0.theirs } ?? [])
            ),
            requiresAccessTokenType: provider.requiresAccessTokenType,
            leeway: Double(provider.leewaySeconds)
        )
    }
}
