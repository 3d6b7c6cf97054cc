package import JSON

/// A field that an organisation added to its assets, with its value on one of them.
package struct CustomField: Model, Hashable {
    /// How a caller names a field.
    package enum Reference: Hashable, Sendable {
        case name(String)
        case key(String)

        package var text: String {
            switch self {
            case .name(let text), .key(let text): text
            }
        }
    }

    package let name: String?
    /// The field's values are to be among its options.
    package let isCode: Bool
    /// Nil when the product does not return it.
    package let allowsSeveral: Bool?
    package let currentValue: String?
    package let options: [String]

    package init(_ json: JSON) throws(JSONMismatch) {
        guard json.object != nil else {
            throw JSONMismatch(path: "a custom field", expected: "an object", found: json.kind)
        }
        name = json.text("fieldName", "name")
        isCode = json.text("type")?.lowercased() == "code"
        allowsSeveral = json["allowMultiple"]?.flag
        currentValue = json.text("currentValue", "value")
        options = (try json.list("options") ?? []).compactMap { $0.plainText }
    }

    /// The values of a text that holds several, between commas.
    package static func values(in text: String) -> [String] {
        text.split(separator: ",").compactMap { JSON.string(String($0)).plainText }
    }
}

/// The fields that fit a question for one.
package struct CustomFields: Model, Hashable {
    package let first: CustomField?

    package static let isList = true

    /// Takes `data.fields` and `fields`.
    package init(_ json: JSON) throws(JSONMismatch) {
        var fields = try json.payload.list("fields")
        if fields == nil { fields = try json.list("fields") }
        guard let field = fields?.first else {
            first = nil
            return
        }
        first = try CustomField(field)
    }
}
