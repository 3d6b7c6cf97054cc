import JSON
import MCPClient

/// A list of a server, all its pages together.
struct WholeList: Sendable {
    var items: [JSON] = []
    /// How long all of it may be kept, as the server says; nil where it says nothing.
    var milliseconds: Int?
    /// Whether every page may be shown to anyone.
    var isPublic = true
    /// How many entries the pages say that they leave out.
    var omitted = 0

    static func of(
        _ method: String,
        _ member: String,
        _ send: (RemoteCall) async throws(RemoteFailure) -> JSON
    ) async throws(RemoteFailure) -> WholeList {
        var pages = WholeList()
        var seen: Set<String> = []
        var params: JSONObject?
        for _ in 0..<RemoteCall.mostPages {
            let page = try await send(RemoteCall(method, params, isRepeatable: true))
            pages.join(page, member)
            guard let cursor = page["nextCursor"]?.string, seen.insert(cursor).inserted else { break }
            params = JSONObject([.init("cursor", .string(cursor))])
        }
        return pages
    }

    private mutating func join(_ page: JSON, _ member: String) {
        items += page[member]?.array ?? []
        omitted += page["_meta"]?[OmittedTools.key]?.int ?? 0
        if let own = page["ttlMs"]?.int { milliseconds = min(milliseconds ?? own, own) }
        if page["cacheScope"]?.string != "public" { isPublic = false }
    }
}
