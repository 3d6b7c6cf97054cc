/// What to look for in data stories and in the platform's documentation.
package struct KnowledgeSearchQuery: Hashable, Sendable {
    package static let highestLimit = 50
    private static let mostCandidates = 512
    private static let usualCandidates = 128

    package var query: String?
    package var contentQuery: String?
    package var storyZoneName: String?
    package var storyName: String?
    package var objectID: Int?
    package var limit: Int?
    package var candidates: Int?

    package init() {}

    package var isEmpty: Bool {
        query == nil && contentQuery == nil && storyZoneName == nil && storyName == nil && objectID == nil
    }

    /// As parameters; absent ones are nil.
    var parameters: [(String, String?)] {
        [
            ("query", query), ("contentQuery", contentQuery), ("storyZoneName", storyZoneName),
            ("storyName", storyName), ("objectId", objectID.map { String($0) }), ("limit", limit.map { String($0) }),
            ("numCandidates", candidatesToSend.map { String($0) }),
        ]
    }

    /// The search looks at no fewer passages than it is to return, and never at more than the product allows.
    private var candidatesToSend: Int? {
        switch (limit, candidates) {
        case (nil, nil): nil
        case (let limit?, nil): min(Self.mostCandidates, max(Self.usualCandidates, limit))
        case (nil, let candidates?): min(Self.mostCandidates, max(1, candidates))
        case (let limit?, let candidates?): min(Self.mostCandidates, max(candidates, limit))
        }
    }
}
