import Text

/// The one `.env` file that is read: which it is, what it says, and what is wrong with it.
struct DotEnvFile {
    private(set) var source = SettingsSource(.default, [:])
    private(set) var problems: [SettingsProblem] = []
    private(set) var warnings: [String] = []
    private var path = ""
    private var names: [String] = []

    /// The file a person named; else `./.env`; else `oe-mcp/.env` in the directory for configuration.
    static func found(
        named path: String?,
        environment: [String: String],
        files: (String) -> SettingsFile
    ) -> DotEnvFile {
        var result = DotEnvFile()
        for candidate in path.map({ [$0] }) ?? usualPaths(environment) {
            switch files(candidate) {
            case .content(let bytes, let isPrivate):
                result.read(bytes, at: candidate, isPrivate: isPrivate)
                return result
            case .missing where path == nil: continue
            case .unreadable(let reason) where path == nil:
                result.warnings.append("\(candidate) \(reason), so it is left out.")
            case .missing: result.complain(candidate, "does not exist")
            case .unreadable(let reason): result.complain(candidate, reason)
            }
        }
        return result
    }

    /// Warnings for names that look like settings of this program and are none.
    func strangers(known: [String]) -> [String] {
        var seen: Set<String> = []
        return names.compactMap { name in
            let capitals = name.uppercased()
            guard capitals.hasPrefix("OVALEDGE_") || capitals.hasPrefix("MCP_") else { return nil }
            guard !known.contains(capitals), seen.insert(capitals).inserted else { return nil }
            let near = Suggestion.nearest(to: name, among: known).map { " Did you mean \($0)?" } ?? ""
            return "\(name) in \(path) is not a setting of this program, so it changes nothing.\(near)"
        }
    }

    private static func usualPaths(_ environment: [String: String]) -> [String] {
        // A relative path is to be ignored, says the XDG Base Directory Specification.
        let named = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.config" : nil }
        return ["./.env"] + [named ?? home].compactMap { $0.map { "\($0)/oe-mcp/.env" } }
    }

    private mutating func complain(_ path: String, _ reason: String) {
        problems.append(SettingsProblem(name: path, what: reason, advice: "Name another file with --env-file."))
    }

    private mutating func read(_ bytes: [UInt8], at path: String, isPrivate: Bool) {
        let file = DotEnv(parsing: bytes)
        self.path = path
        names = file.assignments.map { $0.name }
        let values = file.assignments.map { ($0.name, $0.value) }
        source = SettingsSource(.file(path), Dictionary(values) { $1 })
        if !file.badLines.isEmpty {
            let lines = file.badLines.prefix(5).map { "\($0)" }.joined(separator: ", ")
            let more = file.badLines.count > 5 ? " and \(file.badLines.count - 5) more" : ""
            problems.append(
                SettingsProblem(
                    name: path,
                    what: "has no NAME=value in line \(lines)\(more)",
                    advice: "Correct it, or put a # before it."
                )
            )
        }
        if !isPrivate { warnings.append("\(path) can be read by other users. Run: chmod 600 \(path)") }
    }
}
