import Bridge
import Commands
import HTTP
import JSON
import JSONRPC
import Logging
import MCPClient
import Rendering
import Settings
import Text

/// `oe-mcp remote URL`: looks at any MCP server from a shell.
enum RemoteCommand {
    static let description = CommandLineCommand(
        "remote",
        operands: "URL [tools | call NAME [KEY=VALUE … | JSON] | resources | read URI | prompts | ping]",
        "Look at a remote MCP server: what it is and has, or call one of its tools.",
        options: [
            .header, .bearerFile, .timeout, .era,
            CommandLineOption("arguments", value: "JSON", "With call: the arguments as one JSON object."),
            CommandLineOption("json", "Print what the server sends, as JSON."),
            LoginCommand.profile,
        ]
    )

    /// What is asked of the server.
    enum Inquiry: Sendable {
        case summary, tools, resources, prompts, ping
        case call(String, [String])
        case read(String)
    }

    static func look(_ line: ParsedCommandLine) throws -> Int32 {
        let inquiry = try inquiry(line)
        let wiring = try RemoteWiring(line, logLevel: .error)
        guard let server = wiring.settings.remote.server else {
            throw UsageError("The address of a server is missing.", advice: "Write it after `remote`.")
        }
        let upstream = StdioBridgeCommand.limited(StdioBridgeCommand.upstream(line, wiring, server), wiring)
        let asJSON = line.has("json")
        let outcome: Result<Shown, any Error> = Waiter.run {
            let info: JSON = ["name": "oe-mcp", "version": .string(ProgramVersion.current)]
            let session = upstream.session(for: RemoteClient(info: info), as: .local, events: NobodyListens())
            let looking = RemoteInquiry(session, asJSON: asJSON)
            let outcome: Result<Shown, any Error>
            do { outcome = .success(try await looking.shown(inquiry)) } catch { outcome = .failure(error) }
            await session.close()
            return outcome
        }
        switch outcome {
        case .success(let shown):
            StandardOutput.write(wiring.log.redactor.redacted(shown.text))
            return shown.isFailure ? 1 : 0
        case .failure(let failure as RemoteFailure): return try report(failure, wiring, line, server)
        case .failure(let error): throw error
        }
    }

    private static func inquiry(_ line: ParsedCommandLine) throws(UsageError) -> Inquiry {
        let words = Array(line.operands.dropFirst())
        switch (words.first, words.count) {
        case (nil, _): return .summary
        case ("tools", 1): return .tools
        case ("resources", 1): return .resources
        case ("prompts", 1): return .prompts
        case ("ping", 1): return .ping
        case ("call", 2...): return .call(words[1], try arguments(Array(words[2...]), line["arguments"]))
        case ("read", 2): return .read(words[1])
        case ("call", 1):
            throw UsageError("The name of a tool is missing.", advice: "Write call NAME; `tools` lists the names.")
        case ("read", 1):
            throw UsageError("The URI of a resource is missing.", advice: "Write read URI; `resources` lists them.")
        default:
            throw UsageError(
                "`\(words.joined(separator: " "))` is nothing to ask a server.",
                advice: "Write tools, call NAME, resources, read URI, prompts or ping."
            )
        }
    }

    private static func arguments(_ words: [String], _ object: String?) throws(UsageError) -> [String] {
        guard let object else { return words }
        guard words.isEmpty, object.trimmed.hasPrefix("{") else {
            throw UsageError("`--arguments` takes one JSON object.", advice: "Write that, and no KEY=VALUE beside it.")
        }
        return [object]
    }

    private static func report(
        _ failure: RemoteFailure,
        _ wiring: RemoteWiring,
        _ line: ParsedCommandLine,
        _ server: RemoteAddress
    ) throws(UsageError) -> Int32 {
        if case .refused(let error) = failure, [-32602, -32601].contains(error.code), case .call = try inquiry(line) {
            let advice = "Run `oe-mcp remote \(server.shown) tools` to see what there is."
            throw UsageError(VisibleText.line(error.message).asSentence, advice: advice)
        }
        let text = "oe-mcp: \(failure.sentence) \(StdioBridgeCommand.advice(failure, line, wiring, server))"
        StandardError.write(VisibleText.line(wiring.log.redactor.redacted(text)))
        return failure.isAboutCredentials ? SettingsError.exitCode : 1
    }
}

