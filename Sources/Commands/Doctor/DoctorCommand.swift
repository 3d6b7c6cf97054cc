import Files
import JSON
import Logging
import OvalEdge
package import Settings
import Text

/// `doctor`: whether all that a call needs is there, each check with what to do where it is not.
package struct DoctorCommand {
    static let name = "doctor"

    /// For a program that checks these groups besides what all check, with options of its own.
    package static func description(groups: [DoctorGroup], options own: [CommandLineOption]) -> CommandLineCommand {
        CommandLineCommand(
            name,
            "Check settings, network, sign-in and rights, and say what to do about each fault.",
            options: CommandLineOption.catalog + options(groups) + own
        )
    }

    private static func options(_ more: [DoctorGroup]) -> [CommandLineOption] {
        let known = Set(DoctorSection.common.flatMap { $0.groups } + more)
        let names = DoctorGroup.allCases.filter { known.contains($0) }.map { $0.rawValue }
        return [
            CommandLineOption("only", value: "GROUP", choices: names, isRepeatable: true, "Check this group alone.")
        ] + options
    }

    private static let options = [
        CommandLineOption("json", "Print the report as JSON."),
        CommandLineOption("offline", "Ask neither the network nor OvalEdge."),
        CommandLineOption("strict", "End with 1 for warnings, too."),
        CommandLineOption("fix", "Do what is safe about it, after showing it and asking."),
        CommandLineOption("yes", "With --fix: do not ask."),
        CommandLineOption("verbose", letter: "v", "Show details and the time of each check, not of failures alone."),
    ]

    /// For a program that has profiles of a person.
    package static let allProfiles = CommandLineOption("all-profiles", "Check every profile, one after the other.")

    /// What `--fix` needs of the program.
    package struct Hands: Sendable {
        /// Whether the person agrees; nil where there is no one to ask.
        package let agrees: @Sendable (_ question: String) -> Bool?
        /// Runs this program with arguments, and returns what it said where it failed.
        package let start: @Sendable (_ arguments: [String]) -> String?

        package init(
            agrees: @escaping @Sendable (String) -> Bool? = { _ in nil },
            start: @escaping @Sendable ([String]) -> String? = { _ in "there is no such command" }
        ) {
            self.agrees = agrees
            self.start = start
        }
    }

    private let line: ParsedCommandLine
    private let subject: DoctorSubject
    private let failure: SettingsError?
    private let sections: [DoctorSection]
    private var groups: Set<DoctorGroup>
    private let hands: Hands
    private let text: DoctorText
    /// Nil where no others were asked for.
    private var profile: ProfileName?

    /// Those that say something else for each profile.
    private static let ofProfiles: Set<DoctorGroup> = [.profile, .secrets, .network, .ovaledge]

    /// `more` is what one program alone has to be checked for.
    package static func run(
        _ line: ParsedCommandLine,
        listens: Bool = false,
        more: [DoctorSection] = [],
        hands: Hands = Hands()
    ) throws -> Int32 {
        guard line.has(allProfiles.name) else {
            return try DoctorCommand(line, listens: listens, more, hands).examine()
        }
        if let other = ["profile", "env-file", "sandbox"].first(where: { line.has($0) }) {
            throw UsageError("`--\(allProfiles.name)` and `--\(other)` name two sources.", advice: "Write one of them.")
        }
        var commands = try ProfileFolder.ofThisUser.names().map { name in
            try DoctorCommand(line.naming(name), listens: listens, more, hands, profile: name)
        }
        // One that can be used looks at what they have in common.
        let first = commands.firstIndex { $0.subject.wiring != nil } ?? 0
        for place in commands.indices where place != first { commands[place].groups.formIntersection(ofProfiles) }
        if commands.isEmpty {
            // The one that is taken where none is named need not have a file.
            var only = try DoctorCommand(line, listens: listens, more, hands)
            only.profile = only.subject.profile
            commands = [only]
        }
        return examine(commands, line)
    }

    /// With `profile` it is one of several.
    private init(
        _ line: ParsedCommandLine,
        listens: Bool,
        _ more: [DoctorSection],
        _ hands: Hands,
        profile: ProfileName? = nil
    ) throws {
        self.line = line
        self.hands = hands
        self.profile = profile
        sections = DoctorSection.common + more
        groups = try Self.groups(line, among: sections)
        text = DoctorText.ofThisOutput(line)
        do {
            let wiring = try Wiring(line, listens: listens, logLevel: .error, warns: false)
            (subject, failure) = (DoctorSubject(line, listens: listens, wiring: wiring), nil)
        } catch let error as SettingsError {
            subject = DoctorSubject(line, listens: listens, wiring: nil, problems: error.problems)
            failure = error
        }
    }

    private static func groups(
        _ line: ParsedCommandLine,
        among sections: [DoctorSection]
    ) throws(UsageError) -> Set<DoctorGroup> {
        let known = DoctorGroup.allCases.filter { group in sections.contains { $0.groups.contains(group) } }
        let wanted = line.all("only")
        for name in wanted where !known.contains(where: { $0.rawValue == name }) {
            throw UsageError(
                "`\(name)` is no group of checks.",
                advice: "Name one of \(known.map { $0.rawValue }.joined(separator: ", "))."
            )
        }
        let chosen = wanted.isEmpty ? known : wanted.compactMap { DoctorGroup(rawValue: $0) }
        return Set(chosen).subtracting(line.has("offline") ? [.network, .ovaledge] : [])
    }
}

