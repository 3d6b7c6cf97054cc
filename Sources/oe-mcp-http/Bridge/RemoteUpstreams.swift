import Bridge
import Commands
import CurlHTTP
import HTTP
import Logging
import MCPClient
import OAuthClient
import RESTFacade
import Settings
import Synchronization
import Telemetry

/// A server as it is offered: with its filter, counted, and what goes on to it for a caller.
struct OfferedUpstream: Sendable {
    let offered: any Upstream
    let mode: @Sendable (BridgeCaller) -> CredentialPolicy.Mode
    let requestFields: @Sendable (BridgeCaller) -> HTTPFields
    /// What is left out of its tools.
    let omitted: OmittedTools
    /// Why a server of this machine cannot be counted on; nil where it can.
    var fault: @Sendable () -> String? = { nil }
}

/// Makes servers of entries: the parts that all of them share.
struct RemoteUpstreams {
    private let wiring: RemoteWiring
    private let metrics: RemoteMetrics
    /// Whether tools are counted with the name of their server, as where there are several.
    private let namesServers: Bool
    private let exchange: CallerExchange?
    private let fixed: (any RemoteCredentials)?
    private var settings: Settings { wiring.settings }

    init(_ wiring: RemoteWiring, _ metrics: RemoteMetrics, namesServers: Bool = false) {
        self.wiring = wiring
        self.namesServers = namesServers
        self.metrics = metrics
        fixed = wiring.fixedCredentials
        let issuer = wiring.settings.remote.credentials.issuer ?? wiring.settings.bridge.keycloak.baseURL?.text ?? ""
        exchange = wiring.exchangeWay.map { way in
            CallerExchange(
                way,
                client: CurlClient(wiring.curl(for: issuer), log: wiring.log),
                log: wiring.log,
                whenDone: { metrics.countExchange(RemoteMetrics.ExchangeResult($0)) }
            )
        }
    }

    func upstream(for entry: ServerEntry) -> OfferedUpstream {
        switch entry.kind {
        case .remote(let url): return remote(entry, url)
        case .child(let command, let arguments, let variables, let folder):
            let pairs = Dictionary(variables.map { ($0.name, $0.value.revealed) }) { $1 }
            for variable in variables { wiring.log.redactor.add(variable.value) }
            let connection = settings.remote.connection
            let server = ProcessRemoteServer(
                command,
                arguments,
                inherited: Environment.variables,
                pairs: pairs,
                directory: folder,
                era: settings.remote.era.preference,
                timeout: .seconds(connection.timeout.number),
                longest: .seconds(connection.maxDuration.number),
                log: wiring.log
            )
            return offered(ChildUpstream(entry.name, server, whenRestarted: metrics.countRestart), entry)
        }
    }

    /// A server of this machine, which knows no callers.
    private func offered(_ upstream: ChildUpstream, _ entry: ServerEntry) -> OfferedUpstream {
        let omitted = OmittedTools()
        let observed = ObservedUpstream(
            limited(upstream, omitted),
            host: "-",
            toolPrefix: toolPrefix(entry),
            metrics: metrics,
            tracer: wiring.telemetry.tracer,
            log: wiring.log,
            bodies: bodies
        )
        return OfferedUpstream(
            offered: NamedUpstream(observed, filter: filter(entry)),
            mode: { _ in .none },
            requestFields: { _ in [:] },
            omitted: omitted,
            fault: { upstream.fault }
        )
    }

    private func limited(_ upstream: any Upstream, _ omitted: OmittedTools) -> LimitedUpstream {
        let connection = settings.remote.connection
        let limits = ListLimits(tools: connection.maxTools, bytes: connection.maxListBytes)
        return LimitedUpstream(upstream, limits, omitted, log: wiring.log)
    }

    /// As tools are called at all servers as one.
    private func toolPrefix(_ entry: ServerEntry) -> String { namesServers ? "\(entry.name)__" : "" }

    private func remote(_ entry: ServerEntry, _ url: String) -> OfferedUpstream {
        let connection = settings.remote.connection
        var server = HTTPRemoteServer(
            url,
            client: CurlClient(wiring.curl(for: url), log: wiring.log),
            era: settings.remote.era.preference,
            timeout: .seconds(connection.timeout.number),
            longest: .seconds(connection.maxDuration.number),
            maxMessageBytes: connection.maxResponseBytes > 0 ? connection.maxResponseBytes : 256 << 20,
            mostStreams: connection.maxConnections / 2,
            whenStreamed: metrics.streamsChanged,
            log: wiring.log
        )
        server.maxListBytes = connection.maxListBytes * 4
        let (own, others) = ownCredentials(of: entry)
        let fixed = own ?? self.fixed
        let credentials = settings.remote.credentials
        let policy = CredentialPolicy(
            exchanges: exchange != nil && own == nil,
            hasAnonymous: credentials.anonymousBearer != nil && own == nil,
            hasFixed: fixed != nil,
            sendsNone: entry.hasNoToken
        )
        var constant = wiring.constantFields
        for field in others.all { constant[field.name] = field.value }
        let upstream = CallersUpstream(
            entry.name,
            server,
            policy: policy,
            forwarding: forwarded,
            constant: constant,
            credentials: credentialsMaker(fixed, AudienceWarning(url, log: wiring.log))
        )
        let mode: @Sendable (BridgeCaller) -> CredentialPolicy.Mode = { policy.mode(hasToken: $0.token != nil) }
        let omitted = OmittedTools()
        let observed = ObservedUpstream(
            limited(upstream, omitted),
            host: URLText(url)?.host ?? "-",
            toolPrefix: toolPrefix(entry),
            metrics: metrics,
            tracer: wiring.telemetry.tracer,
            log: wiring.log,
            bodies: bodies,
            mode: { mode($0).rawValue },
            fieldNames: { upstream.fieldNames(of: $0) }
        )
        return OfferedUpstream(
            offered: NamedUpstream(observed, filter: filter(entry)),
            mode: mode,
            requestFields: { upstream.requestFields(of: $0) },
            omitted: omitted
        )
    }

