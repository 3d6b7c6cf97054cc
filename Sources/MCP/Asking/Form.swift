package import JSON

/// A few fields for a person to fill in; never for a secret (client/elicitation, "Security Considerations").
package struct Form: Hashable, Sendable {
    /// Why it is asked, for the person.
    package let message: String
    package let fields: [Field]

    package init(_ message: String, _ fields: [Field]) {
        self.message = message
        self.fields = fields
    }

    package func params(for revision: Revision) -> JSON {
        let properties = fields.map { JSONObject.Member($0.name, $0.schema(for: revision)) }
        let required = fields.filter { $0.isRequired }.map { $0.name }
        return [
            "message": .string(message),
            "requestedSchema": .members(
                ("type", "object"),
                ("properties", .object(JSONObject(properties))),
                ("required", required.isEmpty ? nil : .strings(required))
            ),
        ]
    }

    /// The fields that were filled in, or what is wrong with them, as a sentence.
    package func read(_ content: JSON) -> Result<JSONObject, Unfit> {
        guard let given = content.object else { return .failure(Unfit("The form came back without its fields.")) }
        var values = JSONObject()
        for field in fields {
            guard let raw = given[field.name], !raw.isNull else {
                if field.isRequired { return .failure(Unfit("The form came back without `\(field.name)`.")) }
                continue
            }
            guard let value = field.value(raw) else {
                return .failure(Unfit("`\(field.name)` came back as something that the form does not allow."))
            }
            values[field.name] = value
        }
        return .success(values)
    }

    package struct Unfit: Error {
        package let problem: String
        init(_ problem: String) { self.problem = problem }
    }
}

/// The outcome of a form.
package enum FormAnswer: Hashable, Sendable {
    /// With the fields that were filled in, each as its kind says.
    case accepted(JSONObject)
    case declined
    /// Closed without a decision.
    case cancelled
    /// The client cannot show forms.
    case notPossible
}
