package import JSON

/// The requests that ask a question in one variant, and how their answers become one of the newest shape.
package struct RequestPlan: Sendable {
    package struct Part: Sendable {
        package let name: String
        package let request: APIRequest<JSON>

        init(_ name: String, _ request: APIRequest<JSON>) {
            self.name = name
            self.request = request
        }
    }

    /// The outcome of one part.
    package enum Outcome: Sendable {
        case found(JSON)
        /// `why` is reported with the answer.
        case failed(OvalEdgeError, why: String)

        var json: JSON? { if case .found(let json) = self { json } else { nil } }
    }

    typealias Shape = @Sendable (_ outcomes: [String: Outcome]) -> JSON

    /// Says whether the release has the variant; without its answer the plan has none.
    package let lead: Part
    /// Asked when the lead has answered; one that fails is reported in the answer.
    package let others: [Part]
    /// Whether a lead that finds nothing is an answer.
    package let mayFindNothing: Bool
    private let shape: Shape?

    /// One request, whose answer has the newest shape.
    init(_ request: APIRequest<JSON>) {
        lead = Part("", request)
        others = []
        mayFindNothing = false
        shape = nil
    }

    init(_ lead: Part, _ others: [Part] = [], mayFindNothing: Bool = false, shape: @escaping Shape) {
        self.lead = lead
        self.others = others
        self.mayFindNothing = mayFindNothing
        self.shape = shape
    }

    /// The answer in the newest shape; a refusal is left as it is.
    func answer(_ lead: Outcome, _ others: [String: Outcome]) -> JSON {
        guard let shape else { return lead.json ?? [:] }
        if let json = lead.json, Refusal(json) != nil { return json }
        return shape(others.merging([self.lead.name: lead]) { _, lead in lead })
    }
}

extension JSON {
    /// Members with content under `data`, and what could not be read under `data.notRead`, by its name.
    static func answer(_ members: [(String, JSON?)], _ outcomes: [String: RequestPlan.Outcome]) -> JSON {
        let failures = outcomes.sorted { $0.key < $1.key }.compactMap { name, outcome -> JSONObject.Member? in
            guard case .failed(_, let why) = outcome else { return nil }
            return JSONObject.Member(name, .string(why))
        }
        let notRead = failures.isEmpty ? nil : JSON.object(JSONObject(failures))
        let given = members + [("notRead", notRead)]
        return [
            "ok": true,
            "data": .object(JSONObject(given.compactMap { name, json in json.map { JSONObject.Member(name, $0) } })),
        ]
    }

    /// What could not be read, with a sentence each.
    package var notRead: [(name: String, why: String)] {
        (payload["notRead"]?.object?.members ?? []).compactMap { member in member.value.string.map { (member.name, $0) }
        }
    }

    /// The content of an answer without what only wraps it.
    var unwrapped: JSON {
        guard let object = payload.object else { return payload }
        return .object(JSONObject(object.members.filter { $0.name != "ok" && $0.name != "message" }))
    }
}
