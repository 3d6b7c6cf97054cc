import ClientConfiguration
import Commands
import Logging
import Secrets
import Settings

/// The profile that the answers of `oe-mcp setup` come to, and where the secret is kept that belongs to it.
struct SetupProfile {
    let name: ProfileName
    let path: String
    /// What its file says already.
    let old: [UInt8]
    /// Settings besides those that are asked for.
    let others: [WrittenSetting]

    /// What it is to say; of what is kept there is nothing in it.
    func settings(_ answers: SetupAnswers, secret: String? = nil) -> [WrittenSetting] {
        let asked = [
            answers.address.map { WrittenSetting("OVALEDGE_BASE_URL", $0) },
            answers.userToken?.text.map { WrittenSetting("OVALEDGE_USER_TOKEN", $0) },
            (secret ?? answers.userSecret?.text).map { WrittenSetting("OVALEDGE_USER_SECRET", $0) },
        ]
        return asked.compactMap { $0 } + others
    }

    /// The file as it would be with the secret in it; it is read by a check, and never written.
    func text(_ answers: SetupAnswers) throws(ProfileFault) -> [UInt8] {
        guard let text = DotEnv.text(old, changing: settings(answers)) else { throw .unwritable }
        return text
    }

    /// How the setting names the secret, once it is kept in this place; nil for the profile itself.
    func reference(_ place: SecretPlace) -> SecretReference? {
        let key = "OVALEDGE_USER_SECRET"
        switch place {
        case .keychain: return KeychainItem(profile: name.text, key: key).map { .keychain($0) }
        case .file: return ProfileFolder.ofThisUser.secretFile(of: name, key)
        case .profile: return nil
        }
    }

    /// Keeps the secret first, so that no profile ever names one that is not there, and leaves none that it named before.
    func write(_ answers: SetupAnswers) throws {
        // The secret that is kept there now belongs to the profile as it is now.
        try ProfileFolder.ofThisUser.checkChangeable(name)
        var secret: String?
        if let place = answers.place, let reference = reference(place), case .value(let value) = answers.userSecret {
            try SecretStore(Environment.secretSurroundings).store(value, at: reference)
            secret = reference.text
        }
        let folder = ProfileFolder.ofThisUser
        let before = folder.secrets(of: name).filter { $0.isNamed }
        try folder.change(name, settings(answers, secret: secret))
        let now = folder.secrets(of: name).filter { $0.isNamed }.map { $0.reference }
        _ = ProfileSecrets(folder).remove(before.filter { !now.contains($0.reference) }, besides: name)
    }

    /// For a person, without secrets.
    func shown(_ answers: SetupAnswers) -> String {
        let secret = answers.place.flatMap { reference($0) }.map { $0.description }
        let lines = settings(answers, secret: secret).map { setting in
            "    \(setting.name)=\(Self.isShown(setting) ? setting.value : Secret(setting.value).description)"
        }
        let heading = "Profile \(name), in \(path)\(old.isEmpty ? "" : ", which is there already"):"
        return ([heading] + lines).joined(separator: "\n")
    }

    /// A reference to a secret is not secret; an address may have a password in it.
    private static func isShown(_ setting: WrittenSetting) -> Bool {
        let names = Settings.described(version: ProgramVersion.current).filter { !$0.isSecret }.map { $0.name }
        return SecretReference.isMeant(by: setting.value)
            || names.contains(setting.name) && !setting.value.contains("@")
    }
}

extension SetupAnswers.Credential {
    /// As a settings file says it; nil for what it says already.
    fileprivate var text: String? {
        switch self {
        case .value(let secret): secret.revealed
        case .reference(let text): text
        case .kept: nil
        }
    }
}

extension SecretPlace {
    /// Those that this machine has, the best one first.
    static var here: [SecretPlace] { allCases.filter { $0 != .keychain || hasKeyStore } }

    private static var hasKeyStore: Bool {
        #if canImport(Darwin)
        return true
        #else
        let machine = Machine.current()
        let bus = Environment.variables["DBUS_SESSION_BUS_ADDRESS"] ?? ""
        let socket = (Environment.variables["XDG_RUNTIME_DIR"] ?? "") + "/bus"
        return machine.program("secret-tool") != nil && (!bus.isEmpty || machine.kind(socket) != .nothing)
        #endif
    }
}
