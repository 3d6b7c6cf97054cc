import ClientConfiguration
import Commands
import Logging
import Secrets
import Settings
import Text

/// What `oe-mcp setup` was asked for on its command line: an option for every question.
struct SetupRequest {
    static let options = [
        CommandLineOption("base-url", value: "URL", "Address of your OvalEdge."),
        CommandLineOption(
            "user-token",
            value: "FROM",
            "Where the user token is: - is standard input, env:NAME a variable; any other reference goes into the profile."
        ),
        CommandLineOption("user-secret", value: "FROM", "The secret of that user token, in the same way."),
        CommandLineOption("keep", value: "WHERE", "Keep the secret there: keychain, file or profile."),
        CommandLineOption(
            "client",
            value: "NAME",
            isRepeatable: true,
            "Install into this client, all that are found, or none."
        ),
        CommandLineOption("profile", value: "NAME", "The profile to write, instead of default."),
        CommandLineOption("set", value: "NAME=VALUE", isRepeatable: true, "Write this setting into the profile, too."),
        CommandLineOption("dry-run", "Check the answers and show what would be written, and write nothing."),
        CommandLineOption("yes", "Write what is shown without asking."),
    ]

    let line: ParsedCommandLine
    let profile: ProfileName
    let answers: SetupAnswers
    /// Settings besides those that are asked for.
    let others: [WrittenSetting]
    let machine = Machine.current()
    let path: String
    /// What the file of the profile says already.
    let old: [UInt8]

    var isSandbox: Bool { line.has("sandbox") }
    var isDry: Bool { line.has("dry-run") }

    init(_ line: ParsedCommandLine) throws {
        self.line = line
        guard !line.has("env-file") else {
            throw UsageError("`oe-mcp setup` writes a profile, and no other file.", advice: "Write --profile NAME.")
        }
        profile = try Self.profile(line)
        let others = try line.pairs("set")
        let own = others.keys.filter { Self.asked.contains($0.uppercased()) }
        if let name = own.sorted().first {
            throw UsageError(
                "`--set` cannot set \(name) here.",
                advice: "Use the option that `oe-mcp setup --help` has for it."
            )
        }
        let names = others.keys.map { $0.uppercased() }.sorted()
        if let name = zip(names, names.dropFirst()).first(where: { $0 == $1 })?.0 {
            throw UsageError("`--set` gives \(name) twice.", advice: "Write it once, in capitals.")
        }
        let typed = others.sorted { $0.key < $1.key }.map { WrittenSetting($0.key.uppercased(), $0.value) }
        let known = Settings.described(version: ProgramVersion.current)
        try WrittenSetting.expectKnown(typed, among: known)
        if let exposed = typed.first(where: { $0.exposesSecret(known) }) {
            throw UsageError(
                "\(exposed.name) must not be on the command line, where others can read it.",
                advice: "Keep it elsewhere and name that place, such as \(exposed.name)=file:/run/secrets/ovaledge."
            )
        }
        self.others = typed + Self.network.filter { !names.contains($0.name) }
        path = ProfileFolder.ofThisUser.path(of: profile)
        old = try Self.content(at: path)
        answers = try Self.answers(line, machine)
    }

    var surroundings: SetupMachine.Surroundings {
        // Those of the example of a settings file are empty.
        let written = DotEnv(parsing: old).assignments.filter { !$0.value.isEmpty }
        let known = Dictionary(written.map { ($0.name.uppercased(), $0.value) }) { $1 }
        return SetupMachine.Surroundings(
            isPersonThere: StandardInput.isPerson && !line.has("yes"),
            isSandbox: isSandbox,
            isDry: isDry,
            knownAddress: known["OVALEDGE_BASE_URL"],
            hasCredentials: ["OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"].allSatisfy { name in
                known[name] != nil || known[name + "_FILE"] != nil
            },
            places: SecretPlace.here,
            clients: Self.clients.map { $0.id },
            found: Self.clients.filter { $0.isFound(on: machine) }.map { $0.id }
        )
    }

    static let asked = ["OVALEDGE_BASE_URL", "OVALEDGE_USER_TOKEN", "OVALEDGE_USER_SECRET"]

    /// Those whose file can be written here.
    static let clients = ClientProgram.all.filter { $0.writer != .person }

    private static func profile(_ line: ParsedCommandLine) throws(UsageError) -> ProfileName {
        guard let text = line["profile"] else { return .default }
        guard let name = ProfileName(text) else {
            throw UsageError(
                "`\(text)` cannot be the name of a profile.",
                advice: "It must be \(ProfileName.expectation)."
            )
        }
        return name
    }

