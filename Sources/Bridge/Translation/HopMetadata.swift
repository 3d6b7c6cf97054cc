import JSON
import MCP

/// What of a request's `_meta` is about one hop, and never goes on to the next.
enum HopMetadata {
    private static let keys = [
        RequestMetadata.protocolVersion, RequestMetadata.clientCapabilities, RequestMetadata.clientInfo,
        RequestMetadata.logLevel,
    ]

    /// The params as they go on, and the client's token where it asked for progress.
    static func carried(_ params: JSONObject) -> (params: JSONObject, token: JSON?) {
        guard case .object(var meta)? = params["_meta"] else { return (params, nil) }
        let token = meta["progressToken"]
        meta.members.removeAll { $0.name == "progressToken" || keys.contains($0.name) }
        var params = params
        params["_meta"] = meta.isEmpty ? nil : .object(meta)
        return (params, token)
    }

    /// Asks a server of 2026-07-28 for log lines of this request.
    static func asking(for level: String, in params: JSONObject) -> JSONObject {
        var params = params
        var meta = params["_meta"]?.object ?? JSONObject()
        meta[RequestMetadata.logLevel] = .string(level)
        params["_meta"] = .object(meta)
        return params
    }

    /// Without what an answer of 2026-07-28 says of its server; nil where nothing is left.
    static func withoutServer(_ meta: JSON?) -> JSON? {
        guard case .object(var members)? = meta else { return meta }
        members[RequestMetadata.serverInfo] = nil
        return members.isEmpty ? nil : .object(members)
    }
}
