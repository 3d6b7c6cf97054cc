import JSON
import JSONRPC
import MCP
import MCPClient

/// Results of a server with a handshake on their way to a client of 2026-07-28.
enum ResultToStateless {
    static func translated(_ result: JSON, of method: String, from server: RemoteServer) -> JSON {
        guard case .object(var members) = result else { return result }
        if members["resultType"] == nil { members["resultType"] = "complete" }
        if EraMethods.isCacheable(method) {
            if members["ttlMs"]?.int == nil { members["ttlMs"] = 0 }
            if members["cacheScope"]?.string == nil { members["cacheScope"] = "private" }
        }
        return .object(naming(server, in: members))
    }

    private static func naming(_ server: RemoteServer, in members: JSONObject) -> JSONObject {
        guard let info = server.info else { return members }
        var members = members
        var meta = members["_meta"]?.object ?? JSONObject()
        if meta[RequestMetadata.serverInfo] == nil { meta[RequestMetadata.serverInfo] = info }
        members["_meta"] = .object(meta)
        return members
    }

    static func translated(_ error: RPCError, of method: String, _ params: JSONObject) -> RPCError {
        switch error.code {
        case -32002 where method == "resources/read":
            RPCError(code: -32602, error.message, data: naming(params["uri"], in: error.data))
        // What only 2026-07-28 defines is not for a server of another revision to say.
        case -32042, -32022 ... -32020: ResultToHandshake.ofThisHop(error)
        default: error
        }
    }

    private static func naming(_ uri: JSON?, in data: JSON?) -> JSON? {
        guard data?["uri"] == nil, let uri else { return data }
        var members = data?.object ?? JSONObject()
        members["uri"] = uri
        return .object(members)
    }

    /// What the server wants opened in a browser before it goes on (-32042 of 2025-11-25), as the round of a request.
    static func opening(_ error: RPCError) -> JSON? {
        guard error.code == -32042, let pages = error.data?["elicitations"]?.array, !pages.isEmpty else { return nil }
        let requests = pages.enumerated().map { index, page in
            var params = page
            params["elicitationId"] = nil
            return JSONObject.Member("url-\(index + 1)", ["method": "elicitation/create", "params": params])
        }
        return ["resultType": "input_required", "inputRequests": .object(JSONObject(requests))]
    }
}
