import JSON
import JSONRPC
import MCPClient

/// Stands in for the server where a call is only tried: nothing is sent, and the result says so.
struct DryRun: RemoteSession {
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
