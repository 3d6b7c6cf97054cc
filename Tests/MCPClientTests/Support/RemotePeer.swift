import CurlHTTP
import HTTP
import HTTPServer
import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import TestSupport

@testable import MCPClient
@testable import StreamableHTTP

/// A server of ours over HTTP in this process.
struct ServedRemote {
    let http: HTTPServer

    init(_ server: Server = FixtureServer.server(), _ change: (inout StreamableHTTPConfiguration) -> Void = { _ in })
        throws
    {
        var configuration = StreamableHTTPConfiguration()
        configuration.isStateless = false
        configuration.responseForm = .auto
        configuration.limits.calls = 0
        configuration.limits.initializations = 0
        change(&configuration)
        let service = StreamableHTTP(
            server,
            configuration,
            authenticator: LocalAuthenticator(),
            seal: Seal(),
            shared: SharedParts(),
            log: .none
        )
        http = try HTTPServer(HTTPServerConfiguration(), log: .none, service: service)
    }

    var url: String { "http://127.0.0.1:\(http.port)/mcp" }
}

/// A client of ours, by libcurl.
func remote(_ url: String, connections: Int? = nil, _ change: (inout HTTPRemoteServer) -> Void = { _ in })
    -> HTTPRemoteServer
{
    var network = CurlConfiguration(proxy: "")
    // Far more than any test waits, for one whose calls wait for each other.
    network.connectTimeout = .seconds(30)
    network.maxConnections = connections
    network.maxIdleConnections = connections ?? network.maxIdleConnections
    network.idleLimit = .seconds(4)
    var server = HTTPRemoteServer(url, client: CurlClient(network, log: .none))
    change(&server)
    return server
}

let testClient = RemoteClient(
    info: ["name": "tester", "version": "1"],
    capabilities: ["elicitation": [:], "roots": [:], "sampling": [:]]
)

extension HTTPRemoteServer {
    func session(_ events: HeardEvents = HeardEvents()) -> any RemoteSession {
        session(for: testClient, events: events)
    }
}

extension RemoteSession {
    func tool(
        _ name: String,
        _ arguments: JSON = [:],
        wantsProgress: Bool = false,
        isRepeatable: Bool = false,
        events: HeardEvents? = nil
    ) async throws(RemoteFailure) -> JSON {
        let params = JSONObject([.init("name", .string(name)), .init("arguments", arguments)])
        let call = RemoteCall(
            "tools/call",
            params,
            wantsProgress: wantsProgress,
            isRepeatable: isRepeatable,
            events: events
        )
        return try await self.call(call)
    }
}

/// What came beside results.
final class HeardEvents: RemoteCallEvents, RemoteSessionEvents {
    private struct State {
        var progress: [JSONObject] = []
        var notices: [Notification] = []
        var questions: [String] = []
        var reconnections = 0
    }

    private let state = Mutex(State())
    private let reply: @Sendable (String, JSON?) async -> Outcome

    init(
        _ reply: @escaping @Sendable (String, JSON?) async -> Outcome = { method, _ in .failure(.methodNotFound(method))
        }
    ) {
        self.reply = reply
    }

    var progress: [JSONObject] { state.withLock { $0.progress } }
    var notices: [Notification] { state.withLock { $0.notices } }
    var methods: [String] { notices.map { $0.method } }
    var questions: [String] { state.withLock { $0.questions } }
    var reconnections: Int { state.withLock { $0.reconnections } }

    func progressed(_ params: JSONObject) { state.withLock { $0.progress.append(params) } }
    func notified(_ notification: Notification) { state.withLock { $0.notices.append(notification) } }
    func reconnected() { state.withLock { $0.reconnections += 1 } }

    func asked(_ method: String, _ params: JSON?) async -> Outcome {
        state.withLock { $0.questions.append(method) }
        return await reply(method, params)
    }
}
