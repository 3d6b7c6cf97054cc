package import JSON
package import JSONRPC
package import Logging
package import MCP
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An MCP client in the same process as the server: lines in, lines out, nothing between.
package final class TestSession: Sendable {
    /// Everything the server wrote, in order.
    private let inbox = Inbox()
    private let wire: StallingSink
    private let conversation: Conversation
    private let lastID = Mutex(0)
    /// What each request says of itself, once a revision without a handshake is spoken.
    private let meta = Mutex<JSON?>(nil)

    /// Questions wait for `readiness` until the client says that it is ready.
    package convenience init(
        _ server: Server,
        for principal: Principal = .local,
        readiness: Duration = .seconds(60),
        log: Log = .none
    ) {
        self.init(handler: server.connection(for: principal), readiness: readiness, log: log)
    }

    /// Whatever answers; it works on so many requests at a time.
    package init(
        handler: any RequestHandler,
        requestsInFlight: Int = Conversation.requestsInFlight,
        readiness: Duration = .seconds(60),
        log: Log = .none
    ) {
        wire = StallingSink { [inbox] in inbox.deliver($0) }
        conversation = Conversation(
            handler: handler,
            sink: wire,
            slots: .alone(requestsInFlight),
            readiness: readiness,
            questionIDs: QuestionNumbers().next,
            log: log
        )
    }

    package convenience init(tools: any ToolRegistry = FixtureTools()) {
        let info = ServerInfo(name: "test", version: "1", instructions: "Ask.")
        self.init(Server(info: info, tools: tools, log: .none))
    }

    /// Whether each message has a stream of its own, as over HTTP, and not all of them one pipe.
    private static let hasStreams = getenv("TEST_CARRIER").map { String(cString: $0) } == "streams"

    /// One line as a client would write it.
    package func write(_ line: String) {
        let stream: any MessageSink = Self.hasStreams ? MessageStream(of: line, to: wire) : wire
        Exchange(conversation, stream).receive(.text(Array(line.utf8)))
    }

    /// The next line the server writes.
    package func read() async -> String { await inbox.next() }

    /// What has been written and not read yet.
    package var unread: [String] { inbox.unread }

    /// From here on the server waits for what it writes to be taken, although it can still be read here.
    package func stall() { wire.stall() }
    package func unstall() { wire.unstall() }

    /// The server comes to its end, and ends what it can in order.
    package func end() { conversation.endStandingRequests() }

    /// Waits until every request so far is answered.
    package func idle() async {
        await withCheckedContinuation { continuation in conversation.whenIdle { continuation.resume() } }
    }

    package func request(_ method: String, _ params: JSON? = nil) async throws -> JSON {
        var params = params
        if let meta = meta.withLock({ $0 }), params?["_meta"] == nil {
            params = params ?? [:]
            params?["_meta"] = meta
        }
        let id = lastID.withLock { id in
            id += 1
            return id
        }
        write(JSON.members(("jsonrpc", "2.0"), ("id", .int(id)), ("method", .string(method)), ("params", params)).text)
        return try JSON(parsing: await read())
    }

    /// Speaks this revision from here on.
    package func open(_ revision: Revision = .newestWithHandshake, capabilities: JSON = [:]) async throws {
        let declared: JSON = ["io.modelcontextprotocol/clientCapabilities": capabilities]
        meta.withLock { $0 = revision.isStateless ? .stateless(declared) : nil }
        if revision.isStateless { return }
        _ = try await request(
            "initialize",
            [
                "protocolVersion": .string(revision.rawValue), "capabilities": capabilities,
                "clientInfo": ["name": "tests"],
            ]
        )
        write(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    }

    /// What the server says it can do, in one revision's way.
    package func capabilities(_ revision: Revision) async throws -> JSON {
        let reply =
            if revision.isStateless {
                try await request("server/discover", ["_meta": .stateless()])
            } else {
                try await request("initialize", ["protocolVersion": .string(revision.rawValue), "capabilities": [:]])
            }
        return reply["result"]?["capabilities"] ?? .null
    }

    /// The client will answer nothing any more.
    package func leave() { conversation.endQuestions() }

    /// The `result` of a tool's call.
    package func call(_ tool: String, _ arguments: JSON = [:]) async throws -> JSON {
        try await request("tools/call", ["name": .string(tool), "arguments": arguments])["result"] ?? .null
    }
}

extension JSON {
    /// The `_meta` by which a request of 2026-07-28 describes itself, and what else it says there.
    package static func stateless(_ others: JSON = [:]) -> JSON {
        var meta: JSON = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
        ]
        for member in others.object?.members ?? [] { meta[member.name] = member.value }
        return meta
    }
}

/// Lines that wait for a reader, or a reader that waits for a line.
private final class Inbox: Sendable {
    private struct State {
        var lines: [String] = []
        var readers: [CheckedContinuation<String, Never>] = []
    }

    private let state = Mutex(State())

    var unread: [String] { state.withLock { $0.lines } }

    func deliver(_ line: [UInt8]) {
        let line = String(decoding: line, as: UTF8.self)
        let reader = state.withLock { state -> CheckedContinuation<String, Never>? in
            guard state.readers.isEmpty else { return state.readers.removeFirst() }
            state.lines.append(line)
            return nil
        }
        reader?.resume(returning: line)
    }

    func next() async -> String {
        await withCheckedContinuation { continuation in
            let line = state.withLock { state -> String? in
                guard state.lines.isEmpty else { return state.lines.removeFirst() }
                state.readers.append(continuation)
                return nil
            }
            if let line { continuation.resume(returning: line) }
        }
    }
}
