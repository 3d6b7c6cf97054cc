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
    private let groups: Set<DoctorGroup>
    private let hands: Hands
    private let text: DoctorText

    /// `more` is what one program alone has to be checked for.
    package static func run(
        _ line: ParsedCommandLine,
        listens: Bool = false,
        more: [DoctorSection] = [],
        hands: Hands = Hands()
    ) throws -> Int32 {
        try DoctorCommand(line, listens: listens, more, hands).examine()
    }

    private init(_ line: ParsedCommandLine, listens: Bool, _ more: [DoctorSection], _ hands: Hands) throws {
        self.line = line
        self.hands = hands
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
        defer { subject.wiring?.endLookUps() }
        var report = found(Examination(subject, sections, groups))
        if line.has("fix"), let repaired = repair(report) { report = repaired }
        if line.has("json") {
            StandardOutput.write(report.json(redactor).prettyText)
        } else {
            StandardOutput.write("")
            StandardOutput.write(text.summary(report))
        }
        if let failure {
            // What the report has said is not said again.
            if report.checks.contains(where: { $0.id == CheckCode.profileReadable.rawValue }) {
                return SettingsError.exitCode
            }
            throw failure
        }
        let areIncomplete = report.checks.contains { $0.id == CheckCode.profileComplete.rawValue && $0.status == .fail }
        return areIncomplete ? SettingsError.exitCode : report.exitCode(isStrict: line.has("strict"))
    }

    private func found(_ examination: Examination) -> DoctorReport {
        let checks = Waiter.run(showing: "Checking") { await examination.checks { show($0) } }
        return DoctorReport(program: line.program, profile: line["profile"] ?? "default", checks)
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