    /// Nothing where there is no such file yet.
    private static func content(at path: String) throws(SettingsError) -> [UInt8] {
        let problem: SettingsProblem
        switch SettingsFile.onDisk(path) {
        case .missing: return []
        case .content(let bytes, _): return bytes
        case .unreadable(let reason, _):
            problem = SettingsProblem(name: path, what: reason, advice: "Correct that first, or name another profile.")
        case .untrusted(let fault):
            let advice = "Check what it says, then run: \(fault.remedy)"
            problem = SettingsProblem(name: fault.path, what: fault.what, advice: advice)
        }
        throw SettingsError(problems: [problem])
    }

    /// How this shell reaches the network: a client has no such variables, so that the profile has to say it.
    private static var network: [WrittenSetting] {
        let names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"]
        var found: [String: String] = [:]
        for (name, value) in Environment.variables where names.contains(name.uppercased()) && !value.isEmpty {
            found[name.uppercased()] = value
        }
        return found.sorted { $0.key < $1.key }.map { WrittenSetting($0.key, $0.value) }
    }
}

// What the options answer.
extension SetupRequest {
    private static func answers(_ line: ParsedCommandLine, _ machine: Machine) throws(UsageError) -> SetupAnswers {
        var answers = SetupAnswers()
        answers.address = try line["base-url"].map { (text) throws(UsageError) in try address(text) }
        if line.has("user-token") != line.has("user-secret") {
            let missing = line.has("user-token") ? "user-secret" : "user-token"
            throw UsageError("User token and secret belong together.", advice: "Add --\(missing) FROM.")
        }
        var piped = Self.pipedLines(line)
        answers.userToken = try credential("user-token", line, &piped)
        answers.userSecret = try credential("user-secret", line, &piped)
        answers.place = try line.choice("keep")
        answers.clients = try chosen(line, machine)
        answers.agrees = line.has("yes")
        return answers
    }

    private static func address(_ text: String) throws(UsageError) -> String {
        do throws(SetupAnswers.AddressFault) { return try SetupAnswers.address(text) } catch {
            throw UsageError("\(error)", advice: "Write --base-url https://acme.ovaledge.net/ovaledge, for example.")
        }
    }

    /// What is typed at a terminal would be seen.
    private static func pipedLines(_ line: ParsedCommandLine) -> ArraySlice<String> {
        let isWanted = ["user-token", "user-secret"].contains { line[$0] == "-" }
        guard isWanted, !StandardInput.isPerson else { return [] }
        let text = String(decoding: StandardInput.bytes(limit: 1 << 16), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).map { String($0).trimmed }[...]
    }

    /// A value on the command line is in the list of processes, and in the history of the shell.
    private static func credential(
        _ option: String,
        _ line: ParsedCommandLine,
        _ piped: inout ArraySlice<String>
    ) throws(UsageError) -> SetupAnswers.Credential? {
        guard let text = line[option] else { return nil }
        if text == "-" {
            guard let value = piped.popFirst(), !value.isEmpty else {
                throw UsageError(
                    "Nothing came from standard input for `--\(option)`.",
                    advice: "Pipe it in, in a line of its own: the user token first, then its secret."
                )
            }
            return .init(value)
        }
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            guard let value = Environment.variables[name]?.trimmed, !value.isEmpty else {
                throw UsageError("The variable of `--\(option)` is not set.", advice: "Export it, or name another.")
            }
            return .init(value)
        }
        guard try isReference(text) else {
            throw UsageError(
                "`--\(option)` takes no value itself, because other programs can read a command line.",
                advice:
                    "Write - to give it on standard input, env:NAME, or say where it is kept, such as file:/run/secrets/ovaledge."
            )
        }
        return .reference(text)
    }

    private static func isReference(_ text: String) throws(UsageError) -> Bool {
        do throws(SecretReferenceFault) { return try SecretReference(text) != nil } catch {
            throw UsageError(
                "That reference names no place that can be used.",
                advice: "Write \(error.example), for example."
            )
        }
    }

    private static func chosen(_ line: ParsedCommandLine, _ machine: Machine) throws(UsageError) -> [String]? {
        let words = line.all("client")
        switch words {
        case []: return nil
        case ["none"]: return []
        case ["all"]: return clients.filter { $0.isFound(on: machine) }.map { $0.id }
        case _ where words.contains { ["all", "none"].contains($0) }:
            throw UsageError(
                "`--client all` and `--client none` stand alone.",
                advice: "Write one of them, or the names of clients."
            )
        default:
            if let stranger = words.first(where: { word in !clients.contains { $0.id == word } }) {
                throw InstallRequest.unknown(stranger)
            }
            return words.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        }
    }
}
