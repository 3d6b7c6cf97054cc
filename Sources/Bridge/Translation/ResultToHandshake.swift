import JSON
import JSONRPC
import MCP

/// Results on their way to a client of a revision with a handshake.
enum ResultToHandshake {
    /// From a server of 2026-07-28: without what only that revision says, and as `revision` can take it.
    static func translated(_ result: JSON, of method: String, for revision: Revision) throws(RPCError) -> JSON {
        guard case .object(var members) = result else { return result }
        switch members["resultType"] {
        case nil, .string("complete")?: break
        case let other?:
            throw RPCError(
                code: -32603,
                "The server answered with a kind of result that this client's revision does not have.",
                data: ["resultType": other]
            )
        }
        members["resultType"] = nil
        if EraMethods.isCacheable(method) {
            members["ttlMs"] = nil
            members["cacheScope"] = nil
        }
        members["_meta"] = HopMetadata.withoutServer(members["_meta"])
        return DownLevel.projected(.object(members), of: method, from: .july2026, to: revision)
    }

    /// What the code of a server of 2026-07-28 means to a client of an earlier revision.
    static func translated(_ error: RPCError, of method: String) -> RPCError {
        switch error.code {
        case -32602 where method == "resources/read": RPCError(code: -32002, error.message, data: error.data)
        case -32022 ... -32020: ofThisHop(error)
        default: error
        }
    }

    /// It is about what the bridge sent, not about what the client did.
    static func ofThisHop(_ error: RPCError) -> RPCError {
        RPCError(
            code: -32603,
            "The server and the bridge did not understand each other: \(error.message)",
            data: ["error": error.json]
        )
    }
}
