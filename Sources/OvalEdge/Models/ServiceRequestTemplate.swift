package import JSON

/// What a ticket of one kind asks for, field by field.
package struct ServiceRequestTemplate: Model, Hashable {
    /// Nil when the product has none for what was asked.
    package let id: Int?
    package let name: String?
    /// Whom the session belongs to, for fields about the person who asks.
    package let currentUser: String?
    package let fields: [Field]
    /// Fields that an organisation added, which travel apart from the others.
    package let additionalFields: [AdditionalField]
    package let json: JSON

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        id = payload["ticketTemplateId"]?.wholeNumber
        name = payload.text("ticketTemplateName", "name")
        currentUser = payload.text("currentUserId")
        let members = try payload.list("fields") ?? []
        additionalFields = members.flatMap { Self.data(of: $0)?["additionalFields"]?.array ?? [] }
            .compactMap { AdditionalField($0) }
        fields = members.compactMap { Field($0) }.filter { $0.type != "addfields" }
        self.json = json
    }

    /// The product spells this member in two ways.
    fileprivate static func data(of field: JSON) -> JSON? { field.first(of: "fieldData", "fielddata") }

    package struct Option: Hashable, Sendable {
        /// For people.
        package let label: String
        /// As it is sent.
        package let value: String
        package let isSelected: Bool

        fileprivate init?(_ json: JSON) {
            guard let value = json.text("value", "label") ?? json.plainText else { return nil }
            self.value = value
            label = json.text("label") ?? value
            isSelected = json["selected"]?.flag == true
        }
    }

    package struct Field: Hashable, Sendable {
        package let name: String
        package let code: String?
        /// In lower case: `inputtext`, `dropdown`, `date`, `catalog`, `oeusers` and others.
        package let type: String
        /// Of a catalog field, the kind of object it takes.
        package let objectType: String?
        /// Nil when the product does not return it.
        package let isRequired: Bool?
        package let isFilledByCurrentUser: Bool
        /// Nil when what the product returns for it cannot be read.
        package let allowsSeveral: Bool?
        package let defaultValue: String?
        package let options: [Option]

        /// Nil for what has no name to fill it in by.
        fileprivate init?(_ json: JSON) {
            guard let name = json.text("fieldName", "name") else { return nil }
            let data = ServiceRequestTemplate.data(of: json)
            self.name = name
            code = json.text("fieldCode")?.lowercased()
            type = json.text("fieldType")?.lowercased() ?? ""
            objectType = json.text("objectType")?.lowercased()
            isRequired = json["requiredOnCreate"]?.flag
            isFilledByCurrentUser = json["filledByCurrentUser"]?.flag == true
            let several = json.first(of: "allowMultiple") ?? data?.first(of: "allowMultiple")
            allowsSeveral = several == nil ? false : several?.flag
            defaultValue = json.text("defaultValue")
            options = (data?["options"]?.array ?? []).compactMap { Option($0) }
        }
    }

    package struct AdditionalField: Hashable, Sendable {
        package let name: String
        /// What it may hold; anything when the list is empty.
        package let options: [String]

        fileprivate init?(_ json: JSON) {
            guard let name = json.text("fieldName", "name") else { return nil }
            self.name = name
            options = (json["options"]?.array ?? []).compactMap { $0.plainText }
        }
    }
}
