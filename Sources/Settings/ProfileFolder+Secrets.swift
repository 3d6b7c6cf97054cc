package import Secrets

// Secrets that are kept elsewhere for one profile alone.
extension ProfileFolder {
    /// A setting whose secret is kept elsewhere.
    package struct KeptSecret: Hashable, Sendable {
        package let setting: String
        package let reference: SecretReference
        /// What a line of the profile says of it; nil for a file that no line names any more.
        let line: WrittenSetting?

        package var isNamed: Bool { line != nil }

        /// The same line with another place in it.
        package func rewritten(naming place: SecretReference) -> WrittenSetting? {
            line.map { WrittenSetting($0.name, $0.name == setting ? place.text : String(place.text.dropFirst(5))) }
        }
    }

    /// Where the secret of a setting is kept for a profile, where a file is to have it.
    package func secretFile(of name: ProfileName, _ setting: String) -> SecretReference {
        .file("\(secrets)/\(name).\(setting)")
    }

    /// What is kept where the secrets of this profile are put, also in files that it names no more.
    package func secrets(of name: ProfileName, on disk: SettingsDisk = .ofThisMachine) -> [KeptSecret] {
        let named = references(of: name, on: disk).filter { places(of: $0.setting, in: name).contains($0.reference) }
        let files = disk.names(secrets).filter { $0.hasPrefix("\(name).") }.sorted().map { file in
            let setting = String(file.dropFirst(name.text.count + 1))
            return KeptSecret(setting: setting, reference: .file("\(secrets)/\(file)"), line: nil)
        }
        return named + files.filter { file in !named.contains { $0.reference == file.reference } }
    }

    /// What a setting of another profile is to say, where the secret comes along; nil for a place of no profile.
    package func place(of secret: KeptSecret, in name: ProfileName) -> SecretReference? {
        places(of: secret.setting, in: name).first { $0.form == secret.reference.form }
    }

    /// The other profiles that refer to it.
    package func users(
        of secret: KeptSecret,
        besides name: ProfileName,
        on disk: SettingsDisk = .ofThisMachine
    ) -> [ProfileName] {
        names(on: disk).filter { other in
            other != name && references(of: other, on: disk).contains { $0.reference == secret.reference }
        }
    }

    /// Whether a profile refers to it.
    package func names(_ reference: SecretReference, on disk: SettingsDisk = .ofThisMachine) -> Bool {
        names(on: disk).contains { name in references(of: name, on: disk).contains { $0.reference == reference } }
    }

    private func places(of setting: String, in name: ProfileName) -> [SecretReference] {
        [secretFile(of: name, setting)]
            + (KeychainItem(profile: name.text, key: setting).map { [.keychain($0)] } ?? [])
    }

    private func references(of name: ProfileName, on disk: SettingsDisk) -> [KeptSecret] {
        guard case .content(let bytes, _) = disk.file(path(of: name)) else { return [] }
        return DotEnv(parsing: bytes).assignments.compactMap { assignment in
            let line = WrittenSetting(assignment.name.uppercased(), assignment.value)
            let isPath = line.name.hasSuffix("_FILE")
            let text = isPath ? "file:\(line.value)" : line.value
            guard let reference = (try? SecretReference(text)) as SecretReference? else { return nil }
            let setting = isPath ? String(line.name.dropLast(5)) : line.name
            return KeptSecret(setting: setting, reference: reference, line: line)
        }
    }
}
