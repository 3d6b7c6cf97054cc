import Logging
import Sandbox
import Settings
import Text

/// The second program: what listens on a port.
enum HTTPProgram {
    private static let options = CommandLineOptions(
        "oe-mcp-http",
        "Serves a sandbox that answers like OvalEdge, on a port of this machine.",
        options: [CommandLineOption("version", "Show the version.")],
        commands: [SandboxCommand.description]
    )

    /// Runs to the end and gives the exit code.
    static func run(_ arguments: [String]) -> Int32 {
        do throws(UsageError) {
            let parsed = try options.parse(arguments)
            if parsed.wantsHelp {
                StandardOutput.write(options.help(for: parsed.command))
            } else if parsed.has("version") {
                StandardOutput.write("oe-mcp-http \(ProgramVersion.current)")
            } else if parsed.command != nil {
                return try SandboxCommand(parsed).run()
            } else {
                StandardError.write(options.help())
                return UsageError.exitCode
            }
            return 0
        } catch {
            StandardError.write(VisibleText.line("oe-mcp-http: \(error)"))
            return UsageError.exitCode
        }
    }
}
