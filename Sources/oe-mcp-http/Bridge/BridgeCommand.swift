import CSystem
import Commands
import CurlHTTP
import HTTP
import HTTPServer
import Logging
import MCPClient
import RESTFacade
import Settings
import StreamableHTTP
import Telemetry
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `oe-mcp-http bridge`: other MCP servers as REST and as MCP at one port, until a signal asks for its end.
struct BridgeCommand {
    static let description = CommandLineCommand(
        "bridge",
        operands: "[URL | -- COMMAND …]",
        "Stand before a remote MCP server, or several: REST, OpenAPI and MCP in all revisions.",
        options: Settings.listenOptions + [
            CommandLineOption("base-path", value: "PATH", "The path before all others (MCP_BASE_PATH)."),
            CommandLineOption("config", value: "FILE", "Stand before all servers of this file (JSON with mcpServers)."),
            CommandLineOption(
                "header",
                value: "FIELD",
                isRepeatable: true,
                "A header field for every remote request, as 'Name: value'."
            ),
            CommandLineOption("bearer-file", value: "FILE", "Token for the remote (MCP_REMOTE_BEARER_TOKEN_FILE)."),
            CommandLineOption("timeout", value: "SECONDS", "Seconds without news of a request (MCP_REMOTE_TIMEOUT)."),
        ] + Settings.options
    )

    private let line: ParsedCommandLine
    private let wiring: RemoteWiring

    static func start(_ line: ParsedCommandLine) throws -> Int32 {
        let signals = EndSignals(and: [SIGHUP])
        do {
            try BridgeCommand(line).serve(until: signals)
            return 0
        } catch let error as HTTPServerError {
            StandardError.write("oe-mcp-http: \(error)")
            return HTTPServeCommand.unavailable
        }
    }

    private init(_ line: ParsedCommandLine) throws {
        self.line = line
        wiring = try RemoteWiring(line, listens: true)
    }

    private func serve(until signals: EndSignals) throws {
        let settings = wiring.settings
        var current = try BridgeSites(wiring, line)
        let gate = RequestGate(try settings.bridgeHTTP, fields: current.fieldNames)
        let service = BridgeService(gate, current.sites, metrics: wiring.telemetry.metrics, log: wiring.log)
        let place = HTTPServerConfiguration(
            address: settings.listen.host.text,
            port: settings.listen.port,
            listeningDescriptor: InheritedSocket.descriptor(in: Environment.variables),
            tls: settings.tlsIdentity
        )
        let http = try HTTPServer(place, log: wiring.log, service: service)
        let address =
            StreamableHTTP.address(of: http, isSecure: place.tls != nil).dropLast("/mcp".count)
            + settings.bridge.basePath.text
        for warning in current.warnings { wiring.log.warning(warning) }
        wiring.log.info("listening", ("address", String(address)), ("servers", current.names.joined(separator: ",")))
        StandardOutput.write(String(address))
        let systemd = SystemdNotifier(in: Environment.variables, log: wiring.log)
        systemd.isReady(at: String(address))
        Threads.start(prepare)
        while signals.wait() == SIGHUP { systemd.reloads { reload(&current, service, gate, http) } }
        wiring.log.info("stopping", ("connections", String(http.openConnections)))
        systemd.stops()
        service.finish(within: 30)
        current.closeServers(within: settings.remote.connection.teardownTimeout.number)
        ChildProcesses.all.end(within: 3)
        http.stop()
        wiring.telemetry.tracer?.flush(within: .seconds(2))
    }

    /// The settings and the file of servers are read again; what cannot be used changes nothing.
    private func reload(_ current: inout BridgeSites, _ service: BridgeService, _ gate: RequestGate, _ http: HTTPServer)
    {
        do {
            let wiring = try RemoteWiring(line, listens: true, after: self.wiring)
            let next = try BridgeSites(wiring, line, after: current)
            let configuration = try wiring.settings.bridgeHTTP
            if let identity = wiring.settings.tlsIdentity { try http.reload(tls: identity) }
            gate.reload(configuration)
            next.reload(configuration)
            _ = service.change(to: next.sites)
            next.takeOverMerged(from: current)
            let old = current
            current = next
            // What is under way with servers that are no longer there is answered first, however long it may take.
            let longest = self.wiring.settings.remote.connection.maxDuration.number
            Threads.start { old.giveWay(to: next, within: longest) }
            self.wiring.log.write(from: wiring.settings.server.logLevel)
            self.wiring.log.info("SIGHUP: settings read again", ("servers", next.names.joined(separator: ",")))
        } catch {
            let problems = (error as? SettingsError)?.problems.map { "\($0)" }.joined(separator: " ")
            wiring.log.error("SIGHUP: reload failed, keeping the current settings. \(problems ?? "\(error)")")
        }
    }

    /// What requests need takes longer to load than all the rest; the first finds it there.
    @Sendable private func prepare() {
        do throws(HTTPFailure) { try CurlLibrary.prepare() } catch { return wiring.log.error("\(error)") }
        Threads.pause(seconds: 0.05)
        oe_release_code_pages()
    }
}
