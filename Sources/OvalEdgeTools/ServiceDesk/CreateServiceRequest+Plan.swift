import JSON
package import MCP
package import OvalEdge
import Rendering
package import Writes

extension CreateServiceRequest {
    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        let subject: TicketForm.Subject
        switch try await self.subject(from: ovalEdge) {
        case .found(let found): subject = found
        case .missing(let answer): return .answer(answer)
        }
        switch try await template(from: ovalEdge) {
        case .none: return .answer(.failure(noTemplate))
        case .unread(let why): return .write(unchecked(about: subject, because: why))
        case .read(let template, let id):
            let form = TicketForm(
                template,
                ticketFields ?? JSONObject(),
                more: customFields ?? JSONObject(),
                about: subject
            )
            guard form.mistakes.isEmpty else { return .answer(Self.explained(form.mistakes)) }
            var wanted = summary == nil ? ["summary"] : []
            if form.needsDescription && description == nil { wanted.append("description") }
            guard let summary, wanted.isEmpty, form.missing.isEmpty else {
                return .answer(TicketQuestion(template, form, arguments: wanted).answer)
            }
            return .write(write(id, summary, form, called: template.name, about: subject))
        }
    }

    private enum Objects {
        case found(TicketForm.Subject)
        case missing(Answer)
    }

    /// The objects by name; one that is not there stops the whole.
    private func subject(from ovalEdge: OvalEdgeAPI) async throws -> Objects {
        let ids = objectID.map { $0.number }
        guard let type = objectType?.objectType else {
            let names = ids.map { "\(objectType?.name ?? "object") \($0)" }
            return .found(TicketForm.Subject(type: objectType?.name, ids: ids, names: names))
        }
        let assets = try await ovalEdge.assets(ids.map { ($0, type) })
        let missing = zip(ids, assets).compactMap { id, asset in asset == nil ? "`\(type.rawValue) \(id)`" : nil }
        guard missing.isEmpty else {
            return .missing(
                .failure(
                    "The catalog does not have \(missing.joined(separator: ", ")), or this account cannot see it; "
                        + "nothing was written. Look the ids up with a search, or omit them."
                )
            )
        }
        let names = assets.compactMap { asset in asset.map { $0.place ?? $0.title } }
        return .found(TicketForm.Subject(type: type.rawValue, ids: ids, names: names))
    }

    private enum Template {
        case read(ServiceRequestTemplate, id: Int)
        /// It is there, but says nothing of its fields.
        case unread(why: String)
        case none
    }

    private func template(from ovalEdge: OvalEdgeAPI) async throws -> Template {
        var query = ServiceRequestQuery()
        query.kind = requestType?.rawValue
        query.objectType = objectType?.name
        query.connectionType = connectionType
        query.connectionName = connectionName
        query.connection = connectionID?.number
        query.template = ticketTemplateID?.number
        query.object = objectID.first?.number
        do {
            let template = try await ovalEdge.send(.serviceRequestTemplate(for: query)).opened()
            guard let id = template.id else { return .none }
            return .read(template, id: id)
        } catch {
            // A template whose fields depend on each other is not listed, and can still be used.
            if error.status == 400, ticketTemplateID != nil, summary != nil { return .unread(why: error.what) }
            throw error.kind == .notFound ? error.withRemedy(.text(templateAdvice)) : error
        }
    }

    private func write(
        _ template: Int,
        _ summary: String,
        _ form: TicketForm,
        called name: String?,
        about subject: TicketForm.Subject
    ) -> Write {
        var draft = draft(template, summary, about: subject)
        draft.fields = JSONObject(form.filled.map { .init($0.name, $0.value.json) })
        draft.additionalFields = JSONObject(form.additional.map { .init($0.name, .string($0.value)) })
        let parts = form.filled.map { field in
            Change.Part.field(.init(field.name, at: ["ticketFields", field.name], words: field.value.shown))
        }
        let more = form.additional.map { Change.Part.field(.init($0.name, at: ["customFields", $0.name])) }
        return write(draft, parts + more, name, about: subject)
    }

    /// As it is, because nothing is known of the fields.
    private func unchecked(about subject: TicketForm.Subject, because why: String) -> Write {
        var draft = draft(ticketTemplateID?.number ?? 0, summary ?? "", about: subject)
        draft.fields = ticketFields ?? JSONObject()
        draft.additionalFields = customFields ?? JSONObject()
        let parts = draft.fields.members.map { Change.Part.field(.init($0.name, at: ["ticketFields", $0.name])) }
        let more = draft.additionalFields.members.map {
            Change.Part.field(.init($0.name, at: ["customFields", $0.name]))
        }
        let note = Change.Part.bullet("\(bold: "Fields not checked"): \(escaped: why)")
        return write(draft, parts + more + [note], nil, about: subject)
    }

    private func draft(_ template: Int, _ summary: String, about subject: TicketForm.Subject) -> ServiceRequestDraft {
        var draft = ServiceRequestDraft(template: template, summary: summary)
        draft.description = description
        draft.objectType = subject.type
        draft.objects = subject.ids
        return draft
    }

    private func write(
        _ draft: ServiceRequestDraft,
        _ fields: [Change.Part],
        _ template: String?,
        about subject: TicketForm.Subject
    ) -> Write {
        let request = APIRequest.createServiceRequest(draft)
        let objects = subject.ids.map { "\(subject.type ?? "object") \($0)" }
        var parts: [Change.Part] = [
            .field(.init("Summary", at: ["summary"])), .field(.init("Description", at: ["description"])),
        ]
        if !objects.isEmpty {
            let named: [Inline] = zip(subject.names, objects).map { name, object in
                name == object ? "\(escaped: object)" : "\(escaped: name) (\(escaped: object))"
            }
            let line: Inline = "\(bold: "About"): \(named.joined(separator: ", "))"
            parts.append(.bullet(line, telling: [["objectId"], ["objectType"]]))
        }
        return Write(
            tool: Self.definition.name,
            family: Self.family,
            target: (["service request"] + objects).joined(separator: ", "),
            change: Change(
                "New: ticket “\(escaped: template ?? "template \(draft.template)")”",
                telling: [["ticketTemplateId"]],
                in: request.body,
                parts + fields
            ),
            request: request
        ) { reply, ovalEdge in TicketReport(reply, links: ovalEdge.links).result }
    }

    private var templateAdvice: String {
        guard let ticketTemplateID else {
            return """
                Try another `request_type` or `object_type`, or give the `ticket_template_id` of a template that an \
                OvalEdge administrator names.
                """
        }
        return """
            Template \(ticketTemplateID.number) does not exist, or this account cannot use it: omit \
            `ticket_template_id` to use the one for `request_type` and `object_type`, or ask an OvalEdge administrator \
            for its id.
            """
    }

    private var noTemplate: String {
        "OvalEdge has no ticket template for this (\(requestType?.rawValue ?? "any request"), "
            + "\(objectType?.name ?? "any object")); nothing was written. "
            + "Try another `request_type` or `object_type`, or ask an OvalEdge administrator for a template."
    }

    private static func explained(_ mistakes: [Inline]) -> Answer {
        var text = Markdown()
        text.line("The ticket cannot be filed like this; nothing was written. Correct it and call again.")
        for mistake in mistakes { text.bullet(mistake) }
        return .failure(text.text)
    }
}

