import Commands
import Settings

/// The second program: what listens on a port.
enum HTTPProgram {
    static let commandLine = CommandLineOptions(
        "oe-mcp-http",
        "Gives assistants the OvalEdge catalog, over the Model Context Protocol on HTTP.",
        options: [.version],
        commands: [
            HTTPServeCommand.description, BridgeCommand.description, HealthCommand.description,
            ValidateCommand.description,
            RemoteDoctorCommand.description, LambdaCommand.description, SettingsCommand.description,
            KeysCommand.description, ConnectionsCommand.description,
            SandboxCommand.description, CompletionCommand.description,
            ManCommand.description,
        ],
        usual: "serve"
    )

    static func main() -> Never { CommandProgram(commandLine, command: dispatch).main() }

    private static func dispatch(_ line: ParsedCommandLine) throws -> Int32 {
        switch line.command?.name {
        case "bridge": try BridgeCommand.start(line)
        case "health": try HealthCommand.run(line)
        case "validate": try ValidateCommand.run(line)
        case "doctor": try RemoteDoctorCommand.examine(line)
        case "lambda": try LambdaCommand.run(line)
        case "settings": try SettingsCommand.run(line, listens: true)
        case "keys": try KeysCommand.run(line)
        case "connections": try ConnectionsCommand.run(line)
        case "sandbox": try SandboxCommand(line).run()
        case "man": ManCommand.run(commandLine, listens: true, exits: HTTPServeCommand.exits)
        case "completion": try CompletionCommand.run(line, commandLine)
        default: try HTTPServeCommand.run(line)
        }
    }
}
