package import MCP
package import OvalEdge
package import Rendering
package import Writes

/// A tool whose calls can change something in OvalEdge: they pass the ``WriteWorkflow``.
package protocol WritingTool: Tool, WritingCall {
    static var family: WriteFamily { get }
    /// Whether anything of it may be done when these families of writes are allowed.
    static func isOffered(allowing families: Set<WriteFamily>) -> Bool
    /// The choices of its arguments that would write more than these families.
    static func steps(beyond families: Set<WriteFamily>) -> Set<String>
}

extension WritingTool {
    package static var writing: (any WritingTool.Type)? { self }

    package static func isOffered(allowing families: Set<WriteFamily>) -> Bool { families.contains(family) }
    package static func steps(beyond families: Set<WriteFamily>) -> Set<String> { [] }

    /// The registry hands it to the workflow, and nothing calls this.
    package func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> SizedAnswer {
        SizedAnswer(.failure("Nothing was written outside of the write workflow. Tell the operator of this server."))
    }
}
