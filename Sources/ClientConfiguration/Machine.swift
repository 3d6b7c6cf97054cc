/// The machine whose clients are looked for: where its files are, and which there are.
package struct Machine: Sendable {
    package enum System: Hashable, Sendable { case macOS, linux, windows }
    package enum Kind: Hashable, Sendable { case nothing, file, folder }

    package var system: System
    package var home: String
    /// The environment.
    package var variables: [String: String]
    /// The folder of the project, for files that belong to one.
    package var project: String
    package var kind: @Sendable (_ path: String) -> Kind
    package var names: @Sendable (_ folder: String) -> [String]

    package init(
        system: System,
        home: String,
        variables: [String: String] = [:],
        project: String,
        kind: @escaping @Sendable (String) -> Kind,
        names: @escaping @Sendable (String) -> [String]
    ) {
        self.system = system
        self.home = home
        self.variables = variables
        self.project = project
        self.kind = kind
        self.names = names
    }

    /// `$XDG_CONFIG_HOME`, or where files of configuration are without it.
    package var configuration: String { absolute("XDG_CONFIG_HOME") ?? home + "/.config" }

    private func absolute(_ variable: String) -> String? {
        variables[variable].flatMap { $0.isEmpty || system != .windows && $0.first != "/" ? nil : $0 }
    }

    /// The path for a place of the table: `~`, `CONFIG`, `APP` (the application data of this system), `LOCAL` (that of
    /// Windows that does not roam), `CACHE`, `.` for the project, or `$VARIABLE`, before the first `/`.
    ///
    /// Empty where the variable is not set; more than one where a `*` fits several names.
    package func paths(_ place: String) -> [String] {
        let parts = place.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard let base = base(parts[0]) else { return [] }
        return parts.dropFirst().reduce([base]) { found, part in
            guard let star = part.firstIndex(of: "*") else { return found.map { "\($0)/\(part)" } }
            let (start, end) = (part[..<star], part[part.index(after: star)...])
            return found.flatMap { folder in
                names(folder).filter { name in
                    name.hasPrefix(start) && name.hasSuffix(end) && name.utf8.count > start.utf8.count + end.utf8.count
                        && name.first != "."
                }
                .sorted().map { "\(folder)/\($0)" }
            }
        }
    }

    private func base(_ word: String) -> String? {
        switch word {
        case "~": home
        case "CONFIG": configuration
        case "APP":
            switch system {
            case .macOS: home + "/Library/Application Support"
            case .linux: configuration
            case .windows: absolute("APPDATA") ?? home + "/AppData/Roaming"
            }
        case "CACHE": system == .macOS ? home + "/Library/Caches" : absolute("XDG_CACHE_HOME") ?? home + "/.cache"
        case "LOCAL": absolute("LOCALAPPDATA") ?? home + "/AppData/Local"
        case ".": project
        default: absolute(String(word.dropFirst()))
        }
    }

    /// The absolute path of a program that a shell would start by this name.
    package func program(_ name: String) -> String? {
        (variables["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { $0.first == "/" && kind($0) == .file }
    }
}
