import JSON

/// The service desk: which tickets can be filed, and those that were.
struct SampleDesk: Sendable {
    struct Template: Sendable {
        let id: Int
        let name: String
        let request: String
        /// The kinds of objects it is for; any when the list is empty.
        let objects: Set<String>
        /// Whether fields depend on each other, which the product does not return over this interface.
        var hasDependentFields = false
        let fields: [JSON]
    }

    struct Ticket: Sendable {
        let id: Int
        let template: Int
        let summary: String
        let body: JSON
    }

    private(set) var tickets: [Ticket] = []

    /// The user whose session the sandbox grants.
    static let user = "sandbox"

    func template(_ id: Int) -> Template? { Self.templates.first { $0.id == id } }

    func template(for request: String, _ object: String) -> Template? {
        Self.templates.first { $0.request == request && ($0.objects.isEmpty || $0.objects.contains(object)) }
    }

    mutating func file(_ summary: String, by template: Template, _ body: JSON) -> Ticket {
        let ticket = Ticket(id: 88 + tickets.count, template: template.id, summary: summary, body: body)
        tickets.append(ticket)
        return ticket
    }

    private static let templates = [
        Template(
            id: 1005,
            name: "Table access",
            request: "access",
            objects: ["oetable", "oefile", "oecolumn", "oeschema"],
            fields: [summary, catalog("Select object"), asker, priority, needed, more]
        ),
        Template(
            id: 1006,
            name: "Report access",
            request: "access",
            objects: ["oechart", "oedomain"],
            hasDependentFields: true,
            fields: [summary, asker]
        ),
        Template(
            id: 1007,
            name: "Content change",
            request: "content",
            objects: [],
            fields: [summary, description, catalog("What is to change"), kind, priority]
        ),
        Template(
            id: 1008,
            name: "Data quality rule",
            request: "dataquality",
            objects: ["oetable", "oecolumn", "oefile", "filecolumn"],
            fields: [summary, catalog("Checked object"), text("What must hold"), priority]
        ),
    ]

    private static let summary: JSON = [
        "fieldName": "Summary", "fieldCode": "summary", "fieldType": "inputtext", "requiredOnCreate": true,
    ]
    private static let description: JSON = [
        "fieldName": "Description", "fieldCode": "description", "fieldType": "inputtext", "requiredOnCreate": true,
    ]
    private static let asker: JSON = [
        "fieldName": "Requested By", "fieldCode": "createdby", "fieldType": "oeusers", "requiredOnCreate": true,
        "filledByCurrentUser": true,
    ]
    private static let priority: JSON = [
        "fieldName": "Priority", "fieldCode": "priority", "fieldType": "dropdown", "requiredOnCreate": true,
        "defaultValue": "Medium",
        "fieldData": [
            "type": "static",
            "options": [
                ["label": "High", "value": "High", "selected": false],
                ["label": "Medium", "value": "Medium", "selected": true],
                ["label": "Low", "value": "Low", "selected": false],
            ],
        ],
    ]
    private static let kind: JSON = [
        "fieldName": "Kind of change", "fieldCode": "d3", "fieldType": "dropdown", "requiredOnCreate": true,
        "fielddata": [
            "type": "static",
            "options": [["label": "Wrong text", "value": "wrong"], ["label": "Missing text", "value": "missing"]],
        ],
    ]
    private static let needed: JSON = [
        "fieldName": "Needed until", "fieldCode": "d1", "fieldType": "date", "requiredOnCreate": false,
    ]
    private static let more: JSON = [
        "fieldName": "Additional Fields", "fieldCode": "addfields", "fieldType": "addfields", "requiredOnCreate": false,
        "fieldData": [
            "additionalFields": [
                ["fieldName": "Note", "type": "text"],
                ["fieldName": "Zone", "type": "code", "options": ["Office", "Remote"]],
            ]
        ],
    ]

    private static func catalog(_ name: String) -> JSON {
        [
            "fieldName": .string(name), "fieldCode": "object", "fieldType": "catalog", "requiredOnCreate": true,
            "allowMultiple": true,
        ]
    }

    private static func text(_ name: String) -> JSON {
        ["fieldName": .string(name), "fieldCode": "d2", "fieldType": "inputtext", "requiredOnCreate": true]
    }
}
