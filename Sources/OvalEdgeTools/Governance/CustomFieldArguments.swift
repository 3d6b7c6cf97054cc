package import JSON
package import MCP
package import OvalEdge
import Text

/// A kind of object whose custom fields can be written.
package struct CustomFieldType: ArgumentName, Hashable {
    package static let known = CustomFieldUpdate.types + CustomFieldUpdate.otherNames.keys.sorted()
    package static let placeholder = CustomFieldType(known: "oetable")

    /// As this write calls it.
    package let name: String
    /// As the catalog is asked for it; nil for what has no page of details.
    package let objectType: ObjectType?

    package static func name(meantBy word: String) -> String? {
        ObjectType.meant(by: word).flatMap { known.contains($0.rawValue) ? $0.rawValue : nil }
    }

    package init(known name: String) {
        self.name = CustomFieldUpdate.otherNames[name] ?? name
        objectType = ObjectType(rawValue: name)
    }
}

/// What happens to the values that a field has already.
package enum CodeUpdateMode: String, ArgumentChoice {
    case replaceAll = "replace_all"
    case add, remove
}

/// A value as models write it: a text, a number, a list, a list inside a text; empty to empty the field.
package struct CustomFieldText: ArgumentValue, Hashable {
    package static let schema: JSON = ["type": "string"]
    package static let placeholder = CustomFieldText(text: "", items: nil)

    /// As it is sent.
    package let text: String
    /// Its values, where a list says what they are.
    package let items: [String]?

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> CustomFieldText? {
        if case .bool(let value) = json { return CustomFieldText(text: value ? "true" : "false", items: nil) }
        if let items = list(in: json) {
            let texts = try items.map { item throws(ArgumentMistakes) in try String.read(item, as: name) ?? "" }
                .filter { !$0.isEmpty }
            return CustomFieldText(text: texts.joined(separator: ","), items: texts)
        }
        return CustomFieldText(text: try String.read(json, as: name) ?? "", items: nil)
    }

    /// The items of a list, also of one that a text holds: `["a", "b"]`, `['a', 'b']`, `('a', 'b')`.
    private static func list(in json: JSON) -> [JSON]? {
        if let items = json.unquoted.array { return items }
        guard let text = json.string?.trimmed, let first = text.first, let last = text.last,
            first == "[" && last == "]" || first == "(" && last == ")"
        else { return nil }
        let inside = text.dropFirst().dropLast()
        let items = inside.split(separator: ",").map { String($0).trimmed }
        // Brackets around anything but quoted texts or numbers belong to the text.
        guard items.allSatisfy({ isQuoted($0) || Double($0) != nil }) else { return nil }
        return items.map { .string(isQuoted($0) ? String($0.dropFirst().dropLast()) : $0) }
    }

    private static func isQuoted(_ text: String) -> Bool {
        guard text.count > 1, let first = text.first, first == "'" || first == "\"" else { return false }
        return text.last == first
    }
}

/// One field and what it is to hold.
package struct CustomFieldChange: ArgumentGroup {
    package static let example = #"{"field_name": "Region", "value": "EMEA"}"#

    let fieldName: String?
    let fieldKey: String?
    let value: CustomFieldText

    package init(_ input: inout Arguments) {
        fieldName = input.read("field_name")
        fieldKey = input.read("field_key")
        value = input.read("value")
        if (fieldName == nil) == (fieldKey == nil) { input.note("A field needs either `field_name` or `field_key`.") }
    }

    var field: CustomField.Reference { fieldKey.map { .key($0) } ?? .name(fieldName ?? "") }
}
