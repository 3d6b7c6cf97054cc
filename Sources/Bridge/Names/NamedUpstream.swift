import JSON
import JSONRPC
package import MCPClient

/// A server of which some tools are hidden, or offered under other names.
package struct NamedUpstream: WrappingUpstream {
    package let base: any Upstream
    private let filter: ToolFilter
    private let names: OfferedNames

    package init(_ base: any Upstream, filter: ToolFilter = .everything, prefix: String = "") {
        self.base = base
        self.filter = filter
        names = OfferedNames(prefix: prefix)
    }

    package func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        let session = base.session(for: client, as: caller, events: events)
        guard !filter.isEverything || !names.prefix.isEmpty else { return session }
        return NamedSession(session, filter, names)
    }
}

/// Hides tools where they are listed and where they are called, and puts names into the server's words and back.
struct NamedSession: WrappingSession {
    let base: any RemoteSession
    private let filter: ToolFilter
    private let names: OfferedNames

    init(_ base: any RemoteSession, _ filter: ToolFilter, _ names: OfferedNames) {
        self.base = base
        self.filter = filter
        self.names = names
    }

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        switch call.method {
        case "tools/list": return offered(try await base.call(call))
        case "tools/call":
            guard let offered = call.params?["name"]?.string else { return try await base.call(call) }
            guard let name = try await original(of: offered), filter.allows(name) else {
                throw .refused(.invalidParams("Unknown tool: \(offered.prefix(80))"))
            }
            var call = call
            call.params?["name"] = .string(name)
            return try await base.call(call)
        default: return try await base.call(call)
        }
    }

    /// One page, without what is hidden.
    private func offered(_ page: JSON) -> JSON {
        guard let tools = page["tools"]?.array else { return page }
        var page = page
        page["tools"] = .array(
            tools.compactMap { tool in
                guard let name = tool["name"]?.string else { return tool }
                guard filter.allows(name) else { return nil }
                var tool = tool
                tool["name"] = .string(names.offer(name))
                return tool
            }
        )
        return page
    }

    /// A client may call what was listed in an earlier conversation: then all is listed first.
    private func original(of offered: String) async throws(RemoteFailure) -> String? {
        if let name = names.original(of: offered) { return name }
        let session = base
        let tools = try await WholeList.of("tools/list", "tools") { (call) async throws(RemoteFailure) in
            try await session.call(call)
        }
        for tool in tools.items { if let name = tool["name"]?.string { _ = names.offer(name) } }
        return names.original(of: offered)
    }
}
