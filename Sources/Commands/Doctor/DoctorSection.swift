package import Settings

/// What checks are made with.
package struct DoctorSubject: Sendable {
    package let line: ParsedCommandLine
    package let listens: Bool
    /// Nil where the settings cannot be used.
    package let wiring: Wiring?
    /// Why not.
    package let problems: [SettingsProblem]
    package let time: DoctorTime

    package init(
        _ line: ParsedCommandLine,
        listens: Bool,
        wiring: Wiring?,
        problems: [SettingsProblem] = [],
        time: DoctorTime = DoctorTime()
    ) {
        self.line = line
        self.listens = listens
        self.wiring = wiring
        self.problems = problems
        self.time = time
    }

    var isSandbox: Bool { line.has("sandbox") }

    /// The one that is named, or the default one.
    var profile: ProfileName {
        wiring?.settings.profile ?? Settings.profile(line, Environment.variables).flatMap { ProfileName($0) }
            ?? .default
    }

    /// What a command takes that is about the same profile.
    var option: String { profile.isDefault ? "" : " --profile \(profile)" }

    /// How long one answer of OvalEdge may take: what is slow and within the setting works.
    var answerLimit: Duration {
        let setting = wiring.map { Duration.seconds($0.settings.requests.timeoutSeconds) }
        return min(setting ?? DoctorTime.forOne, DoctorTime.forSignIn)
    }

    /// Whether those who sign in are others, each with their own credentials.
    var isForMany: Bool { listens && wiring?.settings.account.authMode != .local }
}

/// Checks that are made one after another; those of other sections are made meanwhile.
package struct DoctorSection: Sendable {
    /// What it checks, in the order of the enumeration.
    package let groups: [DoctorGroup]
    package let checks: @Sendable (DoctorSubject) async -> [DoctorCheck]

    package init(_ groups: DoctorGroup..., checks: @escaping @Sendable (DoctorSubject) async -> [DoctorCheck]) {
        self.groups = groups
        self.checks = checks
    }
}

extension DoctorSection {
    /// What both programs have.
    static let common: [DoctorSection] = [
        DoctorSection(.program) { _ in ProgramChecks.checks() },
        DoctorSection(.profile) { ProfileChecks($0).checks() },
        DoctorSection(.secrets) { await SecretChecks.checks($0) },
        DoctorSection(.network, .ovaledge) { await NetworkChecks($0).checks() },
        DoctorSection(.disk) { DiskChecks.checks($0) },
    ]
}
