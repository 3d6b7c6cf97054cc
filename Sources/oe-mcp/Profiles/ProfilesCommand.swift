import Commands
import JSON
import Logging
import OvalEdgeTools
import Rendering
import Settings
import Text

/// `oe-mcp profiles`: the settings files of a person who has several catalogs or accounts.
struct ProfilesCommand {
    static let description = CommandLineCommand(
        "profiles",
        operands: """
            [list | show NAME | add NAME [SETTING=VALUE …] [-] | remove NAME | rename NAME NEW-NAME | copy NAME NEW-NAME]
            """,
        "List profiles, show what one says, add one (- reads settings from standard input), or remove, rename or copy one.",
        options: [
            CommandLineOption("json", "With list and show: print it as JSON."),
            CommandLineOption("yes", "With remove: ask nothing, even where a client starts it."),
        ]
    )

    let line: ParsedCommandLine
    let folder = ProfileFolder.ofThisUser

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        do {
            return try ProfilesCommand(line: line).dispatch()
        } catch ProfileFault.missing(let problem) {
            throw SettingsError(problems: [problem])
        }
    }

    /// The part of the environment that says where profiles are, and none of what they say.
    static var places: [String: String] {
        Environment.variables.filter { ["HOME", "XDG_CONFIG_HOME"].contains($0.key) }
    }

    private func dispatch() throws -> Int32 {
        let words = line.operands
        switch (words.first ?? "list", words.count) {
        case ("list", 0...1): return list()
        case ("show", 2): return show(try existing(words[1]))
        case ("add", 2...): return try add(try new(words[1]), Array(words.dropFirst(2)))
        case ("remove", 2): return try remove(try existing(words[1]))
        case ("rename", 3): return try rename(try existing(words[1]), to: try new(words[2]))
        case ("copy", 3): return try copy(try existing(words[1]), to: try new(words[2]))
        default:
            throw UsageError(
                "`profiles` lists, shows, adds, removes, renames or copies profiles.",
                advice:
                    "Write oe-mcp profiles list, show NAME, add NAME, remove NAME, rename NAME NEW or copy NAME NEW."
            )
        }
    }

    private func existing(_ text: String) throws(SettingsError) -> ProfileName {
        guard let name = ProfileName(text), folder.holds(name) else {
            throw SettingsError(problems: [folder.unknown(text)])
        }
        return name
    }

    private func new(_ text: String) throws(UsageError) -> ProfileName {
        guard let name = ProfileName(text) else {
            throw UsageError(
                "`\(text)` cannot be the name of a profile.",
                advice: "Use \(ProfileName.expectation), such as prod."
            )
        }
        return name
    }

    private func list() -> Int32 {
        let profiles = folder.names().map { ProfileText($0, in: folder) }
        if line.has("json") {
            let json: JSON = ["schema": 1, "profiles": .array(profiles.map { $0.summary })]
            StandardOutput.write(TerminalText.json(json))
        } else if profiles.isEmpty {
            StandardOutput.write("There are no profiles yet. Make one with `oe-mcp profiles add NAME`.")
        } else {
            let rows = profiles.map { profile in
                let address = profile.value(of: "OVALEDGE_BASE_URL") ?? "no address"
                return [profile.name.text, profile.isUsable ? address : "cannot be used", profile.path]
            }
            Self.write(rows)
            for profile in profiles where !profile.isUsable { complain(of: profile) }
        }
        return 0
    }

    private func show(_ name: ProfileName) -> Int32 {
        let profile = ProfileText(name, in: folder)
        if line.has("json") {
            StandardOutput.write(TerminalText.json(profile.json))
        } else {
            Self.write(profile.settings.map { [$0.name, $0.value] })
        }
        complain(of: profile)
        return profile.isUsable ? 0 : SettingsError.exitCode
    }

    private func complain(of profile: ProfileText) {
        for problem in profile.problems { StandardError.write(VisibleText.line("\(line.program): \(problem)")) }
    }

    private static func write(_ rows: [[String]]) {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
            StandardOutput.write(VisibleText.line(cells.joined(separator: "  ")).trimmed)
        }
    }
}

/// What one profile says by itself, without the environment; no secret is in it.
struct ProfileText {
    let name: ProfileName
    let path: String
    /// By name, with what may be shown of the value.
    let settings: [WrittenSetting]
    let problems: [String]
    let isUsable: Bool

    init(_ name: ProfileName, in folder: ProfileFolder) {
        self.name = name
        path = folder.path(of: name)
        let entries: [SettingEntry]
        do throws(SettingsError) {
            let settings = try Settings.read(
                version: ProgramVersion.current,
                tools: ToolName.allCases.map { $0.rawValue },
                profile: name.text,
                environment: ProfilesCommand.places,
                disk: .ofThisMachine
            )
            // A file that is no one's but the default profile's is left out where it cannot be read.
            let isRead = if case .unreadable = SettingsFile.onDisk(path) { false } else { true }
            (entries, problems, isUsable) = (settings.entries, settings.trustWarnings + settings.warnings, isRead)
        } catch {
            (entries, problems, isUsable) = (error.entries, error.problems.map { $0.description }, false)
        }
        settings = entries.filter { $0.origin != .default }.map { WrittenSetting($0.name, $0.value ?? "not usable") }
    }

    func value(of name: String) -> String? { settings.first { $0.name == name }?.value }

    var summary: JSON {
        .members(
            ("name", .string(name.text)),
            ("file", .string(path)),
            ("baseURL", value(of: "OVALEDGE_BASE_URL").map { .string($0) }),
            ("allowWrites", .string(value(of: "OVALEDGE_ALLOW_WRITES") ?? "none")),
            ("problems", isUsable ? nil : .strings(problems))
        )
    }

    var json: JSON {
        [
            "schema": 1, "name": .string(name.text), "file": .string(path),
            "settings": .array(settings.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "problems": .strings(problems),
        ]
    }
}
