import Commands
import Files
import JSON
import Logging
import MCP
import OvalEdgeTools
import Recording
import Rendering
import Settings
import Text
import Threads

/// `oe-mcp replay FILE`: what the client of a recording said is said to this version, and what differs is shown.
///
/// Ends with 0 where nothing differs, with 1 where something does, and with 2 where the file is no recording to replay.
struct ReplayCommand {
    static let description = CommandLineCommand(
        "replay",
        operands: "FILE",
        "Say again what the client of a recording said, and show what is answered differently."
    )

    private static let cannotReplay: Int32 = 2
    private static let sizeLimit = 1 << 28

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        guard line.operands.count == 1 else {
            throw UsageError("`oe-mcp replay` needs one file.", advice: "Write the name of a recording behind it.")
        }
        do {
            guard let bytes = try ForeignFile.bytes(at: line.operands[0], limit: sizeLimit) else {
                throw FileError("There is no file \(line.operands[0])", remedy: "Check its name.")
            }
            return try ReplayCommand(line, try Recording(bytes)).show()
        } catch let error as FileError {
            throw UsageError("\(error.description).", advice: error.remedy ?? "Check the file.")
        } catch let error as RecordingError {
            return refuse("\(error) \(remedy(error))")
        }
    }

    private static func refuse(_ text: String) -> Int32 {
        StandardError.write(VisibleText.line("oe-mcp: \(text)"))
        return cannotReplay
    }

    private static func remedy(_ error: RecordingError) -> String {
        switch error {
        case .noRecording: "Make one with `oe-mcp serve --record FILE`."
        case .otherForm: "Replay it with that version."
        case .badLine: "Take the file as it was written."
        }
    }

    private let recording: Recording
    private let isSandbox: Bool
    private let wiring: Wiring

    private init(_ line: ParsedCommandLine, _ recording: Recording) throws {
        self.recording = recording
        let asRecorded = try Self.parsed(recording.options)
        isSandbox = asRecorded.has("sandbox") || line.has("sandbox")
        let line = asRecorded.has("sandbox") ? asRecorded : line
        let recorded = Recorder.settings(of: recording, isSandbox: isSandbox)
        let settings = try Environment.settings(line, recorded: recorded, isSandbox: isSandbox)
        wiring = try Wiring(line, given: settings, logLevel: .error, warns: false)
        if !isSandbox { try limitAccess(line, settings) }
    }

    /// To what is allowed here as well as in the file, and to nothing that can change a catalog, whatever both say.
    private func limitAccess(_ line: ParsedCommandLine, _ settings: Settings) throws {
        let own = try Environment.settings(line, recorded: [:], isSandbox: false)
        _ = wiring.access.change(allowing: []) { settings.tools.allows($0) && own.tools.allows($0) }
    }

    /// A recording has only the options that a recorder keeps, so that it cannot say where secrets go.
    private static func parsed(_ options: [String]) throws(RecordingError) -> ParsedCommandLine {
        do throws(UsageError) {
            let line = try Program.commandLine.parse(["replay"] + options)
            if Recorder.options(line) == options { return line }
        } catch {}
        throw .badLine(1, "has options that no recording has")
    }

    private func show() throws -> Int32 {
        say(
            "Recorded by version \(recording.version)\(recording.revision.map { ", revision \($0)" } ?? ""), "
                + "replayed by \(ProgramVersion.current)\(isSandbox ? " on the sandbox" : "")."
        )
        if recording.end == nil { say("! The recording has no end: what recorded was ended at once, or still runs.") }
        if let reason = recording.interruption {
            say("! The recording is not whole, since it was ended early: \(reason).")
        }
        if !isSandbox && !wiring.canSignIn { say("! No OvalEdge is set up here, so calls cannot be answered.") }
        if !isSandbox && Recorder.allowedWrites(in: recording) {
            say("! Nothing can be written while this is replayed, so answers that speak of it may differ.")
        }
        try wiring.prepare()
        let report = played()
        for message in report.leftOut { say("– \(message): not sent, since it could change the catalog") }
        for difference in report.differences {
            say("✗ \(difference.message)")
            for place in difference.places { say("    \(place)") }
        }
        let compared = report.compared == 1 ? "1 message" : "\(report.compared) messages"
        let found = report.differences.count == 1 ? "1 difference" : "\(report.differences.count) differences"
        say(report.isSame ? "✓ \(compared) compared: nothing differs." : "\(compared) compared, and \(found) found.")
        return report.isSame ? 0 : 1
    }

    /// On a thread of its own, since it waits for tasks of the pool.
    private func played() -> ReplayReport {
        let replay = Replay(recording, rules)
        let play: @Sendable () -> ReplayReport = { [wiring] in
            replay.played(to: wiring.server.connection(), executor: wiring.executor, log: wiring.log)
        }
        return Waiter.run(showing: "replaying") {
            await withCheckedContinuation { continuation in
                let body: @Sendable () -> Void = { continuation.resume(returning: play()) }
                if !Threads.start(body) { body() }
            }
        }
    }

    private var rules: ReplayRules {
        ReplayRules(
            passing: [
                "notifications/cancelled", "notifications/message", "notifications/progress",
                "notifications/prompts/list_changed", "notifications/resources/list_changed",
                "notifications/resources/updated", "notifications/tools/list_changed",
            ],
            neutral: { [isSandbox, tools = wiring.tools()] message in
                var message = AsOf.removed(from: message)
                if !isSandbox { message = Self.withoutWritingTools(message, tools) }
                return message.replacingTexts { UntrustedDelimiter.withCommonWord($0) } ?? message
            },
            leavesOut: { [isSandbox, tools = wiring.tools()] message in
                guard !isSandbox, message["method"] == "tools/call", let name = message["params"]?["name"]?.string
                else {
                    return false
                }
                return tools.effect(of: name).map { !$0.isReadOnly } ?? false
            }
        )
    }

    /// A list of tools without those that are not offered here because they can write.
    private static func withoutWritingTools(_ message: JSON, _ registry: OvalEdgeTools.Registry) -> JSON {
        guard var result = message["result"], let listed = result["tools"]?.array else { return message }
        var message = message
        result["tools"] = .array(
            listed.filter { tool in
                tool["name"]?.string.flatMap { registry.effect(of: $0) }?.isReadOnly ?? true
            }
        )
        message["result"] = result
        return message
    }

    private func say(_ line: String) { StandardOutput.write(VisibleText.line(wiring.log.redactor.redacted(line))) }
}
