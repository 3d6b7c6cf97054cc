import JSON
import MCP
import MCPClient

/// `initialize` and `server/discover`, each made from the other.
enum Opening {
    private static let tasks = "io.modelcontextprotocol/tasks"

    /// What a client that asked for `requested` is answered: never newer than what the server speaks, unless that has no
    /// handshake.
    static func revision(for requested: String, from server: Revision) -> Revision {
        let known = Revision(rawValue: requested).flatMap { $0.isStateless ? nil : $0 } ?? .newestWithHandshake
        return server.isStateless ? known : min(known, server)
    }

    /// The result of `initialize`.
    static func initializeResult(of server: RemoteServer, for client: Revision) -> JSON {
        guard server.revision.isStateless else {
            var result = server.result
            result["protocolVersion"] = .string(client.rawValue)
            return .object(result)
        }
        var result = server.result
        let first: [JSONObject.Member] = [
            .init("protocolVersion", .string(client.rawValue)),
            .init("capabilities", withoutTasks(server.capabilities)),
            .init("serverInfo", server.info ?? ["name": "unnamed", "version": "0"]),
        ]
        result["_meta"] = HopMetadata.withoutServer(result["_meta"])
        let left = result.members.filter { !stateless.contains($0.name) }
        return .object(JSONObject(first + left))
    }

    private static let stateless: Set<String> = [
        "cacheScope", "capabilities", "protocolVersion", "resultType", "serverInfo", "supportedVersions", "ttlMs",
    ]

    /// The result of `server/discover`.
    static func discoverResult(of server: RemoteServer) -> JSON {
        let versions = JSON.strings(Revision.allCases.reversed().map { $0.rawValue })
        guard !server.revision.isStateless else {
            var result = server.result
            // What is spoken on this side is up to the bridge.
            result["supportedVersions"] = versions
            return .object(result)
        }
        let first: [JSONObject.Member] = [
            .init("resultType", "complete"), .init("supportedVersions", versions),
            .init("capabilities", withoutTasks(server.capabilities)),
        ]
        let own: Set<String> = ["protocolVersion", "capabilities", "serverInfo"]
        let left = server.result.members.filter { !own.contains($0.name) }
        return ResultToStateless.translated(.object(JSONObject(first + left)), of: "server/discover", from: server)
    }

    /// Neither form of tasks has a counterpart in the other era.
    static func withoutTasks(_ capabilities: JSON) -> JSON {
        var capabilities = capabilities
        capabilities["tasks"] = nil
        guard case .object(var extensions)? = capabilities["extensions"], extensions[tasks] != nil else {
            return capabilities
        }
        extensions[tasks] = nil
        capabilities["extensions"] = extensions.isEmpty ? nil : .object(extensions)
        return capabilities
    }
}
