import Bridge
import Commands
import HTTP
import HTTPServer
import JSON
import Logging
import MCP
import MCPClient
import RESTFacade
import Settings
import StreamableHTTP
import Telemetry
import Threads

/// The servers behind a bridge, and where each of them is offered.
struct BridgeSites: Sendable {
    private(set) var sites: BridgeService.Sites
    let names: [String]
    let warnings: [String]
    let fieldNames: [String]
    private let bridges: [Bridge]

    init(_ wiring: RemoteWiring, _ line: ParsedCommandLine) throws {
        let settings = wiring.settings
        if let problem = LoginRoutes.problem(in: settings) { throw SettingsError(problems: [problem]) }
        let entries = try line["config"].map { try ServersFile($0, settings).entries } ?? [.settings(settings)]
        if settings.opensChildren, entries.contains(where: { $0.isChild }) {
            throw ServersFile.openChildren(line["config"])
        }
        let metrics = RemoteMetrics(OperationNames.mcp(tools: [], transport: "tcp"))
        let upstreams = RemoteUpstreams(wiring, metrics)
        let callers = Callers(settings.callerToken, apiKey: settings.bridge.callers.apiKey)
        let base = settings.bridge.basePath.text
        let isAlone = line["config"] == nil
        var parts = Parts(wiring: wiring, callers: callers)
        for entry in entries where !entry.isDisabled {
            try parts.addServer(entry, upstreams.upstream(for: entry), at: isAlone ? "" : "/\(entry.name)", below: base)
        }
        var sites = BridgeService.Sites(
            base: base,
            servers: parts.servers,
            endpoints: parts.endpoints,
            callers: callers,
            bodyLimit: settings.bridge.maxRequestBytes,
            metrics: BridgeMetrics(wiring, metrics).exposition
        )
        LoginRoutes(wiring)?.mount(on: &sites)
        WellKnownRoutes(settings)?.mount(on: &sites)
        if !isAlone {
            ServersRoot(parts.servers, names: entries.map { $0.name }, settings).mount(on: &sites)
            try parts.addMerged(below: base, to: &sites)
        }
        self.sites = sites
        names = entries.map { $0.name }
        fieldNames = ["X-API-Key", settings.bridge.callers.sessionName.text, settings.bridge.callers.tokenName.text]
        bridges = parts.bridges
        warnings = upstreams.warnings(entries)
    }

    /// What is added to the sites as they are made.
    private struct Parts {
        let wiring: RemoteWiring
        let callers: Callers
        var servers: [(path: String, server: RESTServer)] = []
        var endpoints: [String: StreamableHTTP] = [:]
        var bridges: [Bridge] = []
        var named: [(alias: ServerAlias, upstream: any Upstream)] = []

        /// All servers as one, where there are several.
        mutating func addMerged(below base: String, to sites: inout BridgeService.Sites) throws {
            let info: JSON = ["name": "oe-mcp-bridge", "version": .string(wiring.settings.server.version)]
            let merged = MergedUpstream(named, info: info)
            sites.endpoints[base + "/mcp"] = try endpoint(before: merged, at: base + "/mcp")
        }

        mutating func addServer(_ entry: ServerEntry, _ upstream: OfferedUpstream, at path: String, below base: String)
            throws
        {
            let settings = wiring.settings
            let life = Duration.seconds(settings.remote.connection.cacheSeconds)
            let client = RESTServer.client(version: settings.server.version)
            let pool = SessionPool(upstream.offered, client: client)
            var configuration = settings.restConfiguration
            configuration.base = base + path
            let server = RESTServer(
                pool: pool,
                catalog: Catalog(pool, life: life),
                configuration,
                mode: upstream.mode,
                requestFields: upstream.requestFields,
                fault: upstream.fault,
                tracer: wiring.telemetry.tracer
            )
            servers.append((path, server))
            if let alias = ServerAlias(entry.name) { named.append((alias, upstream.offered)) }
            endpoints[base + path + "/mcp"] = try endpoint(before: upstream.offered, at: base + path + "/mcp")
        }

