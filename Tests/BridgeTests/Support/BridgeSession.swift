import JSON
import JSONRPC
import MCP
import MCPClient
import TestSupport

@testable import Bridge

/// A client of a bridge in front of a scripted server, message by message.
struct BridgeSession {
    let bridge: Bridge
    let connection: BridgeConnection
    let wire: TestSession

    init(_ upstream: any Upstream, _ options: BridgeOptions = BridgeOptions(), requestsInFlight: Int = 32) {
        self.init(Bridge(upstream, options), requestsInFlight: requestsInFlight)
    }

    init(_ bridge: Bridge, for caller: BridgeCaller = .local, requestsInFlight: Int = 32) {
        self.bridge = bridge
        connection = bridge.connection(for: caller)
        wire = TestSession(handler: connection, requestsInFlight: requestsInFlight)
    }

    func write(_ json: JSON) { wire.write(json.text) }
    func read() async throws -> JSON { try JSON(parsing: await wire.read()) }

    /// Sends a request under an id, and does not wait.
    func send(_ id: JSON, _ method: String, _ params: JSON? = nil) {
        write(.members(("jsonrpc", "2.0"), ("id", id), ("method", .string(method)), ("params", params)))
    }

    func answer(_ question: JSON, _ result: JSON) {
        write(["jsonrpc": "2.0", "id": question["id"] ?? .null, "result": result])
    }

    /// The next messages, sorted by what they are.
    func read(_ count: Int) async throws -> [JSON] {
        var messages: [JSON] = []
        for _ in 0..<count { messages.append(try await read()) }
        return messages
    }
}

extension JSON {
    static func meta(_ capabilities: JSON = [:], _ others: JSON = [:]) -> JSON {
        var meta = others
        meta["io.modelcontextprotocol/clientCapabilities"] = capabilities
        return .stateless(meta)
    }
}

/// Waits until what another task sets is there.
func asking(_ call: RemoteCall, _ method: String, _ params: JSON) async throws(RemoteFailure) -> JSON {
    guard let outcome = await call.events?.asked(method, params) else { throw .cancelled }
    switch outcome {
    case .success(let answer): return (try? JSON(parsing: answer.bytes)) ?? .null
    case .failure(let error): throw .refused(error)
    }
}
