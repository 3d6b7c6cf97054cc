import ClientConfiguration
import Commands
import Files
import Logging
import OvalEdge
import OvalEdgeTools
import Secrets
import Settings

/// The secrets of this person that are in use, whichever profile or client has them.
///
/// Programs are asked for those of the chosen profile alone, since one may ask a person.
struct LiveSecrets {
    private(set) var all: [Secret] = []
    /// Which could not be found, and why, a sentence or two each.
    private(set) var unknown: [String] = []
    /// Kept elsewhere, and looked up for the chosen profile.
    private let chosen: Set<SecretReference>

    /// `settings` are those of the command line; nil, with what of them is secret, where they cannot be used.
    init(_ line: ParsedCommandLine, _ read: Result<Settings, any Error>, _ statuses: [ClientStatus]) {
        let settings = try? read.get()
        chosen = Set([settings?.account.userToken, settings?.account.userSecret].compactMap { $0?.reference })
        add(settings?.secrets ?? [])
        if case .failure(let error as SettingsError) = read { add(error.secrets) }
        lookUp(settings?.account)
        for status in statuses { add(written(in: status.entry)) }
        let named = [line["env-file"]] + statuses.map { $0.entry?.option("--env-file") }
        let folders = [ProfileFolder.ofThisUser, .withoutEnvironment].compactMap { $0 }
        let profiles = folders.flatMap { folder in ([.default] + folder.names()).map { folder.path(of: $0) } }
        for file in Set(profiles + named.compactMap { $0 }).sorted() { take(file) }
    }

    private mutating func add(_ secrets: [Secret]) {
        for secret in secrets where !all.contains(secret) { all.append(secret) }
    }

    /// What the account has, wherever it is kept.
    private mutating func lookUp(_ account: AccountSettings?) {
        guard let account else { return }
        let resolver = SecretResolver(Environment.secretSurroundings, redactor: Redactor())
        let found: Result<Credentials, OvalEdgeError> = Waiter.run {
            do throws(OvalEdgeError) {
                return .success(try await AccountSecrets(account, resolver).credentials())
            } catch {
                return .failure(error)
            }
        }
        switch found {
        case .success(let credentials): add(credentials, of: account)
        case .failure(let error): unknown.append(RemedyTexts.namingSettings.text(of: error))
        }
    }

    /// With the session token that all processes share.
    private mutating func add(_ credentials: Credentials, of account: AccountSettings) {
        let session = Environment.tokenFolder.liveToken(for: credentials, at: account.baseURL ?? "")
        add([credentials.userToken, credentials.userSecret, session].compactMap { $0 })
    }

    private func written(in entry: FoundEntry?) -> [Secret] { Self.secrets(in: entry?.handed(behind: "--set") ?? []) }

    private static func secrets(in settings: [(name: String, value: String)]) -> [Secret] {
        let names = Set(Settings.described(version: ProgramVersion.current).filter { $0.isSecret }.map { $0.name })
        return settings.flatMap { name, value -> [Secret] in
            let isWritten = !value.hasPrefix("$") && !SecretReference.isMeant(by: value)
            return names.contains(name.uppercased()) && isWritten ? [Secret(value)] : secrets(inAddress: value)
        }
    }

    /// Name and password of an address; its host is in every report.
    private static func secrets(inAddress text: String) -> [Secret] {
        guard text.contains("@") else { return [] }
        return ProxyAddress(setting: text)?.secrets ?? StoreAddress(setting: text)?.secrets ?? [Secret(text)]
    }

    /// What one settings file says by itself, also where something else in it is wrong.
    private mutating func take(_ file: String) {
        guard let bytes = (try? ForeignFile.bytes(at: file)) ?? nil else { return }
        // A file that is not trusted is read by no other command, and what is secret in it is still secret.
        add(Self.secrets(in: DotEnv(parsing: bytes).assignments.map { ($0.name, $0.value) }))
        do throws(SettingsError) {
            let settings = try Settings.read(
                version: ProgramVersion.current,
                refuses: false,
                tools: ToolName.allCases.map { $0.rawValue },
                envFile: file,
                usesAccount: false,
                disk: Environment.settingsDisk
            )
            add(settings.secrets)
            let kept = lookUp(settings.entries, in: file)
            let account = settings.account
            let (token, secret) = (account.userToken, account.userSecret)
            add(
                Credentials(
                    userToken: token.flatMap { $0.value ?? $0.reference.flatMap { kept[$0] } },
                    userSecret: secret.flatMap { $0.value ?? $0.reference.flatMap { kept[$0] } }
                ),
                of: account
            )
        } catch {
            add(error.secrets)
            unknown += error.problems.map { $0.name == file ? "\($0)" : "\(file): \($0)" }
            let wrong = Set(error.problems.map { $0.name })
            _ = lookUp(error.entries.filter { !wrong.contains($0.name) }, in: file)
        }
    }

    /// What is kept elsewhere, as far as no program has to be asked.
    private mutating func lookUp(_ entries: [SettingEntry], in file: String) -> [SecretReference: Secret] {
        var kept: [SecretReference: Secret] = [:]
        for entry in entries where entry.isSecret {
            guard let reference = entry.reference, !chosen.contains(reference) else { continue }
            switch SecretLookUp(Environment.secretSurroundings, limits: .server).secret(at: reference, asking: false) {
            case .success(let secret): kept[reference] = secret
            case .failure(let failure): unknown.append("\(entry.name) in \(file): \(failure)")
            }
        }
        add(Array(kept.values))
        return kept
    }
}
