import HTTP
import JSON

/// `GET service-request-templates`: what a ticket of one kind asks for.
enum ServiceRequestTemplateRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        let template: SampleDesk.Template?
        if let id = call.number("ticketTemplateId") {
            template = catalog.desk.template(id)
        } else {
            guard let request = call.text("requestType"), let object = call.text("requestObjectType") else {
                return .refusal(.badRequest, "requestType and requestObjectType are required")
            }
            template = catalog.desk.template(for: request, object)
        }
        guard let template else { return .refusal(.notFound, "No ticket template found for this request") }
        guard !template.hasDependentFields else {
            return .refusal(.badRequest, "The template \(template.name) has depends-on fields")
        }
        return .json(["ok": true, "data": json(template, call)])
    }

    private static func json(_ template: SampleDesk.Template, _ call: SandboxCall) -> JSON {
        [
            "ticketTemplateId": .int(template.id), "ticketTemplateName": .string(template.name),
            "requestType": .string(template.request),
            "requestObjectType": .string(call.text("requestObjectType") ?? template.objects.min() ?? "all"),
            "connType": .string(call.text("connType") ?? "all"), "currentUserId": .string(SampleDesk.user),
            "fields": .array(template.fields),
        ]
    }
}

/// `POST service-requests`: a ticket, where everything it needs is there.
enum CreateServiceRequestRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let summary = body["summary"]?.string?.nonBlank else {
            return .refusal(.badRequest, "summary is required")
        }
        guard let template = body["ticketTemplateId"]?.int.flatMap({ catalog.desk.template($0) }) else {
            return .refusal(.notFound, "There is no such ticket template")
        }
        if let missing = missing(in: body, template) { return .refusal(.badRequest, "\(missing) is required") }
        let ticket = catalog.desk.file(summary, by: template, body)
        return .json([
            "ok": true,
            "data": [
                "ticketId": .int(ticket.id), "displayTicketId": .string("SR-\(ticket.id)"),
                "ticketTemplateId": .int(template.id), "summary": .string(summary),
                "navLink": .string("#nav/servicedesk?id=\(ticket.id)"), "redirectUrl": .null,
                "warnings": .array(warnings(about: body, template)),
            ],
        ])
    }

    /// The first field that is needed and is not there.
    private static func missing(in body: JSON, _ template: SampleDesk.Template) -> String? {
        let needed = template.fields.filter { $0["requiredOnCreate"] == true }
        return needed.compactMap { $0["fieldName"]?.string }.first { name in
            (body["ticketFields"]?[name] ?? body[name.lowercased()] ?? .null).isNull
        }
    }

    private static func warnings(about body: JSON, _ template: SampleDesk.Template) -> [JSON] {
        let known = template.fields.compactMap { $0["fieldData"]?["additionalFields"]?.array }.joined()
            .compactMap { $0["fieldName"]?.string }
        let given = body["customFields"]?.object?.names ?? []
        return given.filter { !known.contains($0) }.map { .string("additional field \($0) not found, omitted") }
    }
}
