package import JSON

/// Other values for some custom fields of one object, as the body of the request.
package struct CustomFieldUpdate: Hashable, Sendable {
    /// One field by its name or its key, with the text of its value; several values are between commas.
    package struct Value: Hashable, Sendable {
        package let field: CustomField.Reference
        package let text: String

        package init(_ field: CustomField.Reference, _ text: String) {
            self.field = field
            self.text = text
        }
    }

    package let id: Int
    package let type: String
    package let values: [Value]
    package let timeZone: String
    package let failsOnBlockedField: Bool?
    package let client: WriteContext

    package init(
        id: Int,
        type: String,
        values: [Value],
        timeZone: String,
        failsOnBlockedField: Bool?,
        client: WriteContext
    ) {
        self.id = id
        self.type = type
        self.values = values
        self.timeZone = timeZone
        self.failsOnBlockedField = failsOnBlockedField
        self.client = client
    }

    package var body: JSON {
        .members(
            ("target", ["objectId": .int(id), "objectType": .string(type)]),
            ("fieldUpdates", .array(values.map { $0.json })),
            ("timeZone", .string(timeZone)),
            ("options", client.options(("failOnBlockedField", failsOnBlockedField.map { .bool($0) }))),
            ("clientContext", client.context)
        )
    }

    /// The kinds whose custom fields can be written, under the names that the product takes for this.
    package static let types = [
        "apicolumn", "apiobject", "chartchild", "code", "dp_product", "dqrule", "glossary", "oechart", "oecolumn",
        "oefile", "oefilecolumn", "oequery", "oeschema", "oetable", "oetag",
    ]

    /// What searches call some of them.
    package static let otherNames = [
        "oeapi": "apiobject", "oeapicolumn": "apicolumn", "filecolumn": "oefilecolumn", "oecode": "code",
        "businessglossary": "glossary",
    ]
}

extension CustomFieldUpdate.Value {
    fileprivate var json: JSON {
        switch field {
        case .name(let name): ["value": .string(text), "fieldName": .string(name)]
        case .key(let key): ["value": .string(text), "fieldKey": .string(key)]
        }
    }
}

extension APIRequest {
    package static func customField(_ field: CustomField.Reference, id: Int, type: String) -> Self
    where Reply == Envelope<CustomFields> {
        .get(
            "/api/v1/mcp/custom-fields",
            [("objectId", String(id)), ("objectType", type), ("fieldName", field.text)]
        )
    }

    package static func updateCustomFields(_ update: CustomFieldUpdate) -> Self where Reply == JSON {
        .command("/api/v1/mcp/update-custom-field-values", update.body)
    }
}
