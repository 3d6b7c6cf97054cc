import CSystem
import ClientConfiguration
import Commands
import CurlHTTP
import Files
import JSON
import Logging
import Settings
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What is needed to find out what is wrong, as files: nothing that is secret, and the home folder as `~`.
struct BugReport {
    struct File {
        let name: String
        let bytes: [UInt8]
    }

    private(set) var files: [File] = []
    /// Names of those that have a secret inside.
    private(set) var exposed: [String] = []
    /// Which secrets could not be looked for, and why.
    let unsearched: [String]

    private let search: SecretSearch
    private let redactor = Redactor()
    private let home: String

    private static let lineCount = 200
    private static let folder = "oe-mcp-bug-report"

    /// Of all files that there can be.
    static var names: [String] {
        let logs = LogSource.kept(by: ClientProgram.all, on: .current()).map { $0.id } + ["oe-mcp"]
        return ["versions.txt", "doctor.txt", "settings.txt", "clients.json"] + logs.map { "logs/\($0).txt" }
    }

    /// `isWanted` says which files are taken.
    init(_ line: ParsedCommandLine, isWanted: (String) -> Bool) {
        home = Environment.home
        let machine = Machine.current()
        let statuses = ClientProgram.all.filter { $0.writer != .person }.flatMap { client in
            ClientStatus.of(client, on: machine, InstallStore.ofThisUser, always: false).filter { $0.state == .ours }
        }
        let read = Result { try Environment.settings(line) }
        let secrets = LiveSecrets(line, read, statuses)
        unsearched = secrets.unknown
        search = SecretSearch(secrets.all)
        for secret in secrets.all { redactor.add(secret) }
        for (name, text) in [
            ("versions.txt", { Self.versions }), ("doctor.txt", { Self.doctor(line) }),
            ("settings.txt", { Self.table(read) }), ("clients.json", { Self.entries(statuses) }),
        ] where isWanted(name) { add(name, text()) }
        let sources = LogSource.kept(by: ClientProgram.all, on: machine)
        for source in sources + [(try? read.get()).flatMap { LogSource.own($0) }].compactMap({ $0 }) {
            let name = "logs/\(source.id).txt"
            guard isWanted(name), let found = source.lastLines(Self.lineCount) else { continue }
            add(name, (["\(found.path)"] + found.lines).joined(separator: "\n") + "\n")
        }
    }

    var archive: TarArchive {
        var archive = TarArchive()
        for file in files { archive.add("\(Self.folder)/\(file.name)", file.bytes) }
        return archive
    }

    /// What is secret is looked for before anything is redacted: where a secret is in a log, that has to be known.
    private mutating func add(_ name: String, _ text: String) {
        let text = abbreviated(text)
        let isExposed = search.finds(in: Array(text.utf8))
        let bytes = Array(VisibleText.shown(redactor.redacted(text)).utf8)
        files.append(File(name: name, bytes: bytes))
        if isExposed || search.finds(in: bytes) { exposed.append(name) }
    }

    /// The home folder as `~`, also where links lead to it.
    private func abbreviated(_ text: String) -> String {
        Set([home, Machine.real(home)]).filter { $0.utf8.count > 1 }.sorted { $0.utf8.count > $1.utf8.count }
            .reduce(text) { text, folder in
                ["/", "\"", "\n", " ", ",", "'", ")", ":"].reduce(text) { text, end in
                    text.replacing(every: folder + end, with: "~" + end)
                }
            }
    }
}

// What the files say.
extension BugReport {
    private static var versions: String {
        var system = utsname()
        uname(&system)
        // Each of the fields is as long; the second one is the name of the machine, which is no one's business.
        let size = MemoryLayout.size(ofValue: system.sysname)
        let words = withUnsafeBytes(of: system) { bytes in
            [0, 2, 4].map { field in
                String(decoding: bytes[field * size..<(field + 1) * size].prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        return """
            oe-mcp \(ProgramVersion.current)
            program: \(ThisProgram.path)
            system: \(words.joined(separator: " "))
            libcurl: \((try? CurlLibrary.version()) ?? "not found")

            """
    }

    /// In a process of its own, as a person would run it.
    private static func doctor(_ line: ParsedCommandLine) -> String {
        let options = ["profile", "env-file", "set", "sandbox", "generation"].filter { line.has($0) }.flatMap { name in
            line.all(name).isEmpty ? ["--\(name)"] : line.all(name).flatMap { ["--\(name)", $0] }
        }
        let outcome = ForeignCommand.outcome(
            ThisProgram.path,
            ["doctor"] + options,
            environment: Environment.variables,
            seconds: 90
        )
        guard let outcome else { return "It could not be started.\n" }
        return outcome.output + "(ended with \(outcome.code.map { String($0) } ?? "a signal, or after 90 s"))\n"
    }

    private static func table(_ read: Result<Settings, any Error>) -> String {
        switch read {
        case .success(let settings):
            return SettingsTable(settings.entries).terminal
                + (settings.trustWarnings + settings.warnings).map { "! \($0)\n" }.joined()
        case .failure(let error):
            let entries = (error as? SettingsError)?.entries ?? []
            return SettingsTable(entries).terminal + "\(error)\n"
        }
    }

    /// Of variables only the names.
    private static func entries(_ statuses: [ClientStatus]) -> String {
        let entries = statuses.map { status -> JSON in
            var json = status.json
            json["variables"] = .strings((status.entry?.variables ?? [:]).keys.sorted())
            return json
        }
        return JSON.array(entries).prettyText + "\n"
    }
}
