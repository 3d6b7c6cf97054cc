package import JSON

/// For each object, which rules it has and which check suits it.
package struct QualityAssessment: Model, Hashable {
    package let rows: [Row]
    package let json: JSON

    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        guard let rows = try payload.list("rows", "items") else {
            throw JSONMismatch(path: "data.rows", expected: "a list", found: (payload["rows"] ?? payload).kind)
        }
        self.rows = try rows.map { row throws(JSONMismatch) in try Row(row) }
        self.json = json
    }

    /// The reply with these rows in place of its own.
    package func showing(_ rows: [Row]) -> JSON {
        var data = json.payload
        if data.object == nil { data = [:] }
        data["items"] = nil
        data["rows"] = .array(rows.map { $0.json })
        guard json["data"] != nil else { return data }
        var json = json
        json["data"] = data
        return json
    }

    package struct Row: Hashable, Sendable {
        package let id: Int?
        package let type: String?
        /// Such as `users.email`.
        package let name: String?
        package let description: String?
        package let businessRule: String?
        /// What is odd about the description, in the product's words.
        package let descriptionMessage: String?
        /// Nil when the product identified none.
        package let function: String?
        package let candidates: [Candidate]
        package let recommendedRule: RuleReference?
        /// Nil when the product does not return it.
        package let hasRule: Bool?
        package let existingRules: [ExistingRule]
        package let link: NavLink?
        package let json: JSON

        init(_ json: JSON) throws(JSONMismatch) {
            id = json["objectId"]?.wholeNumber
            type = json.text("objectType")
            name = json.text("tableColumnName", "objectName", "name")
            description = json["businessDescription"].flatMap { RichText($0) }?.text
            businessRule = json.text("businessRule")
            descriptionMessage = json.text("descriptionMessage")
            function = json.text("recommendedFunction").flatMap { Self.isNone($0) ? nil : $0 }
            candidates = (try json.list("recommendedFunctionCandidates") ?? []).compactMap { Candidate($0) }
            let rule = json.text("recommendedRule").flatMap { Self.isNone($0) ? nil : $0 }
            recommendedRule = rule.map { RuleReference(id: json["recommendedRuleId"]?.wholeNumber, name: $0) }
            let rules = (try json.list("existingRulesForFunction") ?? []).map { ExistingRule($0) }
            existingRules = rules
            hasRule = rules.contains { $0.isAssociated == true } ? true : json["associatedToDqRule"]?.flag
            link = json.text("objectRedirectUrl").flatMap { NavLink($0) }
            self.json = json
        }

        /// Ids are counted for each kind of object, so that the same id alone says nothing.
        package func isAbout(_ object: QualityObject) -> Bool { object.isNamed(id, type) }

        /// The product has words for having nothing to say.
        private static func isNone(_ text: String) -> Bool {
            ["not identified", "not available", "none"].contains(text.lowercased())
        }
    }

    package struct RuleReference: Hashable, Sendable {
        package let id: Int?
        package let name: String
    }

    /// A check that may suit, and how well.
    package struct Candidate: Hashable, Sendable {
        package let function: String
        package let score: Double?
        package let reason: String?

        init?(_ json: JSON) {
            guard let function = json.text("functionName", "name") else { return nil }
            self.function = function
            score = json["score"]?.decimal
            reason = json.text("matchReason")
        }

        /// One that the product made for a tool of its own, which says nothing to people.
        package var isInternal: Bool { function.lowercased().hasPrefix("dbt_") }
    }

    /// A rule that already makes the recommended check.
    package struct ExistingRule: Hashable, Sendable {
        package let id: Int?
        package let name: String?
        package let purpose: String?
        /// Nil when the product does not return it.
        package let isAssociated: Bool?
        package let json: JSON

        init(_ json: JSON) {
            id = json["dqruleId"]?.wholeNumber
            name = json.text("name", "ruleName")
            purpose = json.text("purpose")
            isAssociated = json["associatedToObject"]?.flag
            self.json = json
        }
    }
}
