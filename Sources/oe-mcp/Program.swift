import Logging
import OvalEdge
import Settings
import Text

/// Reads the command line and runs the command that it names; the result is the exit code.
enum Program {
    static func run(_ arguments: [String]) -> Int32 {
        do {
            let line = try commandLine.parse(Array(arguments.dropFirst()))
            if line.wantsHelp { return show(commandLine.help(for: line.command)) }
            if line.has("version") { return show("oe-mcp \(ProgramVersion.current)") }
            return whole(try run(line))
        } catch let error as UsageError {
            return fail(error, UsageError.exitCode)
        } catch let error as SettingsError {
            StandardError.write("oe-mcp: \(error)")
            return SettingsError.exitCode
        } catch {
            return fail(error, 1)
        }
    }

    private static func fail(_ error: any Error, _ code: Int32) -> Int32 {
        StandardError.write(VisibleText.line("oe-mcp: \(RemedyTexts.namingSettings.description(of: error))"))
        return code
    }

    private static func run(_ line: ParsedCommandLine) throws -> Int32 {
        switch line.command?.name {
        case "call": try CallCommand.run(line)
        case "tools": ToolsCommand.run(line)
        case "prompts": ListCommand.prompts()
        case "resources": ListCommand.resources()
        case "doctor": try DoctorCommand.run(line)
        case "settings": try SettingsCommand.run(line)
        case "audit": try AuditCommand.run(line)
        default: try ServeCommand.run(line)
        }
    }

    /// An answer that was not taken whole is no success.
    private static func whole(_ code: Int32) -> Int32 {
        guard code == 0, let failure = StandardOutput.failure else { return code }
        StandardError.write(
            "oe-mcp: cannot write the whole answer to standard output: \(failure). Send it elsewhere, or free some space."
        )
        return 74
    }

    private static func show(_ text: String) -> Int32 {
        StandardOutput.write(text)
        return whole(0)
    }
}

extension Program {
    static let commandLine = CommandLineOptions(
        "oe-mcp",
        "Gives an assistant the OvalEdge catalog, over the Model Context Protocol.",
        options: Settings.options + [
            CommandLineOption("sandbox", "Use the sample catalog inside this program: no account, no network."),
            CommandLineOption(
                "generation",
                value: "NAME",
                "Let the sandbox answer like an older release: current, transition or classic (8.1)."
            ),
            CommandLineOption("version", "Show the version."),
        ],
        commands: [
            CommandLineCommand("serve", "Serve on standard input and output, as clients start it (the default)."),
            CommandLineCommand(
                "call",
                operands: "TOOL [KEY=VALUE …]",
                "Call one tool and show its answer.",
                options: [
                    CommandLineOption("json", value: "ARGUMENTS", "Give the arguments as one JSON object."),
                    CommandLineOption("yes", "Approve writes without prompting."),
                    CommandLineOption("structured", "Show the answer as JSON, as programs get it."),
                ]
            ),
            CommandLineCommand(
                "tools",
                "List all tools, including disabled ones.",
                options: [
                    CommandLineOption("json", "Print all tools as JSON, with their schemas, as a client gets them.")
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
                ]
            ),
            CommandLineCommand("doctor", "Check settings, network and sign-in, and suggest fixes."),
            CommandLineCommand(
                "settings",
                "Show every setting, its value, and where that comes from.",
                options: [CommandLineOption("env-example", "Write the example of a .env file instead.")]
            ),
        ]
    )
}
