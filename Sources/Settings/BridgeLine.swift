import Text

/// What stands behind `bridge` or `remote` on a command line, checked before any setting is read.
struct BridgeLine {
    private let line: ParsedCommandLine
    private let command: String
    /// Before `--`.
    private let operands: ArraySlice<String>
    /// Behind it.
    private let words: ArraySlice<String>

    /// Nil for other commands.
    init?(_ line: ParsedCommandLine) {
        guard let command = line.command?.name, ["bridge", "remote"].contains(command) else { return nil }
        (self.line, self.command) = (line, command)
        let behind = line.arguments.firstIndex(of: "--").map { line.arguments.count - $0 - 1 } ?? 0
        operands = line.operands.dropLast(behind)
        words = line.operands.suffix(behind)
    }

    func check() throws(UsageError) {
        if command == "bridge" { try checkNumber() }
        if let address = operands.first, RemoteAddress(setting: address) == nil {
            // It is not repeated: it may hold a password.
            let must = RemoteAddress.fault(in: address) ?? "be \(RemoteAddress.expectation)"
            throw UsageError(
                "The address of the server must \(must).",
                advice: "Write `\(line.phrase) \(Self.example)`."
            )
        }
        if let text = line["timeout"], Seconds(setting: text) == nil {
            throw UsageError("`--timeout` must be \(Seconds.expectation).", advice: "Write --timeout 60, for example.")
        }
        _ = try line.choice("era", of: RemoteEra.self)
    }

    private func checkNumber() throws(UsageError) {
        if line.has("config"), !line.operands.isEmpty {
            throw UsageError("`--config` and a server are both given.", advice: "Leave one of them out.")
        }
        if !operands.isEmpty, !words.isEmpty {
            throw UsageError(
                "The address of a server and a command are both given.",
                advice: "Leave one of them out: a bridge stands before one server."
            )
        }
        if operands.count > 1 {
            throw UsageError("`bridge` takes the address of one server.", advice: "Write one address after it.")
        }
    }

    /// What a command without an address says, where no setting has one either.
    func missing(_ error: SettingsError) -> UsageError? {
        let isMissing = error.problems.contains { $0.name == "MCP_REMOTE_SERVER" && $0.what == "is not set" }
        guard operands.isEmpty, words.isEmpty, line.program == "oe-mcp", isMissing else { return nil }
        return UsageError(
            "The address of a server is missing.",
            advice: "Write `\(line.phrase) \(Self.example)`."
        )
    }

    /// A problem of the address that was typed, which names it and no setting; nil where others have problems, too.
    func refused(_ error: SettingsError) -> UsageError? {
        guard let problem = error.problems.first, error.problems.count == 1, problem.name == "MCP_REMOTE_SERVER",
            let address = operands.first.flatMap({ RemoteAddress(setting: $0) })
        else { return nil }
        return UsageError("\(address.shown) \(problem.what).", advice: problem.advice)
    }

    private static let example = "https://mcp.example.com/mcp"
}
