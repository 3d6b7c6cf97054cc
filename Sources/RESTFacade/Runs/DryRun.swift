import HTTP
import JSON
import JSONRPC
import MCPClient

/// Stands in for the server where a call is only tried: nothing is sent, and the result says so.
struct DryRun: RemoteSession {
    static func isAsked(by fields: HTTPFields) -> Bool { fields["X-Inxm-Dry-Run"]?.lowercased() == "true" }

    /// The answer of an MCP endpoint, where a call that was believed to be a dry run would be made.
    static var refusal: HTTPResponse {
        let error = RPCError.invalidRequest(
            "Only the REST interface knows X-Inxm-Dry-Run, so this would be done. Leave it out, or POST to /tools/{name}."
        )
        return HTTPResponse(
            .badRequest,
            fields: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: Outcome.failure(error).response(to: nil)
        )
    }

    var server: RemoteServer? { nil }
    func open() async throws(RemoteFailure) -> RemoteServer { throw .cancelled }
    func notify(_: Notification) async {}
    func close() async {}

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        let name = call.params?["name"]?.string ?? ""
        return [
            "content": [
                [
                    "type": "text",
                    "text": .string("Dry run: `\(name)` was not called. What is sent fits its schema."),
                ]
            ],
            "isError": false, "_meta": ["dry_run": true],
        ]
    }
}