/// The new ticket: OvalEdge has no question for one, so that its reply is all there is to read back.
private struct TicketReport {
    private let data: JSON
    private let claim: Claim
    private let links: LinkBase

    init(_ reply: JSON, links: LinkBase) {
        data = reply.payload
        claim = .creation(reply, id: data.text("displayTicketId", "ticketId"))
        self.links = links
    }

    /// A ticket that has a number was filed, unless OvalEdge says otherwise next to it.
    var result: WriteResult {
        guard let number, claim == .done else {
            let said = data.text("status", "message").map { " It returned: \(Inline("\(escaped: $0)").text)." } ?? ""
            let number = number.map { "the number \(Inline("\(escaped: $0)").text)" } ?? "no number"
            var answer = Answer.failure(
                "OvalEdge returned \(number) of a ticket.\(said) Whether one was filed is unknown: check the service "
                    + "desk before you retry."
            )
            answer.meta = [FailureLabel.key: FailureLabel.doubt]
            return WriteResult(.unknown, answer)
        }
        return WriteResult(.done, answer(number))
    }

    private func answer(_ number: String) -> Answer {
        var text = Markdown()
        text.heading(3, "Ticket \(escaped: number) was filed", isNote: true)
        if let summary = data.text("summary") { text.bullet("Summary: \(escaped: summary)") }
        if let url { text.bullet("\(link: "Open in OvalEdge", to: url)") }
        for warning in data["warnings"]?.array ?? [] {
            text.bullet("OvalEdge warns: \(escaped: warning.plainText ?? warning.text)")
        }
        return Answer(
            text,
            structured: .members(
                ("ok", true),
                ("written", true),
                ("status", .string(WriteOutcome.done.rawValue)),
                ("workflowPhase", "created"),
                ("ticket", .string(Untrusted.cleaned(number))),
                ("redirectUrl", url.map { .string($0) }),
                ("data", Untrusted.cleaned(data))
            )
        )
    }

    private var number: String? { data.text("displayTicketId", "ticketId") }

    private var url: String? {
        data.text("navLink", "redirectUrl").flatMap { NavLink($0) }.map { links.url($0) }
    }
}
