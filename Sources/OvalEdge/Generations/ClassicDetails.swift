import JSON

extension RequestPlan {
    /// The record of an asset; for what has columns, its profile with it, for tables their relationships, too.
    static func objectDetails(id: Int, type: ObjectType) -> RequestPlan {
        let lead = Part("details", .get("/api/v1/mcp/object-details", .object(id, type)))
        guard type == .oetable || type == .oefile else {
            return RequestPlan(lead) { outcomes in outcomes["details"]?.json ?? [:] }
        }
        var others = [Part("profile", .get("/api/v1/mcp/column-profile", .object(id, type)))]
        if type == .oetable {
            let request = APIRequest<JSON>.get("/api/v1/mcp/entity-relationships", [("objectId", String(id))])
            others.append(Part("relationships", request))
        }
        return RequestPlan(lead, others) { OlderAnswer.details($0) }
    }
}

/// Answers of the older endpoints, in the shape that the newest one gives.
enum OlderAnswer {
    static func details(_ outcomes: [String: RequestPlan.Outcome]) -> JSON {
        let relationships = outcomes["relationships"]?.json?.unwrapped
        return .answer(
            [
                ("details", outcomes["details"]?.json?.payload), ("profile", outcomes["profile"]?.json?.unwrapped),
                ("relationships", relationships?.first(of: "relationships", "items") ?? relationships),
            ],
            outcomes
        )
    }

    /// Glossary terms and tags leave the hits and are in groups of their own.
    static func page(_ json: JSON) -> JSON {
        let content = json.unwrapped
        // Anything else is left for the model to refuse.
        guard let hits = content.array ?? content.first(of: "items")?.array else { return json }
        let terms = hits.filter { $0["objectType"] == "glossary" }
        let tags = hits.filter { $0["objectType"] == "oetag" }
        let others = hits.filter { $0["objectType"] != "glossary" && $0["objectType"] != "oetag" }
        let counts = (content.object?.members ?? []).filter { $0.name != "items" }.map { ($0.name, Optional($0.value)) }
        return .answer(
            counts + [
                ("items", .array(others)), ("glossaryTerms", terms.isEmpty ? nil : .array(terms)),
                ("tags", tags.isEmpty ? nil : .array(tags)),
            ],
            [:]
        )
    }

    /// One term or tag, several, or none.
    static func lookup(_ json: JSON?, as group: String) -> JSON {
        if let json, json.holdsNothing, !json.saysSuccess { return json }
        let content = json?.unwrapped ?? [:]
        let found = content.array ?? content.first(of: "items", group)?.listed
        let single = content.object?.isEmpty == false ? content : nil
        return .answer([("items", []), (group, found.map { .array($0) } ?? single)], [:])
    }
}