extension DoctorCommand {
    private var redactor: Redactor { subject.wiring?.log.redactor ?? Redactor() }

    private func examine() throws -> Int32 {
        let report = checked()
        conclude(report, [redactor])
        if let failure = unsaid(report) { throw failure }
        return exitCode(report)
    }

    /// Why the settings cannot be used, where the report does not say it.
    private func unsaid(_ report: DoctorReport) -> SettingsError? {
        report.checks.contains { $0.id == CheckCode.profileReadable.rawValue } ? nil : failure
    }

    private static func examine(_ commands: [DoctorCommand], _ line: ParsedCommandLine) -> Int32 {
        let reports = commands.map { $0.checked() }
        let names = commands.compactMap { $0.profile?.text }
        let all = DoctorReport(program: line.program, profile: "all", profiles: names, reports.flatMap { $0.checks })
        commands[0].conclude(all, commands.map { $0.redactor })
        for (command, report) in zip(commands, reports) {
            guard let failure = command.unsaid(report), let profile = command.profile else { continue }
            StandardError.write(VisibleText.shown("\(line.program) (profile \(profile)): \(failure)"))
        }
        return zip(commands, reports).map { $0.exitCode($1) }.max() ?? 0
    }

    /// With what `--fix` has changed.
    private func checked() -> DoctorReport {
        defer { subject.wiring?.endLookUps() }
        let report = found(Examination(subject, sections, groups))
        return line.has("fix") ? repair(report) ?? report : report
    }

    private func conclude(_ report: DoctorReport, _ redactors: [Redactor]) {
        if line.has("json") { return StandardOutput.write(report.json(redactors).prettyText) }
        StandardOutput.write("")
        StandardOutput.write(text.summary(report))
    }

    private func exitCode(_ report: DoctorReport) -> Int32 {
        let areIncomplete = report.checks.contains { $0.id == CheckCode.profileComplete.rawValue && $0.status == .fail }
        return failure != nil || areIncomplete ? SettingsError.exitCode : report.exitCode(isStrict: line.has("strict"))
    }

    private func found(_ examination: Examination) -> DoctorReport {
        let checks = Waiter.run(showing: "Checking") { await examination.checks { show(named($0)) } }
        return DoctorReport(program: line.program, profile: line["profile"] ?? subject.profile.text, named(checks))
    }

    /// With the profile that they are about, where there are several.
    private func named(_ checks: [DoctorCheck]) -> [DoctorCheck] {
        checks.map { check in
            var check = check
            if Self.ofProfiles.contains(check.group) { check.profile = profile?.text }
            return check
        }
    }

    private func show(_ checks: [DoctorCheck]) {
        if !line.has("json") { text.write(checks, redactor) }
    }
}

// `--fix`
extension DoctorCommand {
    /// What was found again where something was repaired; nil where nothing was.
    private func repair(_ report: DoctorReport) -> DoctorReport? {
        var repairs: [(repair: Repair, group: DoctorGroup)] = []
        for check in report.checks where check.status == .warn || check.status == .fail {
            guard let repair = check.fix?.repair, !repairs.contains(where: { $0.repair == repair }) else { continue }
            repairs.append((repair, check.group))
        }
        guard !repairs.isEmpty else {
            say("There is nothing that --fix could do.")
            return nil
        }
        say("To be done:")
        for (repair, _) in repairs { say("  \(repair.about)") }
        guard line.has("yes") || hands.agrees("Do it?") == true else {
            say("Nothing was changed. Add --yes to have it done without being asked.")
            return nil
        }
        for (repair, _) in repairs { carryOut(repair) }
        return again(report, Set(repairs.map { $0.group }))
    }

    private func carryOut(_ repair: Repair) {
        do throws(FileError) {
            try repair.carryOut(start: hands.start)
            say("Done: \(repair.about)")
        } catch {
            say("Failed: \(repair.about): \(error.description).")
        }
    }

    private func again(_ report: DoctorReport, _ repaired: Set<DoctorGroup>) -> DoctorReport {
        let fresh = found(Examination(subject, sections, repaired.intersection(groups)))
        let others = report.checks.filter { !repaired.contains($0.group) }
        return DoctorReport(program: report.program, profile: report.profile, others + fresh.checks)
    }

    private func say(_ words: String) { StandardError.write(VisibleText.line(redactor.redacted(words))) }
}
