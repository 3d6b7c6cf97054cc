import CSystem
import ClientConfiguration
import Commands
import JSONRPC
import Logging
import MCP
import OvalEdge
import Recording
import Settings
import Telemetry
import Threads

/// `oe-mcp`: serves on standard input and output until the client is done.
enum ServeCommand {
    static let description = CommandLineCommand(
        "serve",
        "Serve on standard input and output, as clients start it (the default).",
        options: [
            CommandLineOption(
                "record",
                value: "FILE",
                "Keep all messages in a new file, without secrets, for `replay`."
            )
        ]
    )

    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        let wiring = try Wiring(line)
        if StdioTransport.isTerminal { StandardError.write(welcome) }
        let server = wiring.server
        let sighting = ClientSighting(.ofThisUser, source: source(line), log: wiring.log)
        let recorder = line["record"].flatMap { Recorder.ofMessages(line, in: $0, wiring) }
        server.serveStandardIO(
            lineLimit: wiring.settings.server.maxLineBytes,
            executor: wiring.executor,
            hungUp: SettingsReload(line, wiring, server).run,
            observer: recorder,
            heard: { if $0 != OwnProcess.name { sighting.heard($0) } }
        ) {
            if recorder != nil { lookUpSecrets(wiring) }
            signIn(wiring)
        }
        recorder?.finish(seconds: 0.3)
        sighting.finish()
        wiring.endLookUps()
        wiring.counters?.close()
        wiring.telemetry.tracer?.flush(within: flushLimit)
        return 0
    }

    private static func source(_ line: ParsedCommandLine) -> String {
        FoundEntry.source(
            isSandbox: line.has("sandbox"),
            file: line["env-file"],
            profile: Settings.profile(line, Environment.variables)
        )
    }

    /// How long the last spans may take; clients that send a signal kill two seconds later.
    private static let flushLimit = Duration.seconds(0.4)

    /// Gets the session token ahead of the first call; the first answer waits for none of it.
    private static func signIn(_ wiring: Wiring) {
        if wiring.signsInAhead {
            Threads.start { fetchToken(wiring) }
        } else {
            if wiring.settings.refusal != nil, let refusal = wiring.configuration.refusal {
                wiring.warn(of: [], ["not signed in: \(RemedyTexts.namingSettings.text(of: refusal))"])
            } else if !wiring.canSignIn {
                wiring.log.warning(notSignedIn)
            }
            Threads.start(releaseStart)
        }
    }

    /// What is recorded is kept back until they are known, which a sign-in that cannot be tried would never bring about.
    private static func lookUpSecrets(_ wiring: Wiring) {
        guard wiring.looksUpAlone, !wiring.knowsSecrets else { return }
        Task(executorPreference: WorkerPool.shared) {
            do throws(OvalEdgeError) {
                _ = try await wiring.accountCredentials()
            } catch {
                wiring.log.debug("not recording yet: \(error)")
            }
        }
    }

    private static func fetchToken(_ wiring: Wiring) {
        do {
            try wiring.prepare()
        } catch {
            return wiring.log.error("\(error)")
        }
        Task(executorPreference: WorkerPool.shared) {
            do throws(OvalEdgeError) {
                _ = try await wiring.broker.token()
            } catch {
                // The broker has logged it as a warning; with a higher level, the first call reports it.
                wiring.log.debug("not signed in ahead of the first call", ("kind", error.kind.rawValue))
            }
            // Loading thirty libraries touched far more of them than is ever used again.
            oe_release_code_pages()
        }
    }

    /// Gives back what only the start needed, once the client has had its first answers.
    @Sendable private static func releaseStart() {
        Threads.pause(seconds: 0.05)
        oe_release_code_pages()
    }

    private static let notSignedIn =
        "not signed in: set OVALEDGE_BASE_URL, OVALEDGE_USER_TOKEN, OVALEDGE_USER_SECRET"

    private static let welcome = """
        This is oe-mcp \(ProgramVersion.current), an MCP server for OvalEdge. It is waiting for a client's messages on \
        standard input; end it with Ctrl-D.
        To try it here:           oe-mcp call --sandbox asset_explorer search_terms=orders
        To check your settings:   oe-mcp doctor
        To see what it can do:    oe-mcp --help
        """
}
