package import JSON
package import OvalEdge
import Text

/// What was found of one thing.
package struct DoctorCheck: Hashable, Sendable {
    package enum Status: String, CaseIterable, Sendable {
        case ok, warn, fail
        /// It could not be looked at, because something before it failed.
        case skip
    }

    /// What to do about it.
    package struct Fix: Hashable, Sendable {
        /// A sentence, or some.
        package let text: String
        /// What a person can type, where that is all.
        package let command: String?
        /// What `--fix` may do itself.
        package let repair: Repair?

        package init(_ text: String, command: String? = nil, repair: Repair? = nil) {
            self.text = text
            self.command = command
            self.repair = repair
        }
    }

    /// A name of ``CheckCode``, or of a check of a server from outside.
    package let id: String
    package let group: DoctorGroup
    package private(set) var status: Status
    /// What was found, without a point at its end.
    package let summary: String
    package let details: JSONObject
    package let fix: Fix?
    /// How long it took; nil where that is not known.
    package var milliseconds: Int?
    /// The one that it is about, where several are looked at.
    package var profile: String?

    package init(
        id: String,
        group: DoctorGroup,
        _ status: Status,
        _ summary: String,
        details: JSONObject = JSONObject(),
        fix: Fix? = nil
    ) {
        self.id = id
        self.group = group
        self.status = status
        self.summary = summary.last == "." ? String(summary.dropLast()) : summary
        self.details = details
        self.fix = fix
    }

    package init(
        _ code: CheckCode,
        _ status: Status,
        _ summary: String,
        details: JSONObject = JSONObject(),
        fix: Fix? = nil
    ) {
        self.init(id: code.rawValue, group: code.group, status, summary, details: details, fix: fix)
    }

    /// One that failed, with the error's own remedy.
    package init(_ code: CheckCode, _ error: some RemediableError) {
        self.init(code, .fail, error.what, fix: Fix(RemedyTexts.namingSettings.sentence(error.remedy)))
    }

    package static func ok(_ code: CheckCode, _ summary: String, details: JSONObject = JSONObject()) -> DoctorCheck {
        DoctorCheck(code, .ok, summary, details: details)
    }

    package static func warn(_ code: CheckCode, _ summary: String, fix: Fix) -> DoctorCheck {
        DoctorCheck(code, .warn, summary, fix: fix)
    }

    package static func fail(_ code: CheckCode, _ summary: String, fix: Fix) -> DoctorCheck {
        DoctorCheck(code, .fail, summary, fix: fix)
    }

    package static func skip(_ code: CheckCode, _ why: String) -> DoctorCheck { DoctorCheck(code, .skip, why) }

    /// The same for each of them.
    package static func skipped(_ codes: [CheckCode], _ why: String) -> [DoctorCheck] {
        codes.map { .skip($0, why) }
    }
}

extension DoctorCheck {
    package var json: JSON {
        .members(
            ("id", .string(id)),
            ("group", .string(group.rawValue)),
            ("profile", profile.map { .string($0) }),
            ("status", .string(status.rawValue)),
            ("summary", .string(summary)),
            ("details", .object(details)),
            ("fix", fix.map { .members(("text", .string($0.text)), ("command", $0.command.map { .string($0) })) }),
            ("ms", .int(milliseconds ?? 0))
        )
    }
}

extension JSONObject {
    /// Without those whose value is nil.
    package init(details: (String, JSON?)...) {
        self.init(details.compactMap { name, value in value.map { Member(name, $0) } })
    }
}
