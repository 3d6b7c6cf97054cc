import CSystem
import ClientConfiguration
import Commands
import CurlHTTP
import Files
import JSON
import Logging
import OvalEdge
import Secrets
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
    /// Why a secret could not be looked for; nil where all were.
    let unsearched: String?

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
        let settings = try? read.get()
        let credentials = Self.credentials(settings?.account)
        let secrets: [Secret]
        switch credentials {
        case .success(let credentials):
            secrets = Self.secrets(settings, credentials, statuses)
            unsearched = nil
        case .failure(let error):
            secrets = Self.secrets(settings, nil, statuses)
            unsearched = RemedyTexts.namingSettings.text(of: error)
        }
        search = SecretSearch(secrets)
        for secret in secrets { redactor.add(secret) }
        for (name, text) in [
            ("versions.txt", { Self.versions }), ("doctor.txt", { Self.doctor(line) }),
            ("settings.txt", { Self.table(read) }), ("clients.json", { Self.entries(statuses) }),
        ] where isWanted(name) { add(name, text()) }
        let sources = LogSource.kept(by: ClientProgram.all, on: machine)
        for source in sources + [settings.flatMap { LogSource.own($0) }].compactMap({ $0 }) {
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
    /// Those of the account, wherever they are kept.
    private static func credentials(_ account: AccountSettings?) -> Result<Credentials, OvalEdgeError> {
        guard let account else { return .success(Credentials(userToken: nil, userSecret: nil)) }
        let resolver = SecretResolver(Environment.secretSurroundings, redactor: Redactor())
        return Waiter.run {
            do throws(OvalEdgeError) {
                return .success(try await AccountSecrets(account, resolver).credentials())
            } catch {
                return .failure(error)
            }
        }
    }

    /// Those that are set, those in entries of clients, and the session token that all processes share.
    private static func secrets(
        _ settings: Settings?,
        _ credentials: Credentials?,
        _ statuses: [ClientStatus]
    ) -> [Secret] {
        let names = Set(Settings.described(version: ProgramVersion.current).filter { $0.isSecret }.map { $0.name })
        let entries = statuses.flatMap { status in
            (status.entry?.variables ?? [:]).filter { names.contains($0.key) && !$0.value.hasPrefix("$") }
                .map { Secret($0.value) }
        }
        let address = settings?.account.baseURL ?? ""
        let session = credentials.flatMap { Environment.tokenFolder.liveToken(for: $0, at: address) }
        let own = [credentials?.userToken, credentials?.userSecret, session].compactMap { $0 }
        let all = (settings?.secrets ?? []) + own + entries
        return all.reduce(into: []) { all, secret in if !all.contains(secret) { all.append(secret) } }
    }

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
