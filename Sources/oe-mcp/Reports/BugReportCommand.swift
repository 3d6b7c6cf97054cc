import Commands
import Files
import Logging
import Settings
import Text

/// `oe-mcp bug-report`: one archive with what is needed to find out what is wrong; nothing is sent.
enum BugReportCommand {
    static let description = CommandLineCommand(
        "bug-report",
        "Collect versions, doctor's output, settings and logs in one archive, without secrets; nothing is sent.",
        options: [
            CommandLineOption("output", value: "FILE", "The archive to make; oe-mcp-bug-report.tar when left out."),
            CommandLineOption("without", value: "NAME", isRepeatable: true, "Leave out this file of the archive."),
            CommandLineOption("yes", "Write it without asking."),
        ]
    )

    static func execute(_ line: ParsedCommandLine) throws -> Int32 {
        guard line.has("yes") || StandardInput.isPerson else {
            throw UsageError(
                "There is no terminal to ask on.",
                advice: "Add --yes to write the archive without asking."
            )
        }
        let path = line["output"] ?? "oe-mcp-bug-report.tar"
        let left = Set(line.all("without"))
        try expectKnown(left)
        let report = BugReport(line) { !left.contains($0) }
        guard report.exposed.isEmpty else { return refuse(report.exposed) }
        for reason in report.unsearched {
            StandardError.write(VisibleText.line("warning: not every secret could be looked for. \(reason)"))
        }
        show(report, path)
        guard line.has("yes") || Waiter.run({ await YesOrNo(question: "Write it?").isAgreed() }) else {
            StandardError.write("Nothing was written.")
            return 1
        }
        do throws(FileError) {
            let file = try NewFile(path)
            do throws(FileError) {
                try file.append(report.archive.bytes)
            } catch {
                file.discard()
                throw error
            }
        } catch {
            let remedy = error.remedy ?? "Name another place with --output."
            StandardError.write(VisibleText.line("oe-mcp: \(error.description). \(remedy)"))
            return 1
        }
        StandardOutput.write(VisibleText.line("Written to \(path). Look through it, then attach it to your report."))
        return 0
    }

    private static func expectKnown(_ names: Set<String>) throws(UsageError) {
        let known = BugReport.names
        guard let stranger = names.sorted().first(where: { !known.contains($0) }) else { return }
        throw UsageError(
            "`\(stranger)` is no file of the archive.",
            advice: "Leave out one of \(known.joined(separator: ", "))."
        )
    }

    private static func refuse(_ names: [String]) -> Int32 {
        for name in names {
            let what = "\(name) holds a secret that is in use, in one form or another, so nothing was written."
            let advice = "Remove it at its place, change the secret, or leave the file out with --without \(name)."
            StandardError.write("oe-mcp: \(what) \(advice)")
        }
        return 1
    }

    private static func show(_ report: BugReport, _ path: String) {
        let width = report.files.map { String($0.bytes.count).count }.max() ?? 0
        StandardOutput.write(VisibleText.line("\(path) will hold, and nothing else:"))
        for file in report.files {
            let size = String(file.bytes.count)
            StandardOutput.write("  \(String(repeating: " ", count: width - size.count))\(size)  \(file.name)")
        }
    }
}
