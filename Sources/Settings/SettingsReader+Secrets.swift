import Logging
package import Secrets
import Text

// Secrets: written out, kept elsewhere, or in a file of their own (`NAME_FILE`).
extension SettingsReader {
    /// What a setting says.
    enum WrittenSecret<Value> {
        case nothing
        case value(Value)
        case reference(SecretReference)
    }

    /// A secret that is looked up when it is first wanted, where the setting names the place at which it is kept.
    mutating func readSecretSource(
        _ name: String,
        _ about: String,
        example: String = "",
        isNeeded: Bool = false
    ) -> SecretSource? {
        let count = problems.count
        let written: WrittenSecret<Secret> = readWritten(name, about, example: example, isNeeded: isNeeded)
        if let path = twin(of: name, isSet: written.isSet || problems.count > count) {
            let value: Secret? = fileSecret(name, at: path)
            let reference = entries.first { $0.name == name }?.reference
            return value.flatMap { value in reference.map { SecretSource(value, readFrom: $0) } }
        }
        switch written {
        case .nothing: return nil
        case .value(let secret): return SecretSource(secret)
        case .reference(let reference): return SecretSource(reference)
        }
    }

    /// A secret, or an address with a password in it, that is needed at once.
    mutating func readSecret<Value: SettingValue>(
        _ name: String,
        _ about: String,
        example: String = "",
        isNeeded: Bool = false
    ) -> Value? {
        let count = problems.count
        let written: WrittenSecret<Value> = readWritten(name, about, example: example, isNeeded: isNeeded)
        if let path = twin(of: name, isSet: written.isSet || problems.count > count) {
            return fileSecret(name, at: path)
        }
        return value(name, written)
    }

    /// The path of the file that holds it; nil where no file is named, or where both are set.
    private mutating func twin(of name: String, isSet: Bool) -> String? {
        let twin = name + "_FILE"
        let path: FolderPath? = read(
            twin,
            "File that holds \(name) and nothing else, for a secret that is mounted.",
            example: "/run/secrets/\(name.lowercased())"
        )
        guard let path else { return nil }
        if !isSet { return path.text }
        complain(twin, "and \(name) are both set", advice: "Leave one of them out.")
        return nil
    }

    /// What the setting itself says, whether that is the secret or where it is kept.
    mutating func readWritten<Value: SettingValue>(
        _ name: String,
        _ about: String,
        example: String = "",
        isNeeded: Bool = false
    ) -> WrittenSecret<Value> {
        guard let (text, origin) = found(name), !Self.isValue(text, Value.self), let parsed = Self.reference(text)
        else {
            let value: Value? = read(name, about, example: example, isNeeded: isNeeded)
            return value.map { .value($0) } ?? .nothing
        }
        var entry = SettingEntry(name, about, type: Value.self)
        entry.example = example
        entry.isNeeded = isNeeded
        entry.heading = heading
        entry.concerns = concerns
        entry.origin = origin
        entry.written = Secret(text)
        entries.append(entry)
        switch parsed {
        case .success(let reference):
            entries[entries.count - 1].value = "\(reference)"
            entries[entries.count - 1].reference = reference
            return .reference(reference)
        case .failure(let fault):
            complain(
                name,
                "from \(origin.phrase) begins as a reference to a secret and names no place that can be used",
                advice: "Write \(name)=\(fault.example), for example."
            )
            return .nothing
        }
    }

    /// Whether the text means something else in this setting: any text is a secret, but `file:/var/lib/oe-mcp` is a store.
    private static func isValue<Value: SettingValue>(_ text: String, _: Value.Type) -> Bool {
        Value.self != Secret.self && Value(setting: text) != nil
    }

    /// Nil for a text that is no reference.
    private static func reference(_ text: String) -> Result<SecretReference, SecretReferenceFault>? {
        do throws(SecretReferenceFault) { return try SecretReference(text).map { .success($0) } } catch {
            return .failure(error)
        }
    }

    /// Looks up what is kept elsewhere.
    mutating func value<Value: SettingValue>(_ name: String, _ written: WrittenSecret<Value>) -> Value? {
        switch written {
        case .nothing: return nil
        case .value(let value): return value
        case .reference(let reference):
            switch lookUp(reference) {
            case .success(let secret):
                return accepted(secret.revealed, for: name, in: name, of: "refers to a secret that")
            case .failure(let failure):
                complain(name, "names a secret that cannot be used (\(failure.cause))", advice: failure.advice)
                return nil
            }
        }
    }

    /// What the file of a secret holds, without the line end that editors add.
    private mutating func fileSecret<Value: SettingValue>(_ name: String, at path: String) -> Value? {
        let twin = name + "_FILE"
        let file = secretFile(path)
        guard case .content(let bytes, _) = file else {
            complain(twin, "names a file that \(file.obstacle)", advice: file.advice)
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self)?.trimmed else {
            complain(twin, "names a file that is not text in UTF-8", advice: "Write the secret alone into it.")
            return nil
        }
        guard !text.isEmpty else {
            complain(twin, "names an empty file", advice: "Write the secret into it.")
            return nil
        }
        return accepted(text, for: name, in: twin, of: "names a file whose content")
    }

    /// What was found for a setting, in what `place` names; `subject` is what a fault reads on from.
    private mutating func accepted<Value: SettingValue>(
        _ text: String,
        for name: String,
        in place: String,
        of subject: String
    ) -> Value? {
        guard let index = entries.firstIndex(where: { $0.name == name }) else { return nil }
        if let fault = Self.fault(in: text, of: entries[index], Value.self) {
            complain(place, "\(subject) \(fault.what)", advice: fault.advice)
            return nil
        }
        guard let value = Value(setting: text) else {
            complain(
                place,
                "\(subject) must be \(Value.expectation)",
                advice: "Write \(entries[index].example) into it, for example."
            )
            return nil
        }
        redactor.add(Secret(text))
        guard place != name else { return value }
        entries[index].reference = shownValue(of: place).flatMap { try? SecretReference("file:\($0)") }
        entries[index].value = value.shown
        entries[index].written = Secret(text)
        entries[index].origin = entries.last?.origin ?? .default
        return value
    }
}

extension SettingsReader.WrittenSecret {
    fileprivate var isSet: Bool { if case .nothing = self { false } else { true } }
}

extension SecretFailure {
    /// Where nothing can be looked up.
    package static func cannotLookUp(_ reference: SecretReference) -> SecretFailure {
        SecretFailure(
            .failed,
            reference,
            "\(reference) cannot be looked up here",
            advice: "Write the secret itself."
        )
    }
}
