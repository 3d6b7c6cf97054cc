import JSON
import MCP
import OvalEdge
import Rendering

/// What must be fixed or known before a field can be written.
struct FieldQuestion {
    private let field: CustomField
    private let name: String

    init(about field: CustomField, called name: String) {
        self.field = field
        self.name = name
    }

    /// Values that are not among the field's options.
    func unknown(_ values: [String]) -> Answer {
        let wrong: [Inline] = values.map { "\(code: $0)" }
        let known: [Inline] = field.options.map { "\(code: $0)" }
        let text: Inline = """
            \(bold: name) does not accept \(wrong.joined(separator: ", ")); nothing was written. It accepts \
            \(known.joined(separator: ", ")): ask the person which is meant.
            """
        return .failure(text.text)
    }

    /// Several values for a field that holds one.
    func several(_ values: [String]) -> Answer {
        Choices(
            "\(bold: name) holds only one value, and this would give it several.",
            selecting: "field_updates",
            values.map { Choices.Item(name: $0) }
        ).answer
    }

    /// Several values for a field that holds others already.
    func mode(for values: [String]) -> Answer {
        let wanted: [Inline] = values.map { "\(escaped: $0)" }
        return Choices(
            """
            \(bold: name) holds \(escaped: field.currentValue ?? "") now. What should happen to that when \
            \(wanted.joined(separator: ", ")) is written?
            """,
            selecting: "code_update_mode",
            [
                Choices.Item(name: CodeUpdateMode.replaceAll.rawValue, note: "only the new values"),
                Choices.Item(name: CodeUpdateMode.add.rawValue, note: "the current and the new values"),
                Choices.Item(name: CodeUpdateMode.remove.rawValue, note: "the current values without these"),
            ]
        ).answer
    }

    static func missing(_ names: [String]) -> Answer {
        let list: [Inline] = names.map { "\(code: $0)" }
        let text: Inline = """
            This object has no custom field \(list.joined(separator: ", ")); nothing was written. Its fields are \
            listed in its details.
            """
        return .failure(text.text)
    }
}