        private mutating func endpoint(before upstream: any Upstream, at path: String) throws -> StreamableHTTP {
            let settings = wiring.settings
            let life = Duration.seconds(settings.remote.connection.cacheSeconds)
            let info: JSON = ["name": "oe-mcp-bridge", "version": .string(settings.server.version)]
            let bridge = Bridge(upstream, BridgeOptions(info: info, listLife: life), log: wiring.log)
            bridges.append(bridge)
            var configuration = try settings.bridgeHTTP
            configuration.path = path
            return StreamableHTTP(
                BridgeSource(bridge, callers, telemetry: wiring.telemetry),
                configuration,
                authenticator: BridgeAuthenticator(callers),
                log: wiring.log
            )
        }
    }

    /// Ends all sessions with the servers; those that do not answer are left after so many seconds.
    func closeServers(within seconds: Double) {
        let (servers, bridges) = (sites.servers.map { $0.server }, bridges)
        let isDone = Monitor(false)
        Task(executorPreference: WorkerPool.shared) {
            await withDiscardingTaskGroup { group in
                for server in servers {
                    group.addTask(executorPreference: WorkerPool.shared) { await server.closeAll() }
                }
                for bridge in bridges { group.addTask(executorPreference: WorkerPool.shared) { await bridge.close() } }
            }
            isDone.withLock { $0 = true }
            isDone.notify()
        }
        _ = isDone.wait(seconds: seconds) { $0 ? true : nil }
    }
}

extension Settings {
    /// Where the token of a caller is.
    var callerToken: CallerToken {
        let callers = bridge.callers
        return CallerToken(
            fieldName: callers.tokenName.text,
            cookieName: callers.tokenSource == .cookie ? callers.tokenCookie : nil,
            apiKey: callers.apiKey
        )
    }

    var restConfiguration: RESTConfiguration {
        var configuration = RESTConfiguration()
        configuration.version = server.version
        configuration.sessionField = bridge.callers.sessionName.text
        configuration.marksCookiesSecure = bridge.callers.marksCookiesSecure
        configuration.argumentFields = (bridge.argumentFields?.pairs ?? []).map {
            ArgumentField(argument: $0.argument, field: $0.field)
        }
        configuration.maxResponseBytes = remote.connection.maxResponseBytes
        configuration.baggage = Set(bridge.callers.baggage?.texts ?? [])
        configuration.asksForKey = bridge.callers.apiKey != nil
        if !remote.connection.verifiesTLS {
            configuration.warnings.append(
                "MCP_REMOTE_VERIFY_TLS is false: the remote server's certificate is not verified."
            )
        }
        configuration.remedy = RemoteRemedy.sentence
        return configuration
    }

    /// Callers without a token count as one account here, so that limits for one account hold where someone has set them.
    private func bridgeLimits(_ written: StreamableHTTPLimits) -> StreamableHTTPLimits {
        var limits = written
        if !isSet("MCP_RATE_CALLS") { limits.calls = 0 }
        if !isSet("MCP_RATE_WRITES") { limits.writes = 0 }
        if !isSet("MCP_RATE_INITIALIZE") { limits.initializations = 0 }
        if !isSet("MCP_INFLIGHT_PER_ACCOUNT") { limits.inFlightPerPrincipal = 0 }
        if !isSet("MCP_INFLIGHT") { limits.inFlight = 0 }
        if !isSet("MCP_SESSIONS_PER_ACCOUNT") { limits.sessionsPerPrincipal = limits.sessions }
        return limits
    }

    /// Who may ask, by the rules of all servers here (09 §2).
    var bridgeHTTP: StreamableHTTPConfiguration {
        get throws(SettingsError) {
            var configuration = try streamableHTTP(isLoopback: listen.host.isLoopback)
            configuration.isStateless = false
            configuration.requiresSession = false
            configuration.requiresTLS = false
            configuration.bodyLimit = bridge.maxRequestBytes
            configuration.routes = []
            configuration.limits = bridgeLimits(configuration.limits)
            if !isSet("MCP_JSON_RESPONSE") { configuration.responseForm = .auto }
            return configuration
        }
    }
}
