import ClientConfiguration
import Clock
import Commands
import Files
import JSON
import Logging
import OvalEdge
import Recording
import Settings

extension Recorder {
    /// Nil where the file cannot be made, which is logged: the server goes on without.
    static func ofMessages(_ line: ParsedCommandLine, in path: String, _ wiring: Wiring) -> Recorder? {
        let path = Machine.absolute(path)
        let log = wiring.log
        do throws(FileError) {
            let file = try NewFile(path)
            log.info("recording", ("file", path))
            return Recorder(
                to: file,
                header: header(line, wiring),
                redactor: log.redactor,
                knowsSecrets: { wiring.knowsSecrets },
                failed: { reason in log.error("recording ended: \(reason)", ("file", path)) }
            )
        } catch {
            let remedy = error.remedy ?? "Name a file in a directory that you can write to."
            log.error("not recording: \(error.description). \(remedy)")
            return nil
        }
    }

    private static func header(_ line: ParsedCommandLine, _ wiring: Wiring) -> JSON {
        let set = wiring.settings.entries.filter { shaping.contains($0.name) && $0.origin != .default && !$0.isSecret }
        var settings = Dictionary(set.compactMap { entry in entry.value.map { (entry.name, $0) } }) { $1 }
        settings[timeZone] = wiring.configuration.timeZone
        return Recording.header(
            version: ProgramVersion.current,
            options: options(line),
            settings: settings,
            at: Timestamp.text(SystemClock.secondsSince1970())
        )
    }

    /// Those that say which catalog answers; the rest is among the settings, or of this machine alone.
    static func options(_ line: ParsedCommandLine) -> [String] {
        ["sandbox", "generation"].filter { line.has($0) }.flatMap { name in
            ["--\(name)"] + (line[name].map { [$0] } ?? [])
        }
    }

    /// What was set when it was recorded, as far as what is said depends on it.
    ///
    /// Nothing else is taken from a file that another person may have made: above all not where secrets go, nor what may
    /// be written, but in the sandbox.
    static func settings(of recording: Recording, isSandbox: Bool) -> [String: String] {
        let own = recording.settings.filter { shaping.contains($0.key) || $0.key == timeZone }
        return isSandbox ? own : own.filter { $0.key != allowance }
    }

    /// Whether what was recorded could write, so that it may differ from what is replayed.
    static func allowedWrites(in recording: Recording) -> Bool {
        recording.settings[allowance].map { $0 != "none" } ?? false
    }

    private static let allowance = "OVALEDGE_ALLOW_WRITES"

    private static let timeZone = "OVALEDGE_CLIENT_TIMEZONE"

    /// On which what is said depends, apart from who answers.
    private static let shaping: Set = [
        allowance, "OVALEDGE_ANSWER_TOKENS", "OVALEDGE_API_GENERATION", "OVALEDGE_CONFIRM_BY",
        "OVALEDGE_LINK_BASE_URL", "OVALEDGE_PREFER_LOCALHOST_LINKS", "OVALEDGE_TOOLS", "OVALEDGE_TOOLS_EXCLUDE",
        "MCP_MAX_LINE_BYTES", "MCP_SERVER_NAME", "MCP_SERVER_VERSION",
    ]
}
