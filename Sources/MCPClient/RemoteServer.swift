package import JSON
package import MCP

/// What a server has said of itself: the result of `initialize`, or of `server/discover`, as it came.
package struct RemoteServer: Hashable, Sendable {
    /// What is spoken with it.
    package let revision: Revision
    /// The whole result, with members that are not known here.
    package let result: JSONObject

    package init(_ revision: Revision, _ result: JSONObject) {
        self.revision = revision
        self.result = result
    }

    /// `serverInfo`, wherever its revision has it.
    package var info: JSON? { result["serverInfo"] ?? result["_meta"]?["io.modelcontextprotocol/serverInfo"] }
    package var capabilities: JSON { result["capabilities"] ?? [:] }
    package var instructions: String? { result["instructions"]?.string }
}
