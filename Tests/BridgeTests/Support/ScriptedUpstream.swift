import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization

@testable import Bridge

/// A server that answers as a test says, and remembers what it was asked.
final class ScriptedUpstream: Upstream {
    typealias Answering = @Sendable (RemoteCall, ScriptedSession) async throws(RemoteFailure) -> JSON

    let name = "scripted"
    private let hello: Mutex<Result<RemoteServer, RemoteFailure>>
    private let answer: Answering
    private let opened = Mutex<[ScriptedSession]>([])

    init(_ server: RemoteServer, _ answer: @escaping Answering = { _, _ in [:] }) {
        hello = Mutex(.success(server))
        self.answer = answer
    }

    var sessions: [ScriptedSession] { opened.withLock { $0 } }
    var calls: [RemoteCall] { sessions.flatMap { $0.calls } }

    /// From now on, that is how opening ends.
    func opens(as result: Result<RemoteServer, RemoteFailure>) { hello.withLock { $0 = result } }

    func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        let session = ScriptedSession(client, caller, events, { self.hello.withLock { $0 } }, answer)
        opened.withLock { $0.append(session) }
        return session
    }
}

final class ScriptedSession: RemoteSession {
    private struct State {
        var server: RemoteServer?
        var calls: [RemoteCall] = []
        var notifications: [Notification] = []
        var isClosed = false
    }

    let client: RemoteClient
    let caller: BridgeCaller
    let events: any RemoteSessionEvents
    private let hello: @Sendable () -> Result<RemoteServer, RemoteFailure>
    private let answer: ScriptedUpstream.Answering
    private let state = Mutex(State())

    init(
        _ client: RemoteClient,
        _ caller: BridgeCaller,
        _ events: any RemoteSessionEvents,
        _ hello: @escaping @Sendable () -> Result<RemoteServer, RemoteFailure>,
        _ answer: @escaping ScriptedUpstream.Answering
    ) {
        self.client = client
        self.caller = caller
        self.events = events
        self.hello = hello
        self.answer = answer
    }

    var calls: [RemoteCall] { state.withLock { $0.calls } }
    var notifications: [Notification] { state.withLock { $0.notifications } }
    var isClosed: Bool { state.withLock { $0.isClosed } }
    var server: RemoteServer? { state.withLock { $0.server } }

    func open() async throws(RemoteFailure) -> RemoteServer {
        let server = try hello().get()
        state.withLock { $0.server = server }
        return server
    }

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        _ = try await open()
        state.withLock { $0.calls.append(call) }
        return try await answer(call, self)
    }

    func notify(_ notification: Notification) async { state.withLock { $0.notifications.append(notification) } }
    func close() async { state.withLock { $0.isClosed = true } }
}

extension RemoteServer {
    private static let capabilities: JSON = [
        "tools": ["listChanged": true], "prompts": [:], "resources": ["subscribe": true, "listChanged": true],
        "logging": [:],
    ]

    /// One of a revision with a handshake.
    static func handshake(_ revision: Revision = .newestWithHandshake, _ capabilities: JSON = capabilities)
        -> RemoteServer
    {
        RemoteServer(
            revision,
            JSONObject([
                .init("protocolVersion", .string(revision.rawValue)), .init("capabilities", capabilities),
                .init("serverInfo", ["name": "old", "version": "1"]), .init("instructions", "Be kind."),
                .init("x-unknown", 1),
            ])
        )
    }

    static func stateless(_ capabilities: JSON = capabilities) -> RemoteServer {
        RemoteServer(
            .july2026,
            JSONObject([
                .init("resultType", "complete"), .init("supportedVersions", ["2026-07-28"]),
                .init("capabilities", capabilities), .init("instructions", "Be kind."), .init("ttlMs", 1000),
                .init("cacheScope", "public"),
                .init("_meta", ["io.modelcontextprotocol/serverInfo": ["name": "new", "version": "2"]]),
            ])
        )
    }
}
