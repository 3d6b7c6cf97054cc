import Bridge
import HTTP
import JSON
import MCPClient
import RESTFacade
import Settings

/// What stands at the root where there are several servers: which they are, and all of their tools in one document.
struct ServersRoot: Sendable {
    private let servers: [(path: String, server: RESTServer)]
    private let names: [String]
    private let base: String
    private let version: String
    private let asksForKey: Bool

    init(_ servers: [(path: String, server: RESTServer)], names: [String], _ settings: Settings) {
        self.servers = servers
        self.names = names
        base = settings.bridge.basePath.text
        version = settings.server.version
        asksForKey = settings.bridge.callers.apiKey != nil
    }

    func mount(on sites: inout BridgeService.Sites) {
        sites.routes["/"] = { _ in RESTServer.jsonResponse(index) }
        sites.routes["/health"] = { _ in await health() }
        sites.routes["/ready"] = { _ in await readiness() }
        sites.routes["/openapi.json"] = { request in
            let document = await document(for: request.caller)
            do throws(RESTError) { return try document.response(to: request) } catch {
                return RESTServer.response(error, requestID: request.id)
            }
        }
        sites.routes["/docs"] = { request in await document(for: request.caller).page }
    }

    private var index: JSON {
        [
            "name": "oe-mcp bridge", "version": .string(version), "documentation": .string("\(base)/docs"),
            "message": "A bridge to several MCP servers, each below its own path.",
            "urls": .strings(servers.map { base + $0.path } + ["\(base)/openapi.json", "\(base)/docs", "\(base)/mcp"]),
        ]
    }

    private func health() async -> HTTPResponse {
        var remotes = JSONObject()
        for (path, server) in servers { remotes[String(path.dropFirst())] = await server.remoteStatus() }
        return RESTServer.jsonResponse(["status": "healthy", "version": .string(version), "remotes": .object(remotes)])
    }

    /// One server that is down is named, and stops no other.
    private func readiness() async -> HTTPResponse {
        var missing: [String] = []
        for (path, server) in servers where !(await server.isReady()) { missing.append(String(path.dropFirst())) }
        let isReady = missing.count < max(servers.count, 1)
        let omitted = servers.compactMap { path, server in
            server.omittedTools.map { JSONObject.Member(String(path.dropFirst()), $0) }
        }
        return RESTServer.jsonResponse(
            .members(
                ("status", isReady ? "ready" : "not_ready"),
                ("missing", .strings(missing)),
                ("tools_omitted", omitted.isEmpty ? nil : .object(JSONObject(omitted)))
            ),
            isReady ? .ok : .serviceUnavailable
        )
    }

    private func document(for caller: BridgeCaller) async -> OpenAPIDocument {
        var parts: [OpenAPIDocument.Part] = []
        var missing: [String] = []
        for (path, server) in servers {
            let name = String(path.dropFirst())
            do throws(RemoteFailure) {
                let tools = try await server.document(for: caller).parts.flatMap { $0.tools }
                parts.append(OpenAPIDocument.Part(path: path, prefix: "\(name)__", tools: tools))
            } catch {
                missing.append(name)
            }
        }
        let absent = missing.isEmpty ? "" : " Not reached at the moment: \(missing.joined(separator: ", "))."
        return OpenAPIDocument(
            title: "oe-mcp bridge",
            version: version,
            description: "The tools of \(names.joined(separator: ", ")).\(absent)",
            server: base,
            parts: parts,
            asksForKey: asksForKey
        )
    }
}
