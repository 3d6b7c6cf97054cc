package import JSON
import MCP
package import OvalEdge
import Rendering

/// The outcome of a write: what was changed, what was not and why, and what the catalog holds now.
package struct WriteReport {
    private let reply: JSON
    private let claim: Claim
    private let subject: String
    private let link: NavLink?
    private let links: LinkBase
    private let isDryRun: Bool

    /// Without a `link` of its own, the one of the reply is given; without a `claim`, the words of the reply are taken.
    package init(
        _ reply: JSON,
        of subject: String,
        _ link: NavLink?,
        links: LinkBase,
        isDryRun: Bool = false,
        claim: Claim? = nil
    ) {
        self.reply = reply.payload
        self.claim = claim ?? Claim(reply)
        self.subject = subject
        self.link = link ?? reply.payload["target"]?.text("redirectUrl").flatMap { NavLink($0) }
        self.links = links
        self.isDryRun = isDryRun
    }

    /// `fields` are what the catalog says after the write.
    package func result(readBack fields: [ReadBack]) -> WriteResult {
        let outcome = isDryRun ? .dryRun : claim.outcome(seen: fields)
        let text = text(of: outcome, fields)
        guard outcome != .unknown, outcome != .failed else {
            let doubt = outcome == .unknown ? "\n\n\(Self.doubt(of: subject))" : ""
            var answer = Answer.failure(text.text + doubt)
            answer.meta = [FailureLabel.key: FailureLabel.doubt]
            return WriteResult(outcome, answer)
        }
        return WriteResult(outcome, Answer(text, structured: structured(outcome, fields)))
    }

    /// Of what may or may not have been changed.
    package static func doubt(of target: String) -> String {
        "Whether \(Inline("\(escaped: target)").text) was changed is unknown. Check it before you retry."
    }

    private func text(of outcome: WriteOutcome, _ fields: [ReadBack]) -> Markdown {
        var text = Markdown()
        text.heading(3, heading(outcome), isNote: true)
        text.bullet("\(escaped: subject): \(said)")
        if let message = reply.text("message") { text.bullet("\(escaped: message)") }
        if let code = reply.text("reasonCode") { text.bullet("Reason: \(code: code)") }
        // What was said to be changed, and was looked at and is not, was not.
        list(isDryRun ? "Would change" : "Changed", outcome == .unchanged ? [] : changed, in: &text)
        list("Locked", locked, in: &text)
        list("Failed", results { Claim(item: $0) == .failed }, in: &text)
        for reason in reply.first(of: "blockedReasons")?.listed ?? [] {
            text.bullet("Reason: \(escaped: reason.text("message", "code") ?? reason.text)")
        }
        for field in isDryRun ? [] : fields {
            switch (field.now, field.finding) {
            case (.unread, _): text.bullet("\(bold: field.name) is now: could not be read back", isNote: true)
            case (.holds(let value), .asBefore?):
                text.bullet("\(bold: field.name) is still: \(Change.shown(value ?? ""))")
            case (.holds(let value), _): text.bullet("\(bold: field.name) is now: \(Change.shown(value ?? ""))")
            }
        }
        if let link { text.bullet("\(link: "Open in OvalEdge", to: links.url(link))") }
        return text
    }

    private func heading(_ outcome: WriteOutcome) -> Inline {
        switch (outcome, claim) {
        case (.dryRun, _): "Nothing was written: a dry run"
        case (.done, .done): "Written to OvalEdge"
        case (.done, _): "\(says), and the sent values are stored"
        case (.partlyDone, _): "Partly written to OvalEdge"
        case (.unchanged, .unchanged), (.refused, _), (.failed, _): "OvalEdge changed nothing"
        case (.unchanged, _): "\(says), but nothing was changed"
        default: "\(says); what was written is unknown"
        }
    }

    private var says: Inline { claim == .nothing ? "OvalEdge returned nothing" : "OvalEdge reports “\(said)”" }

    /// OvalEdge's word for it.
    private var said: Inline {
        let word =
            reply.text("status") ?? (claim == .done ? "done" : claim == .nothing ? "no status" : reply.text("message"))
        return "\(escaped: String((word ?? "an unknown reply").prefix(Self.longestWord)))"
    }

    private static let longestWord = 100

    private var changed: [String] {
        names("updatedFields", "updatedRoles") ?? results { Claim(item: $0) == .done }
    }
    private var locked: [String] {
        names("blockedFields", "blockedRoles") ?? results { Claim(item: $0) == .blocked }
    }

    private func list(_ title: Inline, _ names: [String], in text: inout Markdown) {
        let names: [Inline] = names.map { "\(escaped: $0)" }
        if !names.isEmpty { text.bullet("\(title): \(names.joined(separator: ", "))") }
    }

    private func names(_ members: String...) -> [String]? {
        reply.first(of: members)?.array?.compactMap { $0.plainText }
    }

    /// Where several objects were to change, those of which this is true.
    private func results(where isSo: (JSON) -> Bool) -> [String] {
        (reply.first(of: "results")?.array ?? []).filter(isSo).map { result in
            let name = [result.text("objectType"), result.text("objectId")].compactMap { $0 }.joined(separator: " ")
            return result.text("message").map { "\(name) (\($0))" } ?? name
        }
    }

    private func structured(_ outcome: WriteOutcome, _ fields: [ReadBack]) -> JSON {
        let now = fields.map { JSONObject.Member($0.name, $0.value.map { .string($0) } ?? .null) }
        let isAsSaid = outcome != .refused && (outcome != .unchanged || claim == .unchanged)
        return .members(
            ("ok", .bool(isAsSaid)),
            ("written", outcome.isWritten.map { .bool($0) }),
            ("status", .string(outcome.rawValue)),
            ("data", Untrusted.cleaned(reply)),
            ("now", isDryRun ? nil : .object(JSONObject(now)))
        )
    }

    /// Of every tool that writes: a preview, a choice, or the outcome.
    package static let outputSchema = outputSchema(adding: [])

    package static func outputSchema(adding more: [(String, JSON)]) -> JSON {
        var schema = ownSchema
        for (name, property) in more { schema["properties"]?[name] = property }
        return schema
    }

    private static let ownSchema: JSON = [
        "type": "object",
        "properties": [
            "ok": ["type": "boolean"],
            "awaitingUserConfirmation": ["type": "boolean", "description": "True: nothing was written yet."],
            "preview": ["type": "string", "description": "What would be written, for the person."],
            "confirmationToken": ["type": "string", "description": "Pass it in the confirmed call."],
            "target": ["type": "string"],
            "written": ["type": "boolean", "description": "Whether anything was changed."],
            "status": [
                "type": "string",
                "description":
                    "done, partly_done, unchanged, refused, dry_run; not agreed to: declined, cancelled, unanswered.",
            ],
            "data": ["description": "OvalEdge's reply."],
            "now": ["type": "object", "description": "What the catalog holds after the write."],
        ],
    ]
}
