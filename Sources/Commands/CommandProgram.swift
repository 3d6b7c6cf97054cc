import CSystem
import Logging
import OvalEdge
package import Settings
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program that people type: its command line, and what runs a command; the result is the exit code.
package struct CommandProgram {
    private let commandLine: CommandLineOptions
    private let command: (ParsedCommandLine) throws -> Int32

    package init(_ commandLine: CommandLineOptions, command: @escaping (ParsedCommandLine) throws -> Int32) {
        self.commandLine = commandLine
        self.command = command
    }

    /// Leaves without `exit`'s clean-up: calls that nothing waits for may still be inside the libraries it takes apart.
    package func main() -> Never {
        let debug = getenv(ProcessMemory.variable).map { String(cString: $0) }
        if let warning = ProcessMemory.close(debug: debug) { StandardError.write("warning: \(warning)") }
        // A file that has grown to its limit is an error like a full disk, and no reason to end in the middle of a change.
        signal(SIGXFSZ, SIG_IGN)
        _exit(run((1..<max(oe_argument_count(), 1)).map { String(cString: oe_argument($0)) }))
    }

    private func run(_ arguments: [String]) -> Int32 {
        var typed: ParsedCommandLine?
        do {
            let line = try commandLine.parse(arguments)
            typed = line
            if line.wantsHelp { return show(commandLine.help(for: line.command)) }
            if line.has(CommandLineOption.version.name) {
                return show("\(commandLine.program) \(ProgramVersion.current)")
            }
            try Self.checkSource(line)
            return whole(try command(line))
        } catch let error as UsageError {
            return fail(commandLine.program, error, UsageError.exitCode)
        } catch let error as SettingsError {
            StandardError.write("\(name(typed)): \(error)")
            return SettingsError.exitCode
        } catch {
            return fail(name(typed), error, 1)
        }
    }

    /// What all commands refuse alike: two sources of settings, and a profile that does not exist.
    ///
    /// Commands that give the option a meaning of their own decide about the latter, and so does `doctor`, which reports it.
    private static func checkSource(_ line: ParsedCommandLine) throws {
        if line.has("env-file"), line.has("profile") { throw Settings.twoSources }
        let options = line.command?.options.filter { !Settings.options.contains($0) } ?? []
        guard let text = line["profile"], !options.contains(where: { $0.name == "profile" }),
            line.command?.name != DoctorCommand.name
        else { return }
        let profiles = ProfileFolder.ofThisUser
        guard let name = ProfileName(text), name.isDefault || profiles.holds(name) else {
            throw SettingsError(problems: [profiles.unknown(text)])
        }
    }

    private func fail(_ name: String, _ error: any Error, _ code: Int32) -> Int32 {
        let text = RemedyTexts.namingSettings.description(of: error)
        StandardError.write(VisibleText.line("\(name): \(text)"))
        return code
    }

    /// Who an error is of: the program, and the profile where one is named.
    private func name(_ typed: ParsedCommandLine?) -> String {
        let profile = typed.flatMap { Settings.profile($0, Environment.variables) }.flatMap { ProfileName($0) }
        guard let profile, !profile.isDefault else { return commandLine.program }
        return "\(commandLine.program) (profile \(profile))"
    }

    /// An answer that was not taken whole is no success.
    private func whole(_ code: Int32) -> Int32 {
        guard code == 0, let failure = StandardOutput.failure else { return code }
        StandardError.write(
            """
            \(commandLine.program): cannot write the whole answer to standard output: \(failure). Send it elsewhere, or \
            free some space.
            """
        )
        return 74
    }

    private func show(_ text: String) -> Int32 {
        StandardOutput.write(text)
        return whole(0)
    }
}

extension CommandLineOption {
    package static let version = CommandLineOption("version", "Show the version.")

    /// What the commands that use the catalog take.
    package static let catalog =
        Settings.options + [
            CommandLineOption(
                "sandbox",
                words: ["large"],
                "Use the sample catalog inside this program, or a large one: no account, no network."
            ),
            CommandLineOption(
                "generation",
                value: "current|transition|classic",
                "Let the sandbox answer like an older release; classic is 8.1."
            ),
        ]
}
