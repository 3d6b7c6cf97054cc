import Bridge
import HTTP
import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization

/// A server that answers as it is told, in this process.
final class Scripted: Upstream {
    typealias Answer = @Sendable (RemoteCall) async -> Result<JSON, RemoteFailure>

    let name: String
    let revision: Revision
    private let answer: Answer
    private let calls = Mutex<[RemoteCall]>([])

    init(_ name: String = "scripted", _ revision: Revision = .newestWithHandshake, _ answer: @escaping Answer) {
        self.name = name
        self.revision = revision
        self.answer = answer
    }

    /// One with these tools, which answers calls as it is told.
    convenience init(
        _ name: String = "scripted",
        _ revision: Revision = .newestWithHandshake,
        tools: [JSON],
        called: @escaping Answer = { _ in .success(["content": []]) }
    ) {
        self.init(name, revision) { call in
            switch call.method {
            case "tools/list": .success(["tools": .array(tools)])
            case "ping", "server/discover": .success([:])
            case "tools/call": await called(call)
            default: .failure(.refused(.methodNotFound(call.method)))
            }
        }
    }

    func made(_ method: String = "tools/call") -> [RemoteCall] { calls.withLock { $0.filter { $0.method == method } } }

    func session(for _: RemoteClient, as _: BridgeCaller, events _: any RemoteSessionEvents) -> any RemoteSession {
        Session(scripted: self)
    }

    private struct Session: RemoteSession {
        let scripted: Scripted

        private var own: RemoteServer {
            RemoteServer(
                scripted.revision,
                JSONObject([.init("capabilities", ["tools": [:]]), .init("serverInfo", ["name": "s"])])
            )
        }

        var server: RemoteServer? { own }
        func open() async throws(RemoteFailure) -> RemoteServer { own }

        func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
            scripted.calls.withLock { $0.append(call) }
            return try await scripted.answer(call).get()
        }

        func notify(_: Notification) async {}
        func close() async {}
    }
}
