import Commands
import Logging
import Secrets
import Settings
import Text

/// `secrets set|test|remove`: secrets where references of the settings find them.
enum SecretsCommand {
    static let description = CommandLineCommand(
        "secrets",
        operands: "set|test|remove [NAME|REFERENCE]",
        "Store, try or remove secrets that settings refer to.",
        options: Settings.options + [
            CommandLineOption("yes", "Replace or remove a file that may be something else, without asking.")
        ]
    )

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        let request = try SecretsRequest(line)
        switch request.work {
        case .set: return try set(request)
        case .test: return try test(request)
        case .remove: return try remove(request)
        }
    }

    private static func set(_ request: SecretsRequest) throws -> Int32 {
        let (reference, name) = try request.place()
        guard try agrees(request, to: "Replace", reference) else { return 1 }
        let question = "Secret for \(name ?? "\(reference)") (it is not shown):"
        guard let text = try typed(question) else {
            throw UsageError(
                "There is no secret on standard input.",
                advice: "Type it when asked, or pipe it in: it is never an argument."
            )
        }
        do throws(SecretFailure) {
            try SecretStore(Environment.secretSurroundings).store(Secret(text), at: reference)
        } catch {
            return failed(error)
        }
        StandardOutput.write("Stored at \(reference).")
        if let name, request.entry(name)?.reference != reference {
            StandardOutput.write("Write \(name)=\(reference.text) into your settings to use it.")
        }
        return 0
    }

    /// Whether a file may go that holds more than a secret does, or that neither a setting nor a profile names; one that
    /// looks as it was stored here is removed as it was made.
    private static func agrees(
        _ request: SecretsRequest,
        to deed: String,
        _ reference: SecretReference
    ) throws(UsageError) -> Bool {
        let store = SecretStore(Environment.secretSurroundings)
        guard case .file(let path) = reference, !request.isAgreed,
            let mayBeSecret = store.mayBeSecret(at: reference)
        else { return true }
        let isOurs =
            request.entries.contains { $0.reference == reference } || ProfileFolder.ofThisUser.contains(path)
            || ProfileFolder.ofThisUser.names(reference) || request.work == .remove && store.looksStored(at: path)
        if mayBeSecret, isOurs { return true }
        let what = "\(path) is there, and \(mayBeSecret ? "no setting names it" : "what it holds is no secret")."
        guard StandardInput.isPerson else {
            throw UsageError(what, advice: "Name another file, or add --yes to \(deed.lowercased()) it.")
        }
        let question = YesOrNo(question: VisibleText.line("\(what) \(deed) it?"))
        if Waiter.run({ await question.isAgreed() }) { return true }
        StandardError.write("Nothing was changed.")
        return false
    }

    /// What a person types, or what is piped in without its last line end; nil when that is nothing.
    private static func typed(_ question: String) throws(UsageError) -> String? {
        if StandardInput.isPerson {
            return Waiter.run { await StandardInput.hiddenLine(after: question) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        guard var text = String(validating: StandardInput.bytes(limit: 1 << 16), as: UTF8.self) else {
            throw UsageError("That is not text in UTF-8.", advice: "Pipe the secret alone into this command.")
        }
        if text.last?.isNewline == true { text.removeLast() }
        return text.isEmpty ? nil : text
    }

    private static func remove(_ request: SecretsRequest) throws -> Int32 {
        let (reference, _) = try request.place()
        guard try agrees(request, to: "Remove", reference) else { return 1 }
        do throws(SecretFailure) {
            let wasThere = try SecretStore(Environment.secretSurroundings).remove(reference)
            StandardOutput.write(wasThere ? "Removed from \(reference)." : "There was nothing at \(reference).")
        } catch {
            return failed(error)
        }
        for entry in request.entries where entry.reference == reference {
            StandardOutput.write("\(entry.name) still refers to it.")
        }
        return 0
    }

    private static func test(_ request: SecretsRequest) throws -> Int32 {
        let trials = try request.trials()
        guard !trials.isEmpty || request.failure != nil else {
            StandardOutput.write("No setting refers to a secret that is kept elsewhere.")
            return 0
        }
        let resolver = SecretResolver(Environment.secretSurroundings, limits: .command, redactor: Redactor())
        defer { resolver.end() }
        let areGood = trials.map { trial in
            let start = ContinuousClock.now
            let outcome: Result<Secret, SecretFailure> = Waiter.run {
                do throws(SecretFailure) {
                    return .success(try await resolver.secret(at: trial.reference, trial.member))
                } catch {
                    return .failure(error)
                }
            }
            return show(trial, outcome, after: ContinuousClock.now - start)
        }
        if let failure = request.failure { throw failure }
        return areGood.allSatisfy { $0 } ? 0 : 1
    }

    private static func show(
        _ trial: SecretsRequest.Trial,
        _ outcome: Result<Secret, SecretFailure>,
        after time: Duration
    ) -> Bool {
        let place = (trial.name.map { "\($0) " } ?? "") + "\(trial.reference), \(Int(time / .milliseconds(1))) ms"
        switch outcome {
        case .success(let secret):
            let weakness = secret.weakness.map { "; it \($0.explanation), so it is not hidden in answers and logs" }
            let lateness = SecretLimits.server.lateness(of: trial.reference, after: time).map { "; \($0)" }
            StandardOutput.write(VisibleText.line("✓ \(place)\(weakness ?? "")\(lateness ?? "")"))
            return true
        case .failure(let failure):
            StandardOutput.write(VisibleText.line("✗ \(place): \(failure)"))
            return false
        }
    }

    private static func failed(_ failure: SecretFailure) -> Int32 {
        StandardError.write(VisibleText.line("oe-mcp: \(failure)"))
        return 1
    }
}

/// What was typed, and what the settings say.
struct SecretsRequest {
    enum Work: String, CaseIterable { case set, test, remove }

    /// One reference that is tried.
    struct Trial {
        /// The setting that has it.
        let name: String?
        let reference: SecretReference
        /// What a program that gives several secrets calls it.
        let member: String
    }

    let work: Work
    let entries: [SettingEntry]
    /// Whether a file that may be something else is replaced or removed without asking.
    let isAgreed: Bool
    /// What is wrong with the settings, unless a reference was typed, which needs none.
    let failure: SettingsError?
    private let operand: String?
    private let profile: String

    init(_ line: ParsedCommandLine) throws {
        let words = Work.allCases.map { $0.rawValue }
        guard let word = line.operands.first, let work = Work(rawValue: word), line.operands.count <= 2 else {
            throw UsageError(
                "`\(line.phrase)` needs one of \(words.joined(separator: ", ")), and at most one name after it.",
                advice: "Run `\(line.phrase) test`, or `\(line.phrase) set OVALEDGE_USER_SECRET`."
            )
        }
        self.work = work
        isAgreed = line.has("yes")
        operand = line.operands.count == 2 ? line.operands[1] : nil
        profile = line["profile"] ?? "default"
        // Settings that cannot be used yet may lack just this secret.
        let fault: SettingsError?
        do {
            (entries, fault) = (try Environment.settings(line).entries, nil)
        } catch let error as SettingsError {
            (entries, fault) = (error.entries, error)
        }
        failure = operand.map { SecretReference.isMeant(by: $0) } == true ? nil : fault
    }

    func entry(_ name: String) -> SettingEntry? { entries.first { $0.name == name } }

    /// Where a secret is to be stored or removed, and the name of its setting, if one was typed.
    func place() throws(UsageError) -> (SecretReference, name: String?) {
        guard let operand else {
            throw UsageError(
                "`oe-mcp secrets \(work.rawValue)` needs a setting or a reference.",
                advice: "Write OVALEDGE_USER_SECRET, or keychain:NAME."
            )
        }
        if let reference = try Self.reference(operand) { return (reference, nil) }
        let entry = try setting(operand)
        if let reference = entry.reference { return (reference, entry.name) }
        guard let item = KeychainItem(profile: profile, key: entry.name) else {
            throw UsageError("`\(profile)` is no name of a profile.", advice: "Use letters, digits and dashes.")
        }
        return (.keychain(item), entry.name)
    }

    /// The reference that was typed, that of the setting that was typed, or those of all settings.
    func trials() throws(UsageError) -> [Trial] {
        guard let operand else { return entries.compactMap { trial($0) } }
        if let reference = try Self.reference(operand) { return [Trial(name: nil, reference: reference, member: "")] }
        let entry = try setting(operand)
        if let trial = trial(entry) { return [trial] }
        if failure != nil { return [] }
        throw UsageError(
            "\(entry.name) refers to no secret that is kept elsewhere.",
            advice: "Store one with `oe-mcp secrets set`."
        )
    }

    private func trial(_ entry: SettingEntry) -> Trial? {
        entry.reference.map { Trial(name: entry.name, reference: $0, member: AccountSecrets.members[entry.name] ?? "") }
    }

    private func setting(_ name: String) throws(UsageError) -> SettingEntry {
        if let entry = entry(name.uppercased()), self.entry(entry.name + "_FILE") != nil { return entry }
        let names = entries.map { $0.name }.filter { entry($0 + "_FILE") != nil }
        throw UsageError(
            "That is neither a setting with a secret nor a reference to one.",
            advice: Suggestion.nearest(to: name, among: names).map { "Did you mean \($0)?" }
                ?? "Write OVALEDGE_USER_SECRET, or keychain:NAME."
        )
    }

    private static func reference(_ text: String) throws(UsageError) -> SecretReference? {
        do throws(SecretReferenceFault) { return try SecretReference(text) } catch {
            throw UsageError(
                "That reference names no place that can be used.",
                advice: "Write \(error.example), for example."
            )
        }
    }
}
