import Bridge
import Commands
import JSON
import RESTFacade
import Settings
import StreamableHTTP
import Telemetry

/// One server behind a bridge, as it is offered over REST and over MCP.
struct OfferedServer: Sendable {
    let entry: ServerEntry
    /// Behind the base; empty for a server alone.
    let path: String
    let face: RESTServer
    let offered: any Upstream
    let endpoint: OfferedEndpoint
}

/// A server, or all of them as one, at an MCP endpoint.
struct OfferedEndpoint: Sendable {
    /// The whole path.
    let path: String
    let bridge: Bridge
    let http: StreamableHTTP

    /// Where clients of 2024-11-05 begin.
    static func channelPath(_ path: String) -> String { path.dropLast("/mcp".count) + "/sse" }
}

/// All servers as one.
struct MergedServers: Sendable {
    let upstream: MergedUpstream
    let endpoint: OfferedEndpoint

    /// Those that have a name which can stand before another's.
    static func parts(_ servers: [OfferedServer]) -> [MergedUpstream.Part] {
        servers.compactMap { server in ServerAlias(server.entry.name).map { (alias: $0, upstream: server.offered) } }
    }
}

/// Makes servers as they are offered.
struct ServerMaker {
    let wiring: RemoteWiring
    let upstreams: RemoteUpstreams
    let callers: Callers
    let metrics: RemoteMetrics
    private var settings: Settings { wiring.settings }
    private var base: String { settings.bridge.basePath.text }
    private var info: JSON { ["name": "oe-mcp-bridge", "version": .string(settings.server.version)] }
    private var listLife: Duration { .seconds(settings.remote.connection.cacheSeconds) }

    func server(_ entry: ServerEntry, at path: String) throws -> OfferedServer {
        let upstream = upstreams.upstream(for: entry)
        let pool = SessionPool(upstream.offered, client: RESTServer.client(version: settings.server.version))
        var configuration = settings.restConfiguration
        configuration.base = base + path
        let face = RESTServer(
            pool: pool,
            catalog: Catalog(pool, life: listLife),
            configuration,
            sessions: RESTSessions(
                idleSeconds: Double(settings.bridge.callers.sessionSeconds),
                changed: metrics.callerSessionsChanged
            ),
            mode: upstream.mode,
            requestFields: upstream.requestFields,
            fault: upstream.fault,
            omitted: upstream.omitted,
            tracer: wiring.telemetry.tracer
        )
        return OfferedServer(
            entry: entry,
            path: path,
            face: face,
            offered: upstream.offered,
            endpoint: try endpoint(before: upstream.offered, at: base + path + "/mcp")
        )
    }

    func merged(_ servers: [OfferedServer]) throws -> MergedServers {
        let upstream = MergedUpstream(MergedServers.parts(servers), info: info)
        return MergedServers(upstream: upstream, endpoint: try endpoint(before: upstream, at: base + "/mcp"))
    }

    private func endpoint(before upstream: any Upstream, at path: String) throws -> OfferedEndpoint {
        let bridge = Bridge(upstream, BridgeOptions(info: info, listLife: listLife), log: wiring.log)
        var configuration = try settings.bridgeHTTP
        configuration.path = path
        configuration.channelPath = OfferedEndpoint.channelPath(path)
        let http = StreamableHTTP(
            BridgeSource(bridge, callers, telemetry: wiring.telemetry),
            configuration,
            authenticator: BridgeAuthenticator(callers),
            log: wiring.log
        )
        return OfferedEndpoint(path: path, bridge: bridge, http: http)
    }
}
