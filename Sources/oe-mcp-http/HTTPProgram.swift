import Commands
import Logging
import Settings

/// The second program: what listens on a port.
enum HTTPProgram {
    private static let commandLine = CommandLineOptions(
        "oe-mcp-http",
        "Serves a sandbox that answers like OvalEdge, on a port of this machine.",
        options: [.version],
        commands: [SandboxCommand.description]
    )

    static func main() -> Never {
        CommandProgram(commandLine) { line in
            guard line.command != nil else {
                StandardError.write(commandLine.help())
                return UsageError.exitCode
            }
            return try SandboxCommand(line).run()
        }.main()
    }
}
