package import JSON

/// What came of asking for the queries of a rule: the queries, or a better way.
package struct GeneratedQueries: Model, Hashable {
    package enum Outcome: String, Sendable {
        case generated
        case crossSchema = "cross_schema_blocked"
        case standardFunction = "function_based"
        case notIdentified = "function_not_identified"
        case codeFound = "code_found"
    }

    package enum Reuse: String, Sendable {
        case associateRule = "associate_existing_dqr"
        case createFromCode = "create_from_code"
        case alreadyAssociated = "already_associated"
    }

    /// Nil for a status that is not known here.
    package let outcome: Outcome?
    package let status: String
    package let message: String?
    package let function: String?
    /// Nil unless all three are there.
    package let queries: QualityQuerySet?
    package let connection: Int?
    package let schema: Int?
    package let codeObject: Int?
    /// The rule that is already made of that code.
    package let codeRule: Int?
    package let reuse: Reuse?
    package let json: JSON

    /// The outcome alone says something.
    package static func isNothing(_ json: JSON) -> Bool {
        json.holdsNothing && json["data"]?.text("status") == nil
    }

    package init(_ json: JSON) throws(JSONMismatch) {
        let data = json.payload
        guard data.object != nil else {
            throw JSONMismatch(path: "data", expected: "an object", found: data.kind)
        }
        status = data.text("status") ?? "unknown"
        outcome = Outcome(rawValue: status)
        message = data.text("message")
        function = data.text("recommendedFunction")
        queries =
            if let rule = data.text("ruleQuery"), let stats = data.text("statsQuery"),
                let failed = data.text("failedValuesQuery")
            {
                QualityQuerySet(rule: rule, stats: stats, failedValues: failed)
            } else {
                nil
            }
        let context = data["context"] ?? data
        connection = context["connectionId"]?.wholeNumber
        schema = context["schemaId"]?.wholeNumber
        let matches = try data.list("matchingCodeObjects") ?? []
        let code = data["recommendedCodeObjectId"]?.wholeNumber ?? matches.first?["codeObjectId"]?.wholeNumber
        codeObject = code
        codeRule = matches.first { $0["codeObjectId"]?.wholeNumber == code }?["dqruleId"]?.wholeNumber
        reuse = data.text("recommendedReuseAction").flatMap { Reuse(rawValue: $0) }
        self.json = json
    }
}
