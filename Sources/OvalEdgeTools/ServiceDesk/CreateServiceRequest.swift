package import JSON
package import MCP
import OvalEdge
package import Writes

package struct CreateServiceRequest: WritingTool {
    package static let family = WriteFamily.serviceDesk
    package static let definition = ToolDefinition(
        name: "create_service_request",
        title: "Create a service request",
        effect: .adds,
        reachesOthers: true,
        searchHint: "ticket, request access, ask for a change",
        summary: "File a ticket in OvalEdge's service desk: for access, a change of content or a data quality rule.",
        guidance: """
            For requests to others: “I need access to this table”. To see who has access already, use \
            `access_explorer`; descriptions, roles and the like that may be changed directly have tools of their own. \
            Find the objects with `asset_explorer` first. Called with request_type, object_type and object_id but \
            without summary, it returns the fields of the ticket, those filled automatically, and what is missing; \
            then it previews the ticket. Nothing is filed before the person has agreed.
            """
    )

    let requestType: RequestKind?
    let objectType: RequestedType?
    let objectID: [ObjectID]
    let connectionType: String?
    let connectionName: String?
    let connectionID: ObjectID?
    let ticketTemplateID: ObjectID?
    let summary: String?
    let description: String?
    let ticketFields: JSONObject?
    let customFields: JSONObject?
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        requestType = input.read("request_type", "What is requested.")
        objectType = input.read("object_type", "Kind of the objects, such as oetable, oeschema, oechart or glossary.")
        objectID = input.read("object_id", "Ids of the objects that it is about.", default: [])
        connectionType = input.read("connection_type", "Connector of their connection, such as snowflake.")
        connectionName = input.read("connection_name", "Name of their connection.")
        connectionID = input.read("connection_id", "Id of their connection.")
        ticketTemplateID = input.read("ticket_template_id", "Template, when the person chose one.")
        summary = input.read("summary", "The request in one line.")
        description = input.read("description", "The request in full, and why.")
        ticketFields = input.read("ticket_fields", "The template's fields by name, each with its value.")
        customFields = input.read("custom_fields", "Its additional fields by name, each with a text.")
        agreement = Agreement(&input)
        check(&input)
    }

    private func check(_ input: inout Arguments) {
        guard input.mistakes.isEmpty else { return }
        if ticketTemplateID == nil || summary == nil {
            let unless = "is needed, unless `ticket_template_id` and `summary` are given."
            if requestType == nil { input.note("request_type", unless) }
            if objectType == nil { input.note("object_type", unless) }
        } else if !objectID.isEmpty, objectType == nil {
            input.note("object_type", "is needed: the kind of the objects.")
        }
    }

    package static let outputSchema: JSON = WriteReport.outputSchema(adding: [
        ("awaitingUserInput", ["type": "boolean", "description": "True: fields are missing."]),
        ("workflowPhase", ["type": "string", "description": "collect_fields or created."]),
        ("missing", ["type": "array", "items": ["type": "string"], "description": "What is missing."]),
        ("ticket", ["type": "string", "description": "Number of the new ticket."]),
        ("redirectUrl", ["type": "string", "description": "Its page in OvalEdge."]),
    ])
}
