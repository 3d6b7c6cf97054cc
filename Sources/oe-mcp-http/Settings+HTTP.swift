import HTTPServer
import JSON
import Settings
import StreamableHTTP

extension Settings {
    /// How MCP is served over HTTP; problems of single entries are found here as well.
    ///
    /// `isLoopback` says whether only this machine can reach it.
    func streamableHTTP(isLoopback: Bool) throws(SettingsError) -> StreamableHTTPConfiguration {
        var configuration = StreamableHTTPConfiguration()
        configuration.service = [
            "service": .string(server.name), "version": .string(server.version),
            "auth_mode": .string(account.authMode.rawValue), "usage": .string(usage),
        ]
        if [.remote, .remoteLogin].contains(account.authMode) {
            configuration.service["oauth_discovery"] = .string(ProtectedResourceRoutes.path)
        }
        let health: JSON = [
            "version": .string(server.version), "auth_mode": .string(account.authMode.rawValue),
            "mcp_lifespan_ready": true,
        ]
        configuration.health = { health }
        configuration.isStateless = listen.isStateless
        configuration.requiresSession = listen.requiresSession
        configuration.responseForm =
            switch listen.responseForm {
            case .json: .json
            case .stream: .stream
            case .auto: .auto
            }
        if listen.responseForm == .json, isSet("MCP_JSON_RESPONSE") { configuration.silence = nil }
        configuration.publicBaseURL = listen.publicBaseURL?.text
        configuration.requiresTLS = requiresTLS
        configuration.isLoopback = isLoopback
        configuration.hosts = try httpAccess.hosts.map { hosts throws(SettingsError) in
            try Self.parsed(hosts.entries, "MCP_ALLOWED_HOSTS") { AllowedHost($0) }
        }
        configuration.origins = try Self.parsed(httpAccess.origins?.list ?? [], "MCP_ALLOWED_ORIGINS") {
            AllowedOrigin($0)
        }
        configuration.allowsCrossOrigin = httpAccess.allowsCrossOrigin
        configuration.trustedProxies = try httpAccess.trustedProxies.map { proxies throws(SettingsError) in
            try Self.parsed(proxies.entries, "MCP_TRUSTED_PROXIES") { AddressRange($0) }
        }
        configuration.sources = try httpAccess.sources.map { sources throws(SettingsError) in
            try Self.parsed(sources.entries, "ALLOWED_SOURCE_CIDRS") { AddressRange($0) }
        }
        configuration.bodyLimit = httpLimits.bodyBytes
        configuration.limits = httpLimits.limits
        configuration.routes = OpenRoutes(self).routes
        return configuration
    }

    /// Someone has set it, whether to its default or not.
    func isSet(_ name: String) -> Bool { entries.contains { $0.name == name && $0.origin != .default } }

    /// Where clients sign in with OAuth, an address on this machine is for trials, and needs no certificate.
    private var requiresTLS: Bool {
        switch account.authMode {
        case .local: false
        case .remoteCredentials: true
        case .remote, .remoteLogin: listen.publicBaseURL?.isLoopback != true
        }
    }

    private var usage: String {
        switch account.authMode {
        case .local: "Clients send MCP messages as POST requests to /mcp."
        case .remote, .remoteLogin: "Clients sign in with OAuth, and send MCP messages as POST requests to /mcp."
        case .remoteCredentials:
            "Clients send MCP messages as POST requests to /mcp, each with an OvalEdge user token and secret."
        }
    }

    /// What the transport reads otherwise than the settings do must not be left out in silence.
    private static func parsed<Entry>(
        _ texts: [String],
        _ name: String,
        _ parse: (String) -> Entry?
    ) throws(SettingsError) -> [Entry] {
        var entries: [Entry] = []
        for text in texts {
            guard let entry = parse(text) else {
                throw SettingsError(problems: [
                    SettingsProblem(
                        name: name,
                        what: "has the unusable entry `\(text)`",
                        advice: "Correct or remove it."
                    )
                ])
            }
            entries.append(entry)
        }
        return entries
    }

    /// The certificate and key; nil where there is no TLS.
    var tlsIdentity: TLSIdentity? { files.tls.map { TLSIdentity(certificates: $0.certificate, key: $0.key) } }
}

extension AllowedOrigins {
    fileprivate var list: [String] { isAny ? ["*"] : entries }
}

extension HTTPLimitSettings {
    fileprivate var limits: StreamableHTTPLimits {
        var limits = StreamableHTTPLimits()
        limits.calls = hasRates ? calls : 0
        limits.writes = hasRates ? writes : 0
        limits.initializations = hasRates ? initializations : 0
        limits.failedSignIns = hasRates ? failedSignIns : 0
        limits.inFlightPerPrincipal = inFlightPerAccount
        limits.inFlight = inFlight
        limits.sessions = sessions
        limits.sessionsPerPrincipal = sessionsPerAccount
        limits.sessionIdle = .seconds(idleSeconds)
        limits.sessionLife = .seconds(totalSeconds)
        return limits
    }
}
