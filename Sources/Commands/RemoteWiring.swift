package import CurlHTTP
package import HTTP
package import Logging
package import MCPClient
package import OAuthClient
import Secrets
package import Settings
package import Telemetry
import Text

/// The parts of a process that stands before another server, as its settings have them.
package struct RemoteWiring: Sendable {
    package let settings: Settings
    package let log: Log
    /// The last warnings and errors.
    package let recent: RecentLines
    /// What is counted and traced; `names` in it are the methods of MCP.
    package let telemetry: Telemetry
    /// Header fields that every request to the server has, by settings and command line; without a credential.
    package let constantFields: HTTPFields
    /// Looks up secrets that are kept elsewhere.
    private let resolver: SecretResolver

    /// Reads the settings, in which `--header`, `--bearer-file` and `--timeout` count more than others.
    ///
    /// `logLevel` overrides the setting, for commands that say themselves what goes wrong; what was counted by `former` goes on
    /// to be counted here.
    package init(
        _ line: ParsedCommandLine,
        listens: Bool = false,
        logLevel: Log.Level? = nil,
        after former: RemoteWiring? = nil
    ) throws {
        settings = try Environment.settings(line, listens: listens)
        recent = RecentLines()
        log = Wiring.log(settings, logLevel ?? settings.server.logLevel, keeping: recent)
        resolver = SecretResolver(Environment.secretSurroundings, redactor: log.redactor)
        if let former, former.settings.haveSameServers(as: settings) {
            telemetry = former.telemetry
        } else {
            let metrics = former?.telemetry.metrics
            telemetry = Wiring.bridgeTelemetry(line, settings, listens: listens, metrics: metrics, log: log)
        }
        constantFields = try Self.fields(settings.remote.fields.constant, line.all("header"))
        for warning in settings.trustWarnings + settings.warnings { log.warning(warning) }
        if !settings.remote.connection.verifiesTLS {
            log.warning("MCP_REMOTE_VERIFY_TLS is false: anyone on the way can read and change what the server is sent")
        }
        // Those of a command line are as secret as those of settings.
        for field in constantFields.all { log.redactor.add(Secret(field.value)) }
    }

    /// How `url` is reached: the remote server, or an authorization server for it.
    package func curl(for url: String) -> CurlConfiguration {
        let connection = settings.remote.connection
        var curl = Wiring.curl(for: url, settings)
        curl.timeout = .seconds(connection.maxDuration.number)
        curl.connectTimeout = .seconds(connection.connectTimeout.number)
        curl.maxConnections = connection.maxConnections
        curl.maxIdleConnections = connection.maxIdleConnections
        curl.maxResponseBytes = connection.maxResponseBytes > 0 ? connection.maxResponseBytes : Self.mostBytes
        curl.maxBytesAtOnce = max(curl.maxBytesAtOnce, curl.maxResponseBytes)
        curl.verifiesTLS = connection.verifiesTLS
        curl.caBundle = connection.caBundle ?? settings.network.caBundle
        if connection.trustsBundleOnly {
            curl.systemCertificates = connection.caBundle
            curl.caBundle = nil
        }
        curl.clientCertificate = connection.clientCertificate
        curl.clientKey = connection.clientKey
        return curl
    }

    /// Of an answer for which no limit is set.
    private static let mostBytes = 256 << 20

    /// How a token is written into a request.
    package var credentialHeader: CredentialHeader {
        let credentials = settings.remote.credentials
        return CredentialHeader(name: credentials.fieldName.text, template: credentials.valueTemplate ?? "")
    }

    /// How callers' tokens are exchanged; nil where they are not.
    package var exchangeWay: ExchangeWay? {
        let (credentials, keycloak) = (settings.remote.credentials, settings.bridge.keycloak)
        if let alias = keycloak.providerAlias, let base = keycloak.baseURL {
            let renewal: KeycloakBroker.Renewal = keycloak.refresh == .oidc ? .oidc : .broker
            return .broker(KeycloakBroker(base: base.text, realm: keycloak.realm, alias: alias, renewal: renewal))
        }
        guard let issuer = credentials.issuer, let id = credentials.clientID, let secret = credentials.clientSecret
        else {
            return nil
        }
        return .exchange(
            ExchangeClient(
                issuer: issuer,
                id: id,
                secret: secret,
                scope: credentials.scope,
                audience: credentials.audience
            )
        )
    }

    /// The token of the settings, from its file if it is in one; nil where none is set.
    package var fixedCredentials: (any RemoteCredentials)? {
        let credentials = settings.remote.credentials
        if let path = credentials.bearerFile {
            return BearerFile(path, credentialHeader, last: credentials.bearer?.value, log: log)
        }
        guard let bearer = credentials.bearer else { return nil }
        if let token = bearer.value { return FixedCredentials(credentialHeader.fields(token)) }
        return bearer.reference.map { LookedUpBearer($0, resolver, credentialHeader) }
    }

    /// Ends the programs that are still asked for secrets.
    package func endLookUps() { resolver.end() }

    /// `options` are written `Name: value`.
    private static func fields(_ constant: [NamedSecret], _ options: [String]) throws(UsageError) -> HTTPFields {
        var fields: HTTPFields = [:]
        for field in constant { fields[field.name] = field.value.revealed }
        for option in options {
            let colon = option.firstIndex(of: ":")
            let name = colon.flatMap { HeaderToken(setting: String(option[..<$0].trimmed)) }
            let value = colon.map { option[option.index(after: $0)...].trimmed } ?? ""
            guard let name, !value.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F })
            else {
                throw UsageError(
                    "`--header` needs the name and the value of a header field.",
                    advice: "Write --header 'X-API-Key: value'."
                )
            }
            fields[name.text] = value.isEmpty ? nil : value
        }
        return fields
    }
}
