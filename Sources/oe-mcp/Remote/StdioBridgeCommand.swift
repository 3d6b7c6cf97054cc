import Bridge
import CSystem
import Commands
import CurlHTTP
import HTTP
import JSON
import JSONRPC
import Logging
import MCPClient
import OAuthClient
import Settings
import Threads

/// `oe-mcp bridge URL`: a remote server for a client that starts programs and speaks with them on standard input and output.
enum StdioBridgeCommand {
    static let description = CommandLineCommand(
        "bridge",
        operands: "URL | -- COMMAND",
        "Serve a remote MCP server on standard input and output.",
        options: [
            .header, .bearerFile,
            CommandLineOption("prefix", value: "TEXT", "Begin the names of all tools with this text."),
            CommandLineOption("name", value: "NAME", "Call the server so in the log."),
            .timeout, .era,
            LoginCommand.profile,
        ]
    )

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        oe_share_heaps()
        let wiring = try RemoteWiring(line)
        let command = wiring.settings.bridge.child.command
        guard command.isEmpty else { return serve(child(line, wiring, command), line, wiring) }
        guard let server = wiring.settings.remote.server else {
            throw UsageError("There is no server to bridge to.", advice: "Write its address after `bridge`.")
        }
        if StdioTransport.isTerminal { StandardError.write(welcome(server.shown)) }
        let base = upstream(line, wiring, server)
        let memory = KnownServerFile(server.text, log: wiring.log)
        return serve(base, line, wiring, memory, remedy(line, wiring, server))
    }

    private static func serve(
        _ base: any Upstream,
        _ line: ParsedCommandLine,
        _ wiring: RemoteWiring,
        _ memory: KnownServerFile? = nil,
        _ remedy: String? = nil
    ) -> Int32 {
        let remote = wiring.settings.remote
        let options = BridgeOptions(
            info: ["name": "oe-mcp bridge", "version": .string(ProgramVersion.current)],
            listLife: .seconds(remote.connection.cacheSeconds),
            patience: patience,
            memory: memory,
            signInRemedy: remedy
        )
        let filter = ToolFilter(include: remote.includedTools?.texts ?? [], exclude: remote.excludedTools?.texts ?? [])
        let upstream = NamedUpstream(limited(base, wiring), filter: filter, prefix: line["prefix"] ?? "")
        let bridge = Bridge(upstream, options, log: wiring.log)
        BridgeStdio.serve(
            bridge,
            lineLimit: wiring.settings.bridge.maxLineBytes ?? wiring.settings.server.maxLineBytes,
            executor: base.executor,
            log: wiring.log,
            hungUp: { reload(line, wiring) }
        ) {
            Threads.start { prepare(opensLibrary: memory != nil) }
        }
        wiring.endLookUps()
        return 0
    }

    /// How much is logged holds from now on; the rest is how the client has started the bridge, and stays.
    private static func reload(_ line: ParsedCommandLine, _ wiring: RemoteWiring) {
        do {
            let settings = try Environment.settings(line)
            wiring.log.write(from: settings.server.logLevel)
            if !settings.haveSameServers(as: wiring.settings) {
                wiring.log.warning("SIGHUP: settings of the server changed. Restart \(line.program) to apply them.")
            }
            wiring.log.info("SIGHUP: settings read again")
        } catch {
            wiring.log.error("SIGHUP: reload failed, keeping the current settings. \(error)")
        }
    }

    /// Opens libcurl in parallel with the first message, and gives back what only the start needed.
    private static func prepare(opensLibrary: Bool) {
        if opensLibrary { try? CurlLibrary.prepare() }
        // Once the client has its first answer, and once the server has been asked.
        for seconds in [0.1, 1] {
            Threads.pause(seconds: seconds)
            oe_release_code_pages()
        }
    }

    /// A program on this machine, one process for this client.
    private static func child(_ line: ParsedCommandLine, _ wiring: RemoteWiring, _ command: [String]) -> any Upstream {
        let remote = wiring.settings.remote
        let pairs = wiring.settings.bridge.child.variables.map { ($0.name, $0.value.revealed) }
        return ChildUpstream(
            name: line["name"] ?? command[0],
            server: ProcessRemoteServer(
                command[0],
                Array(command.dropFirst()),
                inherited: Environment.variables,
                pairs: Dictionary(pairs) { $1 },
                era: EraPreference(remote.era),
                timeout: .seconds(remote.connection.timeout.number),
                longest: .seconds(remote.connection.maxDuration.number),
                log: wiring.log
            )
        )
    }

    /// How long `initialize` waits for the server; clients give up after some more.
    private static let patience = Duration.seconds(2)

    /// The server of the command line, as it is reached and with whose credentials.
    static func upstream(_ line: ParsedCommandLine, _ wiring: RemoteWiring, _ server: RemoteAddress) -> any Upstream {
        RemoteUpstream(name: line["name"] ?? server.shown, server: place(line, wiring, server))
    }

    static func limited(_ base: any Upstream, _ wiring: RemoteWiring) -> LimitedUpstream {
        let connection = wiring.settings.remote.connection
        let limits = ListLimits(tools: connection.maxTools, bytes: connection.maxListBytes)
        return LimitedUpstream(base, limits, log: wiring.log)
    }

    static func place(_ line: ParsedCommandLine, _ wiring: RemoteWiring, _ server: RemoteAddress) -> HTTPRemoteServer {
        let remote = wiring.settings.remote
        let network = wiring.curl(for: server.text)
        let client = CurlClient(network, log: wiring.log)
        var place = HTTPRemoteServer(
            server.text,
            client: client,
            credentials: wiring.fixedCredentials ?? credentials(line, wiring, server, client),
            fields: { [fields = wiring.constantFields] in fields },
            era: EraPreference(remote.era),
            timeout: .seconds(remote.connection.timeout.number),
            longest: .seconds(remote.connection.maxDuration.number),
            maxMessageBytes: network.maxResponseBytes,
            log: wiring.log
        )
        place.maxListBytes = remote.connection.maxListBytes * 4
        return place
    }

    /// Those with which the person has signed in at the server.
    private static func credentials(
        _ line: ParsedCommandLine,
        _ wiring: RemoteWiring,
        _ server: RemoteAddress,
        _ client: any HTTPClient
    ) -> any RemoteCredentials {
        let choice = OAuthCredentials.Choice(
            server: server.text,
            profile: line[LoginCommand.profile.name] ?? "",
            clientID: wiring.settings.remote.credentials.clientID,
            command: loginCommand(line, server)
        )
        let signIn = OAuthCredentials(
            choice,
            vault: Environment.signIns(log: wiring.log),
            client: client,
            log: wiring.log
        )
        return PersonCredentials(signIn, server: server.shown)
    }

    static func loginCommand(_ line: ParsedCommandLine, _ server: RemoteAddress) -> String {
        let profile = line[LoginCommand.profile.name].map { " --\(LoginCommand.profile.name) \($0)" } ?? ""
        return "oe-mcp login \(server.shown)\(profile)"
    }

    static func remedy(_ line: ParsedCommandLine, _ wiring: RemoteWiring, _ server: RemoteAddress) -> String {
        wiring.fixedCredentials == nil
            ? "Run `\(loginCommand(line, server))` in a terminal, then try again."
            : "Give a token that the server accepts, in MCP_REMOTE_BEARER_TOKEN or the file of --bearer-file."
    }

    private static func welcome(_ server: String) -> String {
        """
        This is oe-mcp bridge, in front of \(server). It is waiting for a client's messages on standard input; end it \
        with Ctrl-D.
        To look at the server from here:   oe-mcp remote \(server)
        """
    }
}

/// A program, which ends with the session.
private struct ChildUpstream: Upstream {
    let name: String
    let server: ProcessRemoteServer

    func session(
        for client: RemoteClient,
        as _: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        server.session(for: client, events: events)
    }
}

/// The server of the command line, for the one person whose process this is.
private struct RemoteUpstream: Upstream {
    let name: String
    let server: HTTPRemoteServer
    var executor: any TaskExecutor { server.client.executor }

    func session(
        for client: RemoteClient,
        as _: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        server.session(for: client, events: events)
    }
}

extension EraPreference {
    fileprivate init(_ setting: RemoteEra) {
        self =
            switch setting {
            case .auto: .either
            case .handshake: .handshake
            case .modern: .stateless
            }
    }
}
