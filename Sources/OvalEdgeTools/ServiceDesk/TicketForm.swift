import JSON
import MCP
import OvalEdge
import Rendering
import Text

/// The fields of one ticket: what fills itself in, what the person gave, and what is still wanted.
struct TicketForm {
    typealias Field = ServiceRequestTemplate.Field

    /// What a field will hold.
    struct Value: Hashable {
        let json: JSON
        /// For people, who do not know ids.
        let shown: String
    }

    /// The objects that the ticket is about.
    struct Subject {
        let type: String?
        let ids: [Int]
        let names: [String]
    }

    private(set) var values: [String: Value] = [:]
    private(set) var additional: [(name: String, value: String)] = []
    /// What is wrong with what was given, each a sentence.
    private(set) var mistakes: [Inline] = []
    private let template: ServiceRequestTemplate

    init(_ template: ServiceRequestTemplate, _ given: JSONObject, more: JSONObject, about subject: Subject) {
        self.template = template
        for field in fields { values[field.name] = Self.usual(for: field, template, subject) }
        for member in given.members { fill(member.name, member.value) }
        for member in more.members { addField(member.name, member.value) }
    }

    /// Those that are filled in here; the summary and the description are arguments of their own.
    var fields: [Field] { template.fields.filter { !$0.isSummary && !$0.isDescription } }

    /// Whether the ticket cannot be filed without a description.
    var needsDescription: Bool { template.fields.contains { $0.isDescription && $0.isRequired == true } }

    var missing: [Field] { fields.filter { $0.isRequired == true && values[$0.name] == nil } }

    /// In the order of the template.
    var filled: [(name: String, value: Value)] {
        fields.compactMap { field in values[field.name].map { (field.name, $0) } }
    }
}

extension TicketForm {
    private mutating func fill(_ name: String, _ json: JSON) {
        guard !json.isNull, json.string?.trimmed.isEmpty != true else { return }
        if let field = template.fields.first(where: { $0.isCalled(name) }) {
            guard !field.isSummary, !field.isDescription else {
                let argument = field.isSummary ? "summary" : "description"
                return mistakes.append(
                    "`ticket_fields` cannot hold \(escaped: field.name): use \(code: argument)."
                )
            }
            do { values[field.name] = try Self.value(json, for: field) } catch { mistakes.append(error.sentence) }
        } else if template.additionalFields.contains(where: { Suggestion.isSame($0.name, name) }) {
            mistakes.append("`ticket_fields` cannot hold \(escaped: name): use `custom_fields`.")
        } else {
            mistakes.append(Self.unknown(name, in: "ticket_fields", among: fields.map { $0.name }))
        }
    }

    private mutating func addField(_ name: String, _ json: JSON) {
        guard let field = template.additionalFields.first(where: { Suggestion.isSame($0.name, name) }) else {
            let known = template.additionalFields.map { $0.name }
            return mistakes.append(Self.unknown(name, in: "custom_fields", among: known))
        }
        guard let text = json.bool.map({ $0 ? "true" : "false" }) ?? json.plainText else { return }
        let option = field.options.first { Suggestion.isSame($0, text) }
        guard option != nil || field.options.isEmpty else {
            return mistakes.append(
                """
                \(escaped: field.name) cannot be \(escaped: text); it is one of \
                \(escaped: field.options.joined(separator: ", ")).
                """
            )
        }
        additional.append((field.name, option ?? text))
    }

    private static func unknown(_ name: String, in argument: String, among known: [String]) -> Inline {
        let start: Inline = "\(code: argument) has no field \(escaped: String(name.prefix(60)))"
        if let nearest = Suggestion.nearest(to: name, among: known) {
            return "\(start); did you mean \(escaped: nearest)?"
        }
        if known.isEmpty { return "\(start): this ticket has no such fields." }
        return "\(start); its fields are \(escaped: known.joined(separator: ", "))."
    }
}

extension TicketForm {
    private struct Mistake: Error {
        let sentence: Inline
    }

    /// What fills itself in: who asks, what the ticket is about, and the template's own choice.
    private static func usual(
        for field: Field,
        _ template: ServiceRequestTemplate,
        _ subject: Subject
    ) -> Value? {
        if field.isAboutAsker, let user = template.currentUser { return Value(json: .string(user), shown: user) }
        if field.type == "catalog", let ids = ServiceRequestDraft.value(of: subject.ids) {
            let isOfKind = field.objectType == nil || field.objectType == subject.type
            guard isOfKind, subject.ids.count == 1 || field.allowsSeveral != false else { return nil }
            return Value(json: ids, shown: subject.names.joined(separator: ", "))
        }
        let usual = field.options.first { $0.value == field.defaultValue } ?? field.options.first { $0.isSelected }
        if let usual { return Value(json: .string(usual.value), shown: usual.label) }
        return field.defaultValue.map { Value(json: .string($0), shown: $0) }
    }

    private static func value(_ json: JSON, for field: Field) throws(Mistake) -> Value {
        let json = json.unquoted
        let items = json.array ?? [json]
        guard items.count <= 1 || field.allowsSeveral != false else {
            throw Mistake(sentence: "\(escaped: field.name) takes one value, and \(items.count) were given.")
        }
        var values: [Value] = []
        for item in items { values.append(try one(item, for: field)) }
        guard values.count > 1 else {
            guard let value = values.first else { throw Mistake(sentence: "\(escaped: field.name) is an empty list.") }
            return value
        }
        return Value(json: .array(values.map { $0.json }), shown: values.map { $0.shown }.joined(separator: ", "))
    }

    private static func one(_ json: JSON, for field: Field) throws(Mistake) -> Value {
        if case .bool(let value) = json { return Value(json: json, shown: value ? "yes" : "no") }
        guard json.object == nil, let text = json.plainText else {
            throw Mistake(sentence: "\(escaped: field.name) must be a text, a number, or yes or no.")
        }
        if !field.options.isEmpty {
            let option = field.options.first { Suggestion.isSame($0.label, text) || Suggestion.isSame($0.value, text) }
            guard let option else {
                let known = field.options.map { $0.label }.joined(separator: ", ")
                let given = String(text.prefix(60))
                throw Mistake(
                    sentence: "\(escaped: field.name) cannot be \(escaped: given); it is one of \(escaped: known)."
                )
            }
            return Value(json: .string(option.value), shown: option.label)
        }
        if field.type.hasPrefix("date") {
            guard let date = TicketDate(text) else {
                throw Mistake(
                    sentence: "\(escaped: field.name) must be a day such as 2026-12-31, or with a time 17:00."
                )
            }
            return Value(json: .string(date.text), shown: date.text)
        }
        return Value(json: json, shown: text)
    }
}

extension ServiceRequestTemplate.Field {
    fileprivate var isSummary: Bool { code == "summary" }
    fileprivate var isDescription: Bool { code == "description" || code == "desc" }

    /// Whether it names the person who asks, or for whom it is asked.
    fileprivate var isAboutAsker: Bool {
        isFilledByCurrentUser || type == "oeusers" && ["requestedby", "requestedfor"].contains(Suggestion.folded(name))
    }

    fileprivate func isCalled(_ text: String) -> Bool {
        Suggestion.isSame(name, text) || code.map { Suggestion.isSame($0, text) } ?? false
    }
}
