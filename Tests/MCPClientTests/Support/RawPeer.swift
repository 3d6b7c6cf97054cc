import JSON
import Synchronization
import TestSupport
import Threads

/// A peer that answers byte for byte as a test says, and as a plain server with a handshake where the test says nothing.
final class RawPeer: Sendable {
    /// One request as it came.
    struct Seen: Sendable {
        let http: Received
        let json: JSON?

        var method: String? { json?["method"]?.string }
        /// As text, so that it can be put into an answer.
        var id: String { json?["id"]?.text ?? "null" }
        var isRequest: Bool { json?["method"] != nil && json?["id"] != nil }
    }

    /// What to do with a request: nil for the usual.
    typealias Rule = @Sendable (Seen, Int) -> Act?

    enum Act: Sendable {
        /// Written as it is.
        case raw(String)
        /// Written, then the connection ends.
        case last(String)
        /// Nothing, for as long as the client waits.
        case silence
        /// Written piece by piece, with a pause between them.
        case slowly([String], milliseconds: Int)
    }

    private let server: LoopbackServer

    /// `rule` gets how many requests with its method came before, this one included.
    init(sessions: Bool = true, _ rule: @escaping Rule = { _, _ in nil }) throws {
        let seen = SeenRequests()
        let openings = Counter()
        server = try LoopbackServer { connection in
            while let http = connection.request() {
                let request = Seen(http: http, json: try? JSON(parsing: http.body))
                let count = seen.add(request)
                let act = rule(request, count) ?? Self.usual(request, sessions, openings)
                guard Self.perform(act, connection) else { return }
            }
        }
        all = seen
    }

    private let all: SeenRequests

    var url: String { "\(server.url)/mcp" }
    var origin: String { server.url }
    var connectionCount: Int { server.connectionCount }
    var seen: [Seen] { all.list }

    func count(_ method: String) -> Int { seen.filter { $0.method == method }.count }

    private static func perform(_ act: Act, _ connection: Connection) -> Bool {
        switch act {
        case .raw(let text): return connection.write(text)
        case .last(let text):
            connection.write(text)
            connection.end()
            return false
        case .silence:
            connection.waitForEnd()
            return false
        case .slowly(let pieces, let milliseconds):
            for piece in pieces {
                guard connection.write(piece) else { return false }
                Threads.pause(seconds: Double(milliseconds) / 1000)
            }
            return true
        }
    }

    private static func usual(_ request: Seen, _ sessions: Bool, _ openings: Counter) -> Act {
        switch request.method {
        case "server/discover": return .raw(answer(400, request.error(-32000, "Bad Request: no session")))
        case "initialize":
            openings.increment()
            let result = #"{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"raw"}}"#
            let session = sessions ? "Mcp-Session-Id: s\(openings.value)" : "X-None: 1"
            return .raw(answer(200, request.result(result), session))
        case nil: return .raw(answer(request.http.line.hasPrefix("GET") ? 405 : 200, ""))
        default: return .raw(request.isRequest ? answer(200, request.result(#"{"usual":true}"#)) : answer(202, ""))
        }
    }
}

private final class SeenRequests: Sendable {
    private let state = Mutex<[RawPeer.Seen]>([])

    var list: [RawPeer.Seen] { state.withLock { $0 } }

    func add(_ request: RawPeer.Seen) -> Int {
        state.withLock { list in
            list.append(request)
            return list.filter { $0.method == request.method }.count
        }
    }
}

extension RawPeer.Seen {
    func result(_ json: String) -> String { #"{"jsonrpc":"2.0","id":\#(id),"result":\#(json)}"# }

    func error(_ code: Int, _ message: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":\#(code),"message":"\#(message)"}}"#
    }
}

/// With a length, as JSON unless a field says otherwise.
func answer(_ status: Int, _ body: String, _ fields: String...) -> String {
    let hasType = fields.contains { $0.lowercased().hasPrefix("content-type") }
    let type = hasType || body.isEmpty ? [] : ["Content-Type: application/json"]
    let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + type + fields
    return lines.map { "\($0)\r\n" }.joined() + "\r\n\(body)"
}

/// A stream that its connection's end ends.
func stream(_ events: String...) -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + events.joined()
}

func event(_ json: String, id: String? = nil) -> String { (id.map { "id: \($0)\n" } ?? "") + "data: \(json)\n\n" }
