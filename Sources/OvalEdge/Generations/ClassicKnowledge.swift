import HTTP
import JSON

/// Stories and documentation from an endpoint each.
extension KnowledgeSearchQuery {
    /// Throws where the stories are narrowed in a way that the older endpoint has no words for.
    func classicPlan() throws(OvalEdgeError) -> RequestPlan {
        if objectID != nil, storyName != nil || contentQuery != nil {
            let names = [storyName.map { _ in "story_name" }, contentQuery.map { _ in "content_query" }]
            throw .notExpressible(names.compactMap { $0.map { "\($0) with object_id" } })
        }
        let docs = query.map { question in
            RequestPlan.Part("platformDocs", .get("/api/v1/mcp/search-platform-docs", docsParameters(question)))
        }
        let story = storyPart
        guard let lead = docs ?? story else { throw .notExpressible(["story_zone_name alone"]) }
        let others = docs == nil ? [] : [story].compactMap { $0 }
        return RequestPlan(lead, others, mayFindNothing: docs == nil) { outcomes in
            let outcomes = outcomes.filter { !$0.value.isNothing }
            let docs = outcomes["platformDocs"]?.json.map { $0.unwrapped }
            return .answer(
                [
                    ("dataStories", outcomes["dataStories"]?.json?.payload),
                    ("platformDocs", docs?.array.map { ["chunks": .array($0)] } ?? docs),
                ],
                outcomes
            )
        }
    }

    /// Words for the documentation are looked for in stories, too, as the newest endpoint does.
    private var storyPart: RequestPlan.Part? {
        let words = contentQuery ?? (objectID == nil && storyName == nil ? query : nil)
        guard objectID != nil || storyName != nil || words != nil else { return nil }
        return RequestPlan.Part(
            "dataStories",
            .get(
                "/api/v1/mcp/lookup-datastory",
                [
                    ("objectId", objectID.map { String($0) }), ("storyName", storyName), ("contentQuery", words),
                    ("storyZoneName", storyZoneName),
                ]
            )
        )
    }

    private func docsParameters(_ question: String) -> [(String, String?)] {
        [("query", question)] + parameters.filter { ["limit", "numCandidates"].contains($0.0) }
    }
}

extension RequestPlan.Outcome {
    /// No match is no failure.
    var isNothing: Bool {
        if case .failed(let error, _) = self { error.status == HTTPStatus.notFound.rawValue } else { false }
    }
}
