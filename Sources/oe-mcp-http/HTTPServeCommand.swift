import CSystem
import Commands
import HTTP
import HTTPServer
import Logging
import MCP
import OvalEdge
import Settings
import StreamableHTTP
import Telemetry
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `oe-mcp-http`: serves MCP over HTTP until a signal asks for its end.
struct HTTPServeCommand {
    static let description = CommandLineCommand(
        "serve",
        "Serve MCP over HTTP (the default).",
        options: Settings.listenOptions + CommandLineOption.catalog
    )

    /// `EX_UNAVAILABLE` of sysexits.h.
    static let unavailable: Int32 = 69

    /// What a script learns from the code, besides success and failure.
    static let exits: [(code: Int32, about: String)] = [(unavailable, "The address cannot be listened on.")]

    private let line: ParsedCommandLine
    let wiring: Wiring
    private let socket: Int32?
    private let seal: Seal
    private let server: Server
    /// Nil where this server stands alone.
    private let instances: Instances?
    let mode: any SignInMode

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let signals = EndSignals(and: [SIGHUP])
        do {
            try HTTPServeCommand(line).serve(until: signals)
            return 0
        } catch let error as HTTPServerError {
            StandardError.write("oe-mcp-http: \(error)")
            return unavailable
        }
    }

    init(_ line: ParsedCommandLine) throws {
        self.line = line
        wiring = try Wiring(line, listens: true)
        socket = InheritedSocket.descriptor(in: Environment.variables)
        let settings = wiring.settings
        try Self.check(settings, socket)
        let ring = try settings.files.sealKeys.map { try KeyRing($0) }
        seal = ring.map { Seal(keys: $0.sealing) } ?? Seal()
        instances = Instances(settings, ring, seal: seal, metrics: wiring.telemetry.metrics, log: wiring.log)
        mode = try SignInParts(wiring: wiring, ring: ring, instances: instances).mode()
        guard settings.account.authMode != .local || ring != nil else {
            server = wiring.server
            return
        }
        // Without a file of keys no token outlives the process, so that its memory knows all that were used.
        let own: any UsedTokens = ring == nil ? UsedTokensInMemory() : wiring.usedTokens
        server = wiring.server(for: mode.accounts, seal: seal, used: instances?.used ?? own)
    }

    /// What only shows once all settings are read.
    private static func check(_ settings: Settings, _ socket: Int32?) throws(SettingsError) {
        var problems: [SettingsProblem] = []
        if let identity = settings.tlsIdentity, let problem = HTTPServer.problem(with: identity) {
            problems.append(
                SettingsProblem(
                    name: "MCP_TLS_CERTIFICATE",
                    what: "and MCP_TLS_KEY cannot be used together\(problem.isEmpty ? "" : " (\(problem))")",
                    advice: "Both have to be PEM, the certificate first of its chain, the key its own and unencrypted."
                )
            )
        }
        if let socket, settings.account.authMode == .local, !InheritedSocket.isLoopback(socket) {
            problems.append(
                SettingsProblem(
                    name: "LISTEN_FDS",
                    what: "hands over a socket that others can reach, and in mode local all of them would act as you",
                    advice: "Let it listen on 127.0.0.1, or set AUTH_MODE=remote_credentials for many people."
                )
            )
        }
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
    }

    /// MCP, whatever carries its requests.
    func service(_ configuration: StreamableHTTPConfiguration) -> StreamableHTTP {
        let service = StreamableHTTP(
            server,
            configuration,
            authenticator: mode.authenticator,
            seal: seal,
            shared: instances?.parts ?? SharedParts(),
            executor: wiring.executor,
            log: wiring.log
        )
        mode.whenRevoked { [weak service] in service?.reviewStreams() }
        return service
    }

    private func serve(until signals: EndSignals) throws {
        let settings = wiring.settings
        let service = service(try configuration(settings, isLoopback: isLoopback))
        let place = HTTPServerConfiguration(
            address: settings.listen.host.text,
            port: settings.listen.port,
            listeningDescriptor: socket,
            tls: settings.tlsIdentity
        )
        let desk = try OperatorService.listen(wiring, instances?.store)
        let http = try HTTPServer(place, log: wiring.log, service: service)
        let address = StreamableHTTP.address(of: http, isSecure: place.tls != nil)
        warn()
        wiring.log.info("listening", ("address", address), ("mode", settings.account.authMode.rawValue))
        StandardOutput.write(address)
        let systemd = SystemdNotifier(in: Environment.variables, log: wiring.log)
        systemd.isReady(at: address)
        Threads.start(prepare)
        let reload = SettingsReload(line, wiring, server, listens: true) { apply($0, service, http) }
        while signals.wait() == SIGHUP { systemd.reloads(reload.run) }
        wiring.log.info("stopping", ("connections", String(http.openConnections)))
        if socket != nil { handOver(service, http, systemd) } else { systemd.stops() }
        service.finish(within: Server.drain, orUntil: signals, refuses: socket == nil)
        http.stop()
        desk?.stop()
        wiring.endLookUps()
        wiring.telemetry.tracer?.flush(within: .seconds(2))
    }

    /// systemd goes on listening, for the process that comes next; what is on its way over open connections is answered.
    private func handOver(_ service: StreamableHTTP, _ http: HTTPServer, _ systemd: SystemdNotifier) {
        http.stopListening()
        service.drain(refuses: false)
        systemd.stops()
        for _ in 0..<50 where http.openConnections > 0 { Threads.pause(seconds: 0.02) }
    }

    /// `isLoopback` says whether only this machine can reach it.
    func configuration(_ settings: Settings, isLoopback: Bool) throws -> StreamableHTTPConfiguration {
        var configuration = try settings.streamableHTTP(isLoopback: isLoopback)
        configuration.routes += mode.routes
        instances?.watch(&configuration)
        return configuration
    }

    /// Whether only this machine can reach it: a socket that was handed over has its own address.
    private var isLoopback: Bool {
        socket.map { InheritedSocket.isLoopback($0) } ?? wiring.settings.listen.host.isLoopback
    }

    func warn() {
        let settings = wiring.settings
        guard settings.account.authMode != .local else { return }
        for warning in mode.warnings { wiring.log.warning(warning) }
        let signIn = settings.oauth.signIn
        let actsForOwnAccount = signIn.takesClientCredentials || signIn.assertionIssuers != nil
        let usesOwnAccount = settings.account.authMode == .remoteLogin && actsForOwnAccount
        if !usesOwnAccount, settings.account.userToken != nil || settings.account.userSecret != nil {
            wiring.log.warning(
                "OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET are ignored: in this mode everyone signs in with their own"
            )
        }
        if !isLoopback, settings.httpAccess.hosts == nil, settings.listen.publicBaseURL == nil {
            wiring.log.warning("any host name is answered to: set MCP_ALLOWED_HOSTS or MCP_PUBLIC_BASE_URL")
        }
    }

    /// What requests need takes longer to load than all the rest; the first finds it there.
    @Sendable private func prepare() {
        do throws(HTTPFailure) {
            try wiring.prepare()
        } catch {
            return wiring.log.error("\(error)")
        }
        mode.prepare()
        // Loading thirty libraries touched far more of them than is ever used again.
        Threads.pause(seconds: 0.05)
        oe_release_code_pages()
    }

    /// What else SIGHUP changes; what cannot be used is logged, and what held before holds on.
    private func apply(_ settings: Settings, _ service: StreamableHTTP, _ http: HTTPServer) {
        do {
            let configuration = try configuration(settings, isLoopback: isLoopback)
            if let keys = settings.files.sealKeys {
                let ring = try KeyRing(keys)
                seal.use(ring.sealing)
                wiring.log.info("SIGHUP: keys read again", ("keys", ring.ids.joined(separator: ",")))
            }
            if let identity = settings.tlsIdentity { try http.reload(tls: identity) }
            service.reload(configuration)
            try mode.change(settings)
        } catch {
            wiring.log.error("SIGHUP: reload failed, keeping the current settings. \(error)")
        }
    }
}