    /// What an entry itself says of who calls, and its other fields.
    private func ownCredentials(of entry: ServerEntry) -> ((any RemoteCredentials)?, HTTPFields) {
        if let bearer = entry.bearer { return (FixedCredentials(wiring.credentialHeader.fields(bearer)), entry.fields) }
        let names = ["authorization", settings.remote.credentials.fieldName.text.lowercased()]
        var (own, others): (HTTPFields, HTTPFields) = ([:], [:])
        for field in entry.fields.all {
            wiring.log.redactor.add(Secret(field.value))
            if names.contains(field.name.lowercased()) {
                own.append(field.name, field.value)
            } else {
                others.append(field.name, field.value)
            }
        }
        return (own.all.isEmpty ? nil : FixedCredentials(own), others)
    }

    private var bodies: ObservedUpstream.Bodies {
        let connection = settings.remote.connection
        return ObservedUpstream.Bodies(requests: connection.logsRequests, responses: connection.logsResponses)
    }

    private var forwarded: ForwardedFields {
        let callers = settings.bridge.callers
        let key = callers.apiKey == nil ? [] : ["X-API-Key"]
        return ForwardedFields(
            settings.remote.fields.forwarded,
            withholding: [callers.tokenName.text, callers.sessionName.text] + key,
            key: callers.apiKey
        )
    }

    private func filter(_ entry: ServerEntry) -> ToolFilter {
        ToolFilter(
            include: entry.included ?? settings.remote.includedTools?.texts ?? [],
            exclude: (settings.remote.excludedTools?.texts ?? []) + entry.excluded
        )
    }

    /// Exactly one credential for each mode: where it cannot be had, there is no other.
    private func credentialsMaker(
        _ fixed: (any RemoteCredentials)?,
        _ warning: AudienceWarning
    ) -> CallersUpstream.Credentials {
        let (exchange, header) = (exchange, wiring.credentialHeader)
        let anonymous = settings.remote.credentials.anonymousBearer
        return { mode, token in
            switch mode {
            case .exchange:
                if let exchange, let token { return ExchangedCredentials(exchange, caller: token, header: header) }
            case .anonymous: if let anonymous { return FixedCredentials(header.fields(anonymous)) }
            case .fixed: if let fixed { return fixed }
            case .forward:
                guard let token else { break }
                warning.look(at: token)
                return FixedCredentials(header.fields(token))
            case .oauth, .none: break
            }
            return FixedCredentials()
        }
    }

    /// What a person should know who starts it.
    func warnings(_ entries: [ServerEntry]) -> [String] {
        var warnings: [String] = []
        let credentials = settings.remote.credentials
        let isShared = credentials.bearer != nil || credentials.anonymousBearer != nil
        if !settings.listen.host.isLoopback, isShared, settings.bridge.callers.apiKey == nil {
            let name = credentials.bearer != nil ? "MCP_REMOTE_BEARER_TOKEN" : "MCP_REMOTE_ANON_BEARER_TOKEN"
            warnings.append(
                "everyone who reaches this port acts with the token of \(name): set BRIDGE_API_KEY, or let fewer reach it"
            )
        }
        if exchange == nil, fixed == nil,
            entries.contains(where: { !$0.isChild && !$0.isDisabled && $0.bearer == nil })
        {
            warnings.append(
                "callers' tokens are forwarded to the remote server as they come: set an exchange where it matters"
            )
        }
        if settings.remote.fields.forwarded.contains(where: { $0.lowercased() == "authorization" }),
            exchange != nil || isShared
        {
            warnings.append("Authorization in MCP_REMOTE_SERVER_FORWARD_HEADERS is ignored: another credential is set")
        }
        return warnings
    }
}

extension RemoteMetrics.ExchangeResult {
    fileprivate init(_ failure: RemoteFailure?) {
        switch failure {
        case nil: self = .ok
        case .exchangeFailed(isRefusal: true, _): self = .refused
        default: self = .failed
        }
    }
}

extension RemoteEra {
    fileprivate var preference: EraPreference {
        switch self {
        case .auto: .either
        case .modern: .stateless
        case .handshake: .handshake
        }
    }
}

/// What to do about a server that cannot be reached, by the names of settings.
enum RemoteRemedy {
    @Sendable static func sentence(_ failure: HTTPFailure) -> String? {
        switch failure {
        case .notTrusted(_, _, _, .authority):
            "Set MCP_REMOTE_CA_BUNDLE to a file with the certificate of its authority."
        case .notTrusted(_, _, _, .client): "Set MCP_REMOTE_CLIENT_CERTIFICATE."
        case .notTrusted:
            "Check the server's address in MCP_REMOTE_SERVER or the file of --config, and its certificate."
        case .nameNotResolved:
            "Check the server's host in MCP_REMOTE_SERVER or the file of --config, and the name server of this machine."
        case .timedOut, .notReached: "Check the network, and MCP_REMOTE_CONNECT_TIMEOUT."
        case .fileNotUsable: "Check MCP_REMOTE_CA_BUNDLE and MCP_REMOTE_CLIENT_CERTIFICATE."
        default: nil
        }
    }
}
