import MCP
import OvalEdgeTools
import Settings

/// How this server identifies itself, to clients and to the people before them.
enum ServerIdentity {
    /// The instructions name the tools that are offered when a client asks for them.
    static func info(_ settings: Settings, tools: ToolAccess) -> ServerInfo {
        let profile = settings.profile
        // Two servers of one person must not look the same in a client.
        let naming = { (text: String) in profile.isDefault ? text : "\(text) (\(profile))" }
        return ServerInfo(
            name: naming(settings.server.name),
            version: settings.server.version,
            instructions: Instructions.text(for: EnabledTools(tools.tools)),
            title: naming("OvalEdge data catalog"),
            description: "Search and read an OvalEdge data catalog: assets, lineage, glossary, tags and data stories.",
            icons: [Icon(svg: drawing)]
        )
    }

    /// An oval, and on its edge a point that was found.
    private static let drawing = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" fill="#0f4c5c"/>\
        <ellipse cx="22" cy="24" rx="14" ry="9" fill="none" stroke="#fff" stroke-width="4"/>\
        <circle cx="36" cy="24" r="5" fill="#fb8b24"/></svg>
        """
}
