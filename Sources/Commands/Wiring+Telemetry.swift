import CurlHTTP
import HTTP
import JSON
import Logging
import MCP
import OvalEdgeTools
import Settings
import Telemetry

// What a process that serves counts and traces.
extension Wiring {
    /// A command that a person types counts as well, but keeps and sends nothing of it.
    static func telemetry(
        _ line: ParsedCommandLine,
        _ settings: Settings,
        listens: Bool,
        log: Log
    ) -> (Telemetry, CounterKeeper?) {
        let names = OperationNames.mcp(
            tools: ToolName.allCases.map { $0.rawValue },
            otherNames: Dictionary(FormerName.all.map { ($0.name, $0.tool.rawValue) }) { first, _ in first },
            transport: listens ? "tcp" : "pipe"
        )
        let metrics = Metrics(names, version: ProgramVersion.current)
        guard ["serve", nil].contains(line.command?.name) else { return (Telemetry(metrics), nil) }
        let tracer = tracer(settings, metrics, log)
        guard !listens else { return (Telemetry(metrics, tracer: tracer), nil) }
        let keeper = CounterKeeper(counterFolder(isSandbox: line.has("sandbox")), metrics, log: log)
        return (Telemetry(metrics, tracer: tracer, whenUsed: keeper.used), keeper)
    }

    /// For a process that stands before another server, whose tools are not known.
    static func bridgeTelemetry(
        _ line: ParsedCommandLine,
        _ settings: Settings,
        listens: Bool,
        metrics: Metrics? = nil,
        log: Log
    ) -> Telemetry {
        let names = OperationNames.mcp(tools: [], transport: listens ? "tcp" : "pipe")
        let metrics = metrics ?? Metrics(names, version: ProgramVersion.current)
        guard line.command?.name == "bridge" else { return Telemetry(metrics) }
        return Telemetry(metrics, tracer: tracer(settings, metrics, log, usualName: "oe-mcp-bridge"))
    }

    /// What was only tried in the sandbox is counted apart.
    package static func counterFolder(isSandbox: Bool) -> String {
        Environment.stateFolder + (isSandbox ? "/sandbox/stats" : "/stats")
    }

    /// `usualName` is the name of the service where none is set.
    private static func tracer(
        _ settings: Settings,
        _ metrics: Metrics,
        _ log: Log,
        usualName: String? = nil
    ) -> Tracer? {
        guard let url = settings.traces.url else { return nil }
        var fields: HTTPFields = [:]
        for field in settings.traces.fields { fields.append(field.name, field.value.revealed) }
        let collector = Collector(
            url: url,
            fields: fields,
            timeout: .milliseconds(settings.traces.timeoutMilliseconds),
            resource: settings.traces.resource(version: settings.server.version, usualName: usualName)
                .map { .init($0.name, .string($0.value)) }
        )
        let client = CurlClient(curl(for: url, settings), log: log)
        let exporter = SpanExporter(collector, client: { client }, metrics: metrics, log: log)
        let sampling = TraceSampling(share: settings.traces.share, followsParent: settings.traces.followsParent)
        return Tracer(sampling, exporter: exporter)
    }

    /// As OvalEdge is asked, but for what is meant for OvalEdge alone: its proxy and our certificate.
    static func curl(for url: String, _ settings: Settings) -> CurlConfiguration {
        var configuration = curl(settings)
        let (network, address) = (settings.network, WebAddress(setting: url))
        let proxy = (address?.isEncrypted == true ? network.httpsProxy : network.httpProxy) ?? network.allProxy
        // What is on this machine needs none.
        configuration.proxy = address?.isLoopback == true ? "" : proxy?.address.revealed
        configuration.noProxy = network.noProxy?.hosts(port: address?.port ?? 443)
        configuration.timeout = .milliseconds(settings.traces.timeoutMilliseconds)
        configuration.clientCertificate = nil
        configuration.clientKey = nil
        return configuration
    }
}
