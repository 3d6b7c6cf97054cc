import JSON
import Secrets
package import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where the settings come from, and what is wrong with that.
package struct ProfileChecks {
    private let settings: Settings?
    private let problems: [SettingsProblem]
    private let isSandbox: Bool
    private let listens: Bool
    /// The file that was read, or would have been.
    private let file: String

    package init(_ subject: DoctorSubject) {
        self.init(
            subject.wiring?.settings,
            problems: subject.problems,
            isSandbox: subject.isSandbox,
            listens: subject.listens,
            file: subject.line["env-file"] ?? ProfileFolder.ofThisUser.path(of: subject.profile)
        )
    }

    package init(
        _ settings: Settings?,
        problems: [SettingsProblem] = [],
        isSandbox: Bool = false,
        listens: Bool = false,
        file: String
    ) {
        self.settings = settings
        self.problems = problems
        self.isSandbox = isSandbox
        self.listens = listens
        self.file = file
    }

    package func checks() -> [DoctorCheck] {
        guard let settings else {
            return problems.map { .fail(.profileReadable, "\($0.name) \($0.what)", fix: DoctorCheck.Fix($0.advice)) }
                + DoctorCheck.skipped([.profileComplete, .profileMixedSources], "the settings cannot be used")
        }
        return DoctorCheck.timed([
            { [exists(settings), complete(settings)] }, { unknownKeys(settings) }, { [mixedSources(settings)] },
            { fileChecks(settings) }, { advice(settings) },
        ])
    }

    /// What a command takes that is about the same profile.
    private var option: String {
        settings.map { $0.profile.isDefault ? "" : " --profile \($0.profile)" } ?? ""
    }

    private var mode: mode_t? {
        var status = stat()
        return stat(file, &status) == 0 ? status.st_mode : nil
    }

    private func exists(_ settings: Settings) -> DoctorCheck {
        if mode != nil { return .ok(.profileExists, "settings are read from \(file)") }
        guard isSandbox || settings.missing(listens: listens).isEmpty else {
            let fix = DoctorCheck.Fix("Have it written.", command: "oe-mcp setup\(option)")
            return .warn(.profileExists, "\(file) is not there", fix: fix)
        }
        return .ok(.profileExists, "\(file) is not there, so only the environment counts")
    }

    private func complete(_ settings: Settings) -> DoctorCheck {
        let missing = settings.missing(listens: listens)
        if isSandbox { return .ok(.profileComplete, "the sandbox needs none") }
        guard missing.isEmpty else {
            let (them, verb) = missing.count == 1 ? ("it", "is") : ("them", "are")
            let fix = DoctorCheck.Fix(
                "Answer what setup asks, or put \(them) into \(file) or the environment; try --sandbox meanwhile.",
                command: "oe-mcp setup\(option)"
            )
            return .fail(.profileComplete, "\(missing.joined(separator: ", ")) \(verb) not set", fix: fix)
        }
        let origins = Set(settings.entries.filter { $0.isNeeded }.map { "\($0.origin)" }).sorted()
        return .ok(.profileComplete, "what a sign-in needs is set (\(origins.joined(separator: ", ")))")
    }

    private func unknownKeys(_ settings: Settings) -> [DoctorCheck] {
        guard !settings.unknownKeys.isEmpty else {
            return [.ok(.profileUnknownKeys, "every name is that of a setting")]
        }
        return settings.unknownKeys.map {
            .warn(.profileUnknownKeys, $0, fix: DoctorCheck.Fix("Correct the name, or remove the line.", command: nil))
        }
    }

    /// A token of one place with the secret of another does not fit, or only by chance.
    private func mixedSources(_ settings: Settings) -> DoctorCheck {
        let set = settings.entries.filter { $0.isNeeded && $0.value != nil }
        let origins = Set(set.map { "\($0.origin)" })
        guard origins.count > 1, !isSandbox else {
            return .ok(.profileMixedSources, "address, user token and secret come from one place")
        }
        let list = set.map { "\($0.name) from \($0.origin)" }.joined(separator: ", ")
        return .warn(
            .profileMixedSources,
            "they come from several places: \(list)",
            fix: DoctorCheck.Fix("Set address, user token and secret in one place.")
        )
    }

    private func fileChecks(_ settings: Settings) -> [DoctorCheck] {
        guard let mode else { return [] }
        return [fileMode(mode)] + plaintext(settings)
    }

    private func fileMode(_ mode: mode_t) -> DoctorCheck {
        let bits = String(mode & 0o777, radix: 8)
        guard mode & (S_IRWXG | S_IRWXO) != 0 else { return .ok(.profileFileMode, "\(file) is yours alone (\(bits))") }
        return .warn(
            .profileFileMode,
            "\(file) is open to other users (mode \(bits))",
            fix: DoctorCheck.Fix(
                "Close it to all but you.",
                command: "chmod 600 \(Shell.quoted(file))",
                repair: .closeFile(file)
            )
        )
    }

    private func plaintext(_ settings: Settings) -> [DoctorCheck] {
        let secrets = settings.entries.filter {
            $0.isSecret && $0.value != nil && $0.reference == nil
                && [.file(file), .profile(settings.profile)].contains($0.origin)
        }
        guard let first = secrets.first else { return [.ok(.profilePlaintext, "\(file) holds no secret")] }
        // Without its secret, a user token is of no use; `oe-mcp setup` leaves it there.
        let isSecretElsewhere = settings.entries.contains { $0.name == "OVALEDGE_USER_SECRET" && $0.reference != nil }
        if secrets.map({ $0.name }) == ["OVALEDGE_USER_TOKEN"], isSecretElsewhere {
            return [.ok(.profilePlaintext, "\(file) holds the user token, and its secret is kept elsewhere")]
        }
        let names = secrets.map { $0.name }.joined(separator: ", ")
        let each = secrets.map { "`oe-mcp secrets set \($0.name)\(option)`" }.joined(separator: " and ")
        let place = ProfileFolder.ofThisUser.secretFile(of: settings.profile, first.name).text
        return [
            .warn(
                .profilePlaintext,
                "\(file) holds \(names) as plain text",
                fix: DoctorCheck.Fix(
                    """
                    Keep them in the key store with \(each), and write what that says into the file in their place. Where \
                    there is no key store, a file of its own is better than none: \
                    `oe-mcp secrets set \(Shell.quoted(place))`, and \(first.name)=\(place).
                    """,
                    command: "oe-mcp secrets set \(first.name)\(option)"
                )
            )
        ]
    }

    private func advice(_ settings: Settings) -> [DoctorCheck] {
        let known = Set(settings.unknownKeys + [settings.exposure].compactMap { $0 })
        return (settings.trustWarnings + settings.warnings).filter { !known.contains($0) }.map {
            DoctorCheck(.profileAdvice, .warn, $0)
        }
    }
}
