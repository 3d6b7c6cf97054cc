package import Logging
import Text

/// One setting that cannot be used.
package struct SettingsProblem: Hashable, Sendable, CustomStringConvertible {
    /// The setting's name, or the place of the problem.
    package let name: String
    /// Reads on from the name: "must be …".
    package let what: String
    /// What to do, as a whole sentence.
    package let advice: String

    package init(name: String, what: String, advice: String) {
        self.name = name
        self.what = what
        self.advice = advice
    }

    package var description: String { VisibleText.line("\(name) \(what). \(advice)") }
}

extension SettingsProblem {
    static let localFunction = SettingsProblem(
        name: "AUTH_MODE",
        what: "is local, in which all who reach the function would act as you",
        advice: "Write AUTH_MODE=remote_credentials, where each request brings a user token and secret."
    )

    static func notSet(_ name: String) -> SettingsProblem {
        SettingsProblem(
            name: name,
            what: "is not set",
            advice: "Set it, or try `oe-mcp-http --sandbox`, which needs no settings."
        )
    }
}

/// Settings that cannot be used: every problem at once, so that a person need not start again for each.
package struct SettingsError: Error, Hashable, CustomStringConvertible {
    /// `EX_CONFIG` of sysexits.h.
    package static let exitCode: Int32 = 78

    package let problems: [SettingsProblem]
    /// Every setting as far as it could be read, for those who print them nevertheless.
    package let entries: [SettingEntry]

    /// What of them must not leave the process.
    package let secrets: [Secret]

    package init(problems: [SettingsProblem], entries: [SettingEntry] = [], secrets: [Secret] = []) {
        self.problems = problems
        self.entries = entries
        self.secrets = secrets
    }

    package var description: String {
        let heading = "The settings have \(problems.count == 1 ? "one problem" : "\(problems.count) problems"):"
        return ([heading] + problems.map { "- \($0)" }).joined(separator: "\n")
    }
}