/// What is printed, and whether that is a failure.
struct Shown: Sendable {
    var text: String
    var isFailure = false
}

/// A command has no person to ask, and ends before anything changes.
struct NobodyListens: RemoteSessionEvents {
    func notified(_: Notification) {}
    func asked(_ method: String, _: JSON?) async -> Outcome { .failure(.methodNotFound(method)) }
    func reconnected() {}
}

extension StdioBridgeCommand {
    /// What to do about a failure.
    static func advice(
        _ failure: RemoteFailure,
        _ line: ParsedCommandLine,
        _ wiring: RemoteWiring,
        _ server: RemoteAddress
    ) -> String {
        switch failure {
        case _ where failure.isAboutCredentials && wiring.fixedCredentials == nil:
            """
            Run `\(loginCommand(line, server))` in a terminal, or give a key with --header 'X-API-Key: …' or a token with \
            --bearer-file FILE.
            """
        case _ where failure.isAboutCredentials: remedy(line, wiring, server)
        case .refused: "Run `oe-mcp remote \(server.shown)` to see what it offers."
        case .unreachable(.notTrusted, _):
            "If that is as it should be, name its certificate in MCP_REMOTE_CA_BUNDLE."
        case .unreachable: "Check the address, and that the server is up."
        case .status(.notFound, _, _, _), .status(.methodNotAllowed, _, _, _):
            "Check the address: perhaps /mcp is missing at its end."
        case .status(.forbidden, _, _, _): "Check what the token or key may do, or ask for that right."
        case .status(let status, _, _, _) where (300..<400).contains(status.rawValue):
            "Write the address that it redirects to."
        case .protocolFault: "Check that the address is that of an MCP server."
        case .timedOut: "Try again, with a longer --timeout if the server needs it."
        case .tooLarge(wiring.settings.remote.connection.maxListBytes * 4): "Raise MCP_REMOTE_MAX_LIST_BYTES."
        case .tooLarge(wiring.settings.remote.connection.maxResponseBytes): "Raise MCP_MAX_RESPONSE_BYTES."
        case .outcomeUnknown: "Look whether it was done before you call again."
        case .status(.tooManyRequests, _, _, _), .status(.serviceUnavailable, _, _, _), .busy: "Try again later."
        default: "Try again; if it stays so, ask the operator of the server."
        }
    }
}

extension RemoteFailure {
    /// Whether other credentials could help.
    fileprivate var isAboutCredentials: Bool {
        switch self {
        case .notSignedIn, .exchangeFailed, .status(.unauthorized, _, _, _): true
        default: false
        }
    }

    /// What happened.
    var sentence: String {
        switch self {
        case .refused(let error): "The server refused the request (\(error.code)): \(error.message)".asSentence
        case .unreachable(let failure, _): "\(failure)"
        case .status(let status, _, _, let detail):
            detail.map { "The server answered with HTTP \(status): \($0)".asSentence }
                ?? "The server answered with HTTP \(status)."
        case .notSignedIn(let detail), .exchangeFailed(_, let detail), .protocolFault(let detail),
            .processEnded(let detail), .notStarted(let detail):
            detail
        case .outcomeUnknown(let detail): "Whether the request was carried out is not known. \(detail)"
        case .timedOut(let seconds): "Nothing was heard of the request for \(seconds.shown)."
        case .tooLarge(let limit): "The answer is larger than \(ByteSize.text(limit))."
        case .busy: "No connection is free."
        case .cancelled: "The request was cancelled."
        }
    }
}

extension Double {
    fileprivate var shown: String {
        self == 1 ? "1 second" : "\(Int(exactly: self).map { String($0) } ?? String(self)) seconds"
    }
}

extension String {
    fileprivate var asSentence: String { last.map { ".!?".contains($0) } == true ? self : self + "." }
}
