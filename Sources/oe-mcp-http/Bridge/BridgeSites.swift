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
    let sites: BridgeService.Sites
    let names: [String]
    let warnings: [String]
    let fieldNames: [String]
    private let wiring: RemoteWiring
    private let metrics: BridgeMetrics
    private let servers: [OfferedServer]
    /// All servers as one, where there are several.
    private let merged: MergedServers?
    private let login: LoginRoutes?
    private let groups: RequiredGroups?

    /// Servers of `former` that are the same are taken over, with their sessions and all that waits in them.
    init(_ wiring: RemoteWiring, _ line: ParsedCommandLine, after former: BridgeSites? = nil) throws {
        let settings = wiring.settings
        if let problem = LoginRoutes.problem(in: settings) { throw SettingsError(problems: [problem]) }
        let entries = try line["config"].map { try ServersFile($0, settings).entries } ?? [.settings(settings)]
        if settings.opensChildren, entries.contains(where: { $0.isChild }) {
            throw ServersFile.openChildren(line["config"])
        }
        let same = former.flatMap { $0.wiring.settings.haveSameServers(as: settings) ? $0 : nil }
        self.wiring = wiring
        metrics = former?.metrics ?? BridgeMetrics(wiring.telemetry)
        let isAlone = line["config"] == nil
        let upstreams = RemoteUpstreams(wiring, metrics.remote, namesServers: !isAlone)
        groups = same.map { $0.groups } ?? RequiredGroups(wiring)
        let callers = Callers(
            settings.callerToken,
            apiKey: settings.bridge.callers.apiKey,
            admission: groups.map { $0.refusal }
        )
        let maker = ServerMaker(wiring: wiring, upstreams: upstreams, callers: callers, metrics: metrics.remote)
        servers = try entries.filter { !$0.isDisabled }.map { entry in
            try same?.servers.first { $0.entry == entry }
                ?? maker.server(entry, at: isAlone ? "" : "/\(entry.name)")
        }
        merged = isAlone ? nil : try same?.merged ?? maker.merged(servers)
        login = same?.login ?? LoginRoutes(wiring)
        names = entries.map { $0.name }
        fieldNames = ["X-API-Key", settings.bridge.callers.sessionName.text, settings.bridge.callers.tokenName.text]
        warnings = upstreams.warnings(entries)
        sites = Self.sites(settings, callers, servers, merged?.endpoint, names: names, login, metrics)
    }

    private static func sites(
        _ settings: Settings,
        _ callers: Callers,
        _ servers: [OfferedServer],
        _ merged: OfferedEndpoint?,
        names: [String],
        _ login: LoginRoutes?,
        _ metrics: BridgeMetrics
    ) -> BridgeService.Sites {
        let faces = servers.map { (path: $0.path, server: $0.face) }
        let endpoints = servers.map { $0.endpoint } + (merged.map { [$0] } ?? [])
        var sites = BridgeService.Sites(
            base: settings.bridge.basePath.text,
            servers: faces,
            endpoints: Dictionary(endpoints.map { ($0.path, $0.http) }) { $1 },
            callers: callers,
            bodyLimit: settings.bridge.maxRequestBytes,
            metrics: metrics.exposition
        )
        login?.mount(on: &sites)
        WellKnownRoutes(settings)?.mount(on: &sites)
        if merged != nil { ServersRoot(faces, names: names, settings).mount(on: &sites) }
        return sites
    }

    private var endpoints: [OfferedEndpoint] { servers.map { $0.endpoint } + (merged.map { [$0.endpoint] } ?? []) }

    /// Has the sessions at all servers as one, where they are those of `former`, go on with the servers of now.
    func takeOverMerged(from former: BridgeSites) {
        guard let merged, merged.upstream === former.merged?.upstream else { return }
        let same = servers.filter { server in former.servers.contains { $0.face === server.face } }
        guard servers.count != former.servers.count || same.count != servers.count else { return }
        let names = same.compactMap { ServerAlias($0.entry.name) }
        merged.upstream.change(to: MergedServers.parts(servers), keeping: Set(names))
    }

    /// The rules and limits of requests that hold from now on.
    func reload(_ configuration: StreamableHTTPConfiguration) {
        for endpoint in endpoints {
            var own = configuration
            own.path = endpoint.path
            own.channelPath = OfferedEndpoint.channelPath(endpoint.path)
            endpoint.http.reload(own)
        }
    }

    /// Ends what `next` has not taken over, once its calls are answered.
    func giveWay(to next: BridgeSites, within seconds: Double) {
        var old = sites
        for endpoint in next.endpoints where old.endpoints[endpoint.path] === endpoint.http {
            old.endpoints[endpoint.path] = nil
        }
        BridgeService.finish(old, within: seconds)
        closeServers(except: next, within: 30)
    }

    /// Ends all sessions with the servers; those that do not answer are left after so many seconds.
    func closeServers(except next: BridgeSites? = nil, within seconds: Double) {
        let faces = servers.map { $0.face }.filter { face in next?.servers.contains { $0.face === face } != true }
        let bridges = endpoints.map { $0.bridge }.filter { bridge in
            next?.endpoints.contains { $0.bridge === bridge } != true
        }
        let isDone = Monitor(false)
        Task(executorPreference: WorkerPool.shared) {
            await withDiscardingTaskGroup { group in
                for face in faces { group.addTask(executorPreference: WorkerPool.shared) { await face.closeAll() } }
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
        configuration.effectTools = bridge.effectTools?.texts.map { Glob($0) }
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
