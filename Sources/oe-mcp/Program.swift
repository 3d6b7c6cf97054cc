import Commands
import Settings

/// The commands of `oe-mcp`.
enum Program {
    static func main() -> Never { CommandProgram(commandLine, command: run).main() }

    private static func run(_ line: ParsedCommandLine) throws -> Int32 {
        switch line.command?.name {
        case "call": try CallCommand.run(line)
        case "tools": try ToolsCommand.run(line)
        case "prompts": ListCommand.prompts()
        case "resources": ListCommand.resources()
        case "doctor": try DoctorForClients.execute(line)
        case "settings": try SettingsCommand.run(line)
        case "secrets": try SecretsCommand.execute(line)
        case "audit": try AuditCommand.run(line)
        case "stats": StatsCommand.run(line)
        case "bridge": try StdioBridgeCommand.run(line)
        case "remote": try RemoteCommand.look(line)
        case "login": try LoginCommand.signIn(line)
        case "logout": try LogoutCommand.signOut(line)
        case "setup": try SetupCommand.execute(line)
        case "install": try InstallCommand.execute(line)
        case "uninstall": try UninstallCommand.execute(line)
        case "logs": try LogsCommand.execute(line)
        case "bug-report": try BugReportCommand.execute(line)
        case "replay": try ReplayCommand.execute(line)
        case "status": try StatusCommand.execute(line)
        case "profiles": try ProfilesCommand.execute(line)
        case "man": ManCommand.run(commandLine, exits: InstallCommand.exits)
        case "completion": try CompletionCommand.run(line, commandLine, values: words)
        default: try ServeCommand.run(line)
        }
    }
}

extension Program {
    static let commandLine = CommandLineOptions(
        "oe-mcp",
        "Gives an assistant the OvalEdge catalog, over the Model Context Protocol.",
        options: CommandLineOption.catalog + [.version],
        commands: [
            ServeCommand.description,
            CommandLineCommand(
                "call",
                operands: "TOOL [KEY=VALUE …]",
                "Call one tool and show its answer.",
                options: [
                    CommandLineOption(
                        "json",
                        value: "ARGUMENTS",
                        "Take the arguments from this JSON object; the answer as JSON is --output json."
                    ),
                    CommandLineOption("yes", "Approve writes without prompting."),
                    CommandLineOption("structured", "Show the answer as JSON, as programs get it."),
                    OutputFormat.option,
                ]
            ),
            CommandLineCommand(
                "tools",
                "List all tools, including disabled ones.",
                options: [
                    CommandLineOption("json", "Print all tools as JSON, with their schemas, as a client gets them."),
                    OutputFormat.option,
                ]
            ),
            CommandLineCommand("prompts", "List the prompts."),
            CommandLineCommand("resources", "List resources and resource templates."),
            CommandLineCommand(
                "audit",
                "Show the audit log: every write that was attempted.",
                options: [
                    CommandLineOption("verify", "Check that no entry was changed, made up or removed."),
                    CommandLineOption("json", "Print each entry as JSON."),
                    OutputFormat.option,
                ]
            ),
            StdioBridgeCommand.description, RemoteCommand.description, LoginCommand.description,
            LogoutCommand.description,
            SetupCommand.description,
            InstallCommand.description,
            UninstallCommand.description,
            StatusCommand.description,
            LogsCommand.description,
            ReplayCommand.description,
            BugReportCommand.description,
            ProfilesCommand.description,
            StatsCommand.description,
            DoctorForClients.description,
            SettingsCommand.description,
            SecretsCommand.description,
            CompletionCommand.description,
            ManCommand.description,
        ]
    )
}
