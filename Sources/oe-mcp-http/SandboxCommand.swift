import Commands
import HTTP
import HTTPServer
import JSON
import Logging
import Sandbox
import Settings
import Threads

/// `oe-mcp-http sandbox`: the sandbox's routes on a port of this machine, until a signal comes.
struct SandboxCommand {
    static let description = CommandLineCommand(
        "sandbox",
        operands: "[large]",
        "Answer like OvalEdge on a port of 127.0.0.1, from a sample catalog or a large one.",
        options: [
            CommandLineOption("port", value: "N", "Port to listen on; 0, the default, takes a free one."),
            CommandLineOption(
                "fault",
                value: "SPEC",
                isRepeatable: true,
                "What goes wrong, such as 503*2,html@asset-details,slow=2000ms."
            ),
            CommandLineOption(
                "generation",
                value: "current|transition|classic",
                "Which release to be like; classic is 8.1."
            ),
            CommandLineOption(
                "unknown-path",
                value: "refusal|json|method|html|redirect",
                "What other paths get; json is 404, method 405, html 200, redirect 302."
            ),
            CommandLineOption("token-life", value: "SECONDS", "How long a session token lives; 3600 by default."),
            CommandLineOption("secure-tags", "New tags must be below a master tag."),
            CommandLineOption("strict-secret", value: "SECRET", "The only secret that signs in."),
        ]
    )

    /// `EX_UNAVAILABLE` of sysexits.h.
    private static let unavailable: Int32 = 69

    private let port: Int
    private let secret: String
    private let sandbox: SandboxClient

    init(_ parsed: ParsedCommandLine) throws(UsageError) {
        port = try parsed.number("port", in: 0...65_535) ?? 0
        secret = parsed["strict-secret"] ?? Sandbox.userSecret
        let catalog = try Self.catalog(parsed.operands)
        let generation: SandboxGeneration? = try parsed.choice("generation")
        try catalog.check(generation)
        sandbox = SandboxClient(
            life: Double(try parsed.number("token-life", in: 1...31_536_000) ?? 3600),
            secret: secret,
            faults: try Self.faults(parsed.all("fault").joined(separator: ",")),
            securesTags: parsed.has("secure-tags"),
            catalog: catalog,
            generation: generation ?? .current,
            unknownPath: try parsed.choice("unknown-path")
        )
    }

    private static func catalog(_ words: [String]) throws(UsageError) -> SandboxCatalog {
        guard let word = words.first else { return .sample }
        guard words.count == 1, let catalog = SandboxCatalog(rawValue: word) else {
            throw UsageError(
                "The sandbox has no catalog `\(words.joined(separator: " "))`.",
                advice: "Write sandbox alone, or sandbox large."
            )
        }
        return catalog
    }

    private static func faults(_ text: String) throws(UsageError) -> SandboxFaults {
        do throws(SandboxFaultsError) { return try SandboxFaults(parsing: text) } catch {
            throw UsageError(error.what, advice: error.advice)
        }
    }

    /// Serves until SIGTERM or SIGINT, prints what it was asked, and returns the exit code.
    func run() -> Int32 {
        let signals = EndSignals()
        let server: HTTPServer
        do throws(HTTPServerError) {
            server = try HTTPServer(port: port) { [sandbox] in await Self.reply(of: sandbox, to: $0) }
        } catch {
            StandardError.write("oe-mcp-http: \(error)")
            return Self.unavailable
        }
        let base = "http://127.0.0.1:\(server.port)/ovaledge"
        StandardError.write(
            "The sandbox answers on \(base) (user token \(Sandbox.userToken), secret \(secret))."
        )
        StandardOutput.write(base)
        signals.wait()
        server.stop()
        StandardOutput.write(counts.text)
        return 0
    }

    private var counts: JSON {
        let record = sandbox.record
        return [
            "requests": .int(record.requestCount),
            "exchanges": .int(record.exchangeCount),
            "mostExchangesAtOnce": .int(record.mostExchangesAtOnce),
        ]
    }

    private static func reply(of sandbox: SandboxClient, to request: HTTPRequest) async -> HTTPServerReply {
        do throws(HTTPFailure) {
            switch try await sandbox.outcome(of: request) {
            case .response(let response): return .response(response)
            case .cutOff(let response, let count): return .cutOff(response, after: count)
            }
        } catch {
            // The client hung up, or asked for something that is not an address.
            return .response(HTTPResponse(.badRequest, text: "\(error)\n"))
        }
    }
}
