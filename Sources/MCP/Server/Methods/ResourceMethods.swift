import JSON
package import JSONRPC

extension Method {
    static let resources = [
        "resources/list": Method(if: hasResources) { (server, params, context) throws(RPCError) in
            try server.page(of: .resources, params, in: context)
        },
        "resources/templates/list": Method(if: hasResources) { (server, params, context) throws(RPCError) in
            try server.page(of: .resourceTemplates, params, in: context)
        },
        "resources/read": Method(if: hasResources) { (server, params, context) throws(RPCError) in
            try server.resourceReading(params, in: context)
        },
    ]

    private static let hasResources: @Sendable (Server, Revision) -> Bool = { server, _ in server.resources != nil }
}

extension Server {
    fileprivate func resourceReading(_ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        guard let resources else { throw .methodNotFound("resources/read") }
        guard let uri = params["uri"]?.string else { throw .invalidParams("`uri` must be the URI of a resource.") }
        guard URIText.isValid(uri) else {
            throw .invalidParams("`uri` is not a URI; `resources/list` has those that can be read.")
        }
        return try conversing("resources/read", params, in: context) { [self] context in
            guard let answer = try await resources.read(uri, in: context), !answer.contents.isEmpty else {
                throw RPCError.resourceNotFound(uri, for: context.revision)
            }
            return projection(for: context).reading(answer)
        }
    }
}

extension RPCError {
    /// -32602 in 2026-07-28, which gives the old code up, and -32002 before (server/resources, "Error Handling").
    package static func resourceNotFound(_ uri: String, for revision: Revision) -> RPCError {
        RPCError(
            code: revision.isStateless ? -32602 : -32002,
            "Resource not found; `resources/list` and `resources/templates/list` show what there is.",
            data: ["uri": .string(uri)]
        )
    }
}
