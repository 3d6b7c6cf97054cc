import JSON
import MCP
import OvalEdge
import Rendering

/// What the person has to say before a ticket can be filed.
struct TicketQuestion {
    private let template: ServiceRequestTemplate
    private let form: TicketForm
    /// The arguments that are missing besides fields: `summary`, `description`.
    private let arguments: [String]

    init(_ template: ServiceRequestTemplate, _ form: TicketForm, arguments: [String]) {
        self.template = template
        self.form = form
        self.arguments = arguments
    }

    var answer: Answer {
        var text = Markdown()
        text.heading(3, "The fields of a ticket “\(escaped: template.name ?? "request")”")
        if form.fields.isEmpty {
            text.line("It has no fields besides summary and description.")
        } else {
            text.table(
                ["Field", "Required", "Value", "Allowed"],
                form.fields.map { field in
                    [
                        "\(escaped: field.name)", Words.flag(field.isRequired),
                        "\(escaped: form.values[field.name]?.shown ?? "")", Self.choices(of: field),
                    ]
                }
            )
        }
        for field in template.additionalFields {
            let choices: Inline = field.options.isEmpty ? "any text" : Self.list(field.options)
            text.bullet("Additional field \(bold: field.name): \(choices)")
        }
        text.line("")
        text.note(next)
        return Answer(text, structured: structured)
    }

    private var next: Inline {
        let names: [Inline] = arguments.map { "\(code: $0)" } + form.missing.map { "\(bold: $0.name)" }
        let more: Inline = template.additionalFields.isEmpty ? "" : ", additional fields in `custom_fields`"
        return """
            Nothing has been written yet. Ask the person in one question for \(names.joined(separator: ", ")) and for \
            anything they want to add; do not invent values, especially dates. Then call again with the same \
            arguments, `summary`, and the fields in `ticket_fields`\(more).
            """
    }

    private static func choices(of field: TicketForm.Field) -> Inline {
        if !field.options.isEmpty { return list(field.options.map { $0.label }) }
        switch field.type {
        case let type where type.hasPrefix("date"): return "a day such as 2026-12-31"
        case "catalog": return "the object's id"
        case "oeusers": return "a user name"
        default: return "any text"
        }
    }

    private static func list(_ names: [String]) -> Inline {
        let shown: [Inline] = names.prefix(mostChoices).map { "\(escaped: $0)" }
        let more: Inline = names.count > mostChoices ? ", and \(names.count - mostChoices) more" : ""
        return "\(shown.joined(separator: ", "))\(more)"
    }

    private static let mostChoices = 20

    private var structured: JSON {
        [
            "ok": true, "written": false, "awaitingUserInput": true, "workflowPhase": "collect_fields",
            "missing": .strings(arguments + form.missing.map { Untrusted.cleaned($0.name) }),
            "data": Untrusted.cleaned(template.json.payload),
        ]
    }
}
