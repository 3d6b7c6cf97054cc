import JSON
import MCP
import OvalEdge

/// What became of a write: what was changed, what was not and why, and what stands there now.
struct WriteReport {
    private let reply: JSON
    private let subject: String
    private let link: NavLink?
    private let links: LinkBase
    private let isRehearsal: Bool

    /// Without a `link` of its own, the one of the reply is given.
    init(_ reply: JSON, of subject: String, _ link: NavLink?, links: LinkBase, isRehearsal: Bool = false) {
        self.reply = reply.payload
        self.subject = subject
        self.link = link ?? reply.payload["target"]?.text("redirectUrl").flatMap { NavLink($0) }
        self.links = links
        self.isRehearsal = isRehearsal
    }

    init(_ reply: JSON, of asset: Asset, links: LinkBase, isRehearsal: Bool) {
        self.init(reply, of: asset.title, asset.link, links: links, isRehearsal: isRehearsal)
    }

    /// `readBack` is what the catalog says after the write, by field; a nil says that it was not read.
    func answer(readBack fields: [(name: String, value: String?)]) -> Answer {
        var text = Markdown()
        let status = reply.text("status") ?? "done"
        text.heading(3, heading)
        text.bullet("\(escaped: subject): \(escaped: status)")
        if let message = reply.text("message") { text.bullet("\(escaped: message)") }
        if let code = reply.text("reasonCode") { text.bullet("Reason: \(code: code)") }
        list("Changed", changed ?? [], in: &text)
        list("Locked", locked, in: &text)
        for reason in reply.first(of: "blockedReasons")?.listed ?? [] {
            text.bullet("Because: \(escaped: reason.text("message", "code") ?? reason.text)")
        }
        for field in isRehearsal ? [] : fields {
            let value: Inline = field.value.map { "\(escaped: $0)" } ?? "could not be read back"
            text.bullet("\(bold: field.name) is now: \(value)")
        }
        if let link { text.bullet("\(link: "Open in OvalEdge", to: links.url(link))") }
        return Answer(text.text, structured: structured(status, fields))
    }

    private var heading: Inline {
        if isRehearsal { return "Nothing was written: a trial" }
        return isWritten ? "Written to OvalEdge" : "OvalEdge changed nothing"
    }

    /// A reply that does not say what changed stands for all of it.
    private var isWritten: Bool { !isRehearsal && changed?.isEmpty != true }
    private var changed: [String]? {
        names("updatedFields", "updatedRoles") ?? results { $0["blocked"] != true && $0["noChange"] != true }
    }
    private var locked: [String] {
        names("blockedFields", "blockedRoles") ?? results { $0["blocked"] == true } ?? []
    }

    private func list(_ title: Inline, _ names: [String], in text: inout Markdown) {
        let names: [Inline] = names.map { "\(escaped: $0)" }
        if !names.isEmpty { text.bullet("\(title): \(names.joined(separator: ", "))") }
    }

    private func names(_ members: String...) -> [String]? {
        reply.first(of: members)?.array?.compactMap { $0.plainText }
    }

    /// Where several objects were to change, those of which this is true; nil where there was one.
    private func results(where isSo: (JSON) -> Bool) -> [String]? {
        reply.first(of: "results")?.array?.filter(isSo).map { result in
            let name = [result.text("objectType"), result.text("objectId")].compactMap { $0 }.joined(separator: " ")
            return result.text("message").map { "\(name) (\($0))" } ?? name
        }
    }

    private func structured(_ status: String, _ fields: [(name: String, value: String?)]) -> JSON {
        let now = fields.map { JSONObject.Member($0.name, $0.value.map { .string($0) } ?? .null) }
        return .members(
            ("ok", true),
            ("written", .bool(isWritten)),
            ("status", .string(status)),
            ("data", Untrusted.cleaned(reply)),
            ("now", isRehearsal ? nil : .object(JSONObject(now)))
        )
    }

    /// Of every tool that writes: a preview, a choice, or what became of it.
    static let outputSchema = outputSchema(adding: [])

    static func outputSchema(adding more: [(String, JSON)]) -> JSON {
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
            "confirmationToken": ["type": "string", "description": "Goes with the confirmed call."],
            "target": ["type": "string"],
            "written": ["type": "boolean", "description": "Whether anything was changed."],
            "status": ["type": "string", "description": "OvalEdge's word for the outcome."],
            "data": ["description": "OvalEdge's reply."],
            "now": ["type": "object", "description": "What the catalog says after the write."],
        ],
    ]
}
