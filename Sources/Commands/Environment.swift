package import OvalEdge
import OvalEdgeTools
package import Secrets
package import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's environment: read here and nowhere else.
package enum Environment {
    /// `listens` is true for a program that opens a port.
    package static func settings(_ line: ParsedCommandLine, listens: Bool = false) throws -> Settings {
        try Settings.read(
            version: ProgramVersion.current,
            listens: listens,
            tools: ToolName.allCases.map { $0.rawValue },
            commandLine: line,
            environment: variables,
            disk: settingsDisk
        )
    }

    /// Where settings are looked up, and the secrets that they name.
    package static var settingsDisk: SettingsDisk {
        var disk = SettingsDisk.ofThisMachine
        disk.secret = { SecretLookUp(secretSurroundings, limits: .server).secret(at: $0, asking: $1) }
        return disk
    }

    /// For a recording: what was set when it was made wins over what is set now.
    ///
    /// One of the sandbox is replayed with nothing of this machine.
    package static func settings(
        _ line: ParsedCommandLine,
        recorded: [String: String],
        isSandbox: Bool
    ) throws -> Settings {
        let disk = SettingsDisk(knowsTimeZone: TimeZoneDatabase.knows)
        return try Settings.read(
            version: ProgramVersion.current,
            tools: ToolName.allCases.map { $0.rawValue },
            commandLine: line,
            environment: isSandbox ? recorded : variables.merging(recorded) { $1 },
            disk: isSandbox ? disk : settingsDisk
        )
    }

    /// Read once, with the first use: nothing here changes them.
    package static let variables: [String: String] = {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                variables[String(text[..<sign])] = String(text[text.utf8.index(after: sign)...])
            }
            next += 1
        }
        return variables
    }()

    /// What secrets that are kept elsewhere are looked up in.
    package static var secretSurroundings: SecretSurroundings {
        SecretSurroundings(service: "oe-mcp", variables: variables, home: home) { path in
            let file = SettingsFile.onDisk(path, isSecret: true)
            if case .content(let bytes, _) = file { return .success(bytes) }
            return .failure(.init(isMissing: file == .missing, file.obstacle, advice: file.advice))
        }
    }

    package static var tokenFolder: TokenFolder {
        TokenFolder(
            directories: TokenFolder.usualDirectories(
                runtimeDirectory: variable("XDG_RUNTIME_DIR"),
                cacheDirectory: variable("XDG_CACHE_HOME"),
                home: variable("HOME")
            )
        )
    }

    /// Where writes are recorded, unless a setting names another place.
    package static var auditFolder: String { stateFolder }

    /// Where programs keep what they have done: `$XDG_STATE_HOME/oe-mcp`, else in the user's own folder.
    package static var stateFolder: String {
        #if canImport(Darwin)
        let usual = "/Library/Application Support/oe-mcp"
        #else
        let usual = "/.local/state/oe-mcp"
        #endif
        let state = variable("XDG_STATE_HOME").flatMap { $0.first == "/" ? "\($0)/oe-mcp" : nil }
        return state ?? home + usual
    }

    /// What can be got again: `$XDG_CACHE_HOME/oe-mcp`, else in the user's own folder.
    package static var cacheFolder: String {
        #if canImport(Darwin)
        let usual = "/Library/Caches/oe-mcp"
        #else
        let usual = "/.cache/oe-mcp"
        #endif
        let cache = variable("XDG_CACHE_HOME").flatMap { $0.first == "/" ? "\($0)/oe-mcp" : nil }
        return cache ?? home + usual
    }

    /// All folders in which programs keep something for this user, and what; the settings can name others.
    package static var keptFolders: [(path: String, about: String)] {
        var folders = [
            (
                path: configurationFolder,
                about: "settings, profiles, secrets, copies of clients' files, the audit log's key"
            ),
            (
                path: stateFolder,
                about: "audit log, counts, sign-ins at other servers, notes on clients and their entries"
            ),
            (path: cacheFolder, about: "session tokens, what is known of other servers"),
        ]
        for path in tokenFolder.directories where !folders.contains(where: { $0.path == path }) {
            folders.append((path: path, about: "session tokens"))
        }
        return folders
    }

    /// Next to the user's own settings file, apart from the log.
    package static var auditKeyFile: String { configurationFolder + "/audit.key" }

    private static var configurationFolder: String {
        let config = variable("XDG_CONFIG_HOME").flatMap { $0.first == "/" ? $0 : nil }
        return (config ?? home + "/.config") + "/oe-mcp"
    }

    /// Whether a person wants no colours (no-color.org).
    package static var wantsNoColor: Bool { variable("NO_COLOR")?.isEmpty == false }

    /// `$HOME`, else what the system knows of this user: a service may be started without the variable.
    package static var home: String {
        if let home = variable("HOME"), home.first == "/" { return home }
        return getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) } ?? ""
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The zone of this machine, unless a setting names another.
    static func timeZone(setting: String?) -> String {
        var buffer = [CChar](repeating: 0, count: 1024)
        let count = readlink("/etc/localtime", &buffer, buffer.count)
        let localtime = String(decoding: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return OvalEdgeConfiguration.timeZone(
            setting: setting,
            tz: variable("TZ"),
            localtime: localtime,
            exists: TimeZoneDatabase.knows
        )
    }
}
