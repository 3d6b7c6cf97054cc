package import Logging
package import Secrets
import Text

/// Settings, read by name — or, with no source at hand, the list of what would be read.
///
/// The line that reads a setting describes it too, so a description cannot be forgotten or grow old.
package struct SettingsReader {
    package internal(set) var entries: [SettingEntry] = []
    package private(set) var problems: [SettingsProblem] = []
    /// About values that do not hold as they were written.
    private(set) var warnings: [String] = []
    private let sources: [SettingsSource]
    let secretFile: (_ path: String) -> SettingsFile
    let lookUp: LookingUp
    /// The profile, which says of some settings how far others may go; nil where a file was named instead.
    private let ceiling: SettingsSource?
    /// Knows the secrets read so far, so that one in another's place is not repeated.
    let redactor = Redactor()
    var heading = ""
    var concerns = SettingConcern.all

    /// Gives the secret that is kept where a reference says.
    package typealias LookingUp = (SecretReference) -> Result<Secret, SecretFailure>

    /// The source that is named first wins; `lookUp` is for secrets that are needed at once.
    package init(
        _ sources: [SettingsSource],
        secretFile: @escaping (_ path: String) -> SettingsFile = { _ in .missing },
        ceiling: SettingsSource? = nil,
        lookUp: @escaping LookingUp = { .failure(.cannotLookUp($0)) }
    ) {
        self.ceiling = ceiling
        self.sources = sources
        self.secretFile = secretFile
        self.lookUp = lookUp
    }

    /// A setting without a default, or with one that is found out elsewhere and described by `defaultText`.
    package mutating func read<Value: SettingValue>(
        _ name: String,
        _ about: String,
        example: String = "",
        isNeeded: Bool = false,
        saying defaultText: String? = nil
    ) -> Value? {
        var entry = SettingEntry(name, about, type: Value.self)
        entry.example = example
        entry.isNeeded = isNeeded
        entry.defaultText = defaultText
        return value(entry) { Value(setting: $0) }
    }

    /// `defaultText` stands for a default that is not the same everywhere.
    package mutating func read<Value: SettingValue>(
        _ name: String,
        _ about: String,
        default fallback: Value,
        saying defaultText: String? = nil,
        example: String = ""
    ) -> Value {
        var entry = SettingEntry(name, about, type: Value.self)
        entry.defaultText = defaultText ?? fallback.shown
        entry.example = defaultText == nil ? fallback.shown : example
        return value(entry) { Value(setting: $0) } ?? fallback
    }

    package mutating func read<Value: SettingValue & Comparable>(
        _ name: String,
        _ about: String,
        in range: ClosedRange<Value>,
        default fallback: Value
    ) -> Value {
        var entry = SettingEntry(name, about, type: Value.self)
        entry.expectation += " from \(range.lowerBound.shown) to \(range.upperBound.shown)"
        entry.rule = "From \(range.lowerBound.shown) to \(range.upperBound.shown)."
        entry.defaultText = fallback.shown
        entry.example = fallback.shown
        return value(entry) { text in Value(setting: text).flatMap { range.contains($0) ? $0 : nil } } ?? fallback
    }

    /// The same for a setting of which a profile says the most there may be: what comes from elsewhere can lower it, and not
    /// raise it.
    mutating func readLimited(_ name: String, _ about: String, default fallback: AllowedWrites) -> AllowedWrites {
        let wanted = read(name, about, default: fallback)
        guard let ceiling, let text = ceiling.value(of: name)?.trimmed, !text.isEmpty, let entry = entries.last,
            entry.origin != ceiling.origin, entry.value != nil
        else { return wanted }
        // What cannot be understood allows nothing.
        let most = AllowedWrites(setting: text) ?? .none
        let held = wanted.within(most)
        guard held != wanted else { return wanted }
        warnings.append(
            "\(name) from \(entry.origin.phrase) asks for more than \(ceiling.origin.phrase) allows, so it is \(held.shown)."
        )
        entries[entries.count - 1].value = held.shown
        entries[entries.count - 1].origin = ceiling.origin
        return held
    }

    /// Secrets whose names begin in the same way, and say by their rest what they are; `example` is one of them.
    ///
    /// One that is empty is not set, like any other setting.
    mutating func readFamily(
        _ prefix: String,
        _ about: String,
        example: (name: String, value: String)
    ) -> [NamedSecret] {
        let names = Set(sources.flatMap { $0.names(beginningWith: prefix) }).union([prefix + example.name])
        return names.sorted().compactMap { name in
            let written: WrittenSecret<Secret> = readWritten(name, about, example: example.value)
            return value(name, written).map { NamedSecret(name: String(name.dropFirst(prefix.count)), value: $0) }
        }
    }

    /// What was written for a setting that has been read, if it can be used and is no secret.
    func shownValue(of name: String) -> String? { entries.first { $0.name == name && !$0.isSecret }?.value }

    /// Whether anything was written for a setting that has been read.
    func isSet(_ name: String) -> Bool { entries.contains { $0.name == name && $0.origin != .default } }

    /// Puts what is read from here on under a heading.
    package mutating func section(_ heading: String, concerns: SettingConcern = .all) {
        self.heading = heading
        self.concerns = concerns
    }

    /// Takes back the problems after the first `count`; their settings are shown as not usable.
    mutating func forgive(after count: Int) { problems.removeSubrange(count...) }

    /// The same for those of one part, of which `isNeeded` says whether the program needs it.
    mutating func part<Part>(isNeeded: Bool, _ read: (inout SettingsReader) -> Part) -> Part {
        let count = problems.count
        let part = read(&self)
        if !isNeeded { forgive(after: count) }
        return part
    }

    /// Adds a problem; a value that was read before for that name is not shown, since it may be in the wrong place.
    package mutating func complain(_ name: String, _ what: String, advice: String) {
        problems.append(SettingsProblem(name: name, what: what, advice: advice))
        if let index = entries.firstIndex(where: { $0.name == name }) { entries[index].value = nil }
    }

    mutating func value<Value: SettingValue>(_ entry: SettingEntry, _ parsed: (String) -> Value?) -> Value? {
        var entry = entry
        entry.heading = heading
        entry.concerns = concerns
        defer { entries.append(entry) }
        guard let (text, origin) = found(entry.name) else { return nil }
        entry.origin = origin
        guard origin != .commandLine || !entry.isSecret else {
            let advice = "Put it into the environment or into a .env file."
            complain(entry.name, "must not be on the command line, where others can read it", advice: advice)
            return nil
        }
        if let fault = Self.fault(in: text, of: entry, Value.self) {
            complain(entry.name, "from \(origin.phrase) \(fault.what)", advice: fault.advice)
            return nil
        }
        guard let value = parsed(text) else {
            let must = Value.fault(in: text) ?? "be \(entry.expectation)\(repeated(text, Value.self))"
            let near = Value.nearest(to: text).map { "Did you mean \(entry.name)=\($0)?" }
            let advice = near ?? "Write \(entry.name)=\(entry.example), for example."
            complain(entry.name, "from \(origin.phrase) must \(must)", advice: advice)
            return nil
        }
        if entry.isSecret { redactor.add(Secret(text)) }
        entry.value = entry.isSecret ? value.shown : redactor.redacted(value.shown)
        entry.written = Secret(text)
        return value
    }

    /// What is no value of any setting: what a client was to fill in, or what cannot be seen.
    static func fault<Value: SettingValue>(
        in text: String,
        of entry: SettingEntry,
        _: Value.Type
    ) -> (what: String, advice: String)? {
        if entry.isSecret ? SettingText.isPlaceholder(text) : SettingText.holdsPlaceholder(text) {
            let advice =
                "Write the value itself: clients fill in placeholders in some places only, and oe-mcp fills in none."
            return ("is a placeholder that nothing has filled in", advice)
        }
        guard !Value.takesInvisible, let character = SettingText.invisible(in: text) else { return nil }
        return ("contains the invisible character \(character)", "Type it instead of copying it.")
    }

    /// What a person wrote, if it can be no secret that is in the wrong place.
    private func repeated<Value: SettingValue>(_ text: String, _: Value.Type) -> String {
        Value.isRepeatable && SettingText.isRepeatable(text) ? ", not `\(redactor.redacted(text))`" : ""
    }

    /// Whether it has a value, although it is no setting.
    func isGiven(_ name: String) -> Bool { found(name) != nil }

    /// The first source that has the name with more than white space behind it.
    func found(_ name: String) -> (String, SettingOrigin)? {
        for source in sources {
            guard let text = source.value(of: name)?.trimmed, !text.isEmpty else { continue }
            return (text, source.origin)
        }
        return nil
    }
}
