import HTTP
import HTTPServer
import JSON
import Logging
import MCP
import Synchronization
import TestSupport

@testable import StreamableHTTP

/// A server over HTTP in this process, and what clients get from it.
struct ServedMCP {
    let service: StreamableHTTP
    let http: HTTPServer

    init(
        _ server: Server = FixtureServer.server(),
        authenticator: any Authenticator = LocalAuthenticator(),
        seal: Seal = Seal(),
        shared: SharedParts = SharedParts(),
        log: Log = .none,
        _ change: (inout StreamableHTTPConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = StreamableHTTPConfiguration()
        configuration.limits.calls = 0
        configuration.limits.initializations = 0
        change(&configuration)
        service = StreamableHTTP(
            server,
            configuration,
            authenticator: authenticator,
            seal: seal,
            shared: shared,
            log: log
        )
        http = try HTTPServer(HTTPServerConfiguration(), log: .none, service: service)
    }

    /// Sends a request on a connection of its own.
    func open(_ request: SentRequest) throws -> Wire {
        let wire = try Wire(port: http.port)
        wire.write(request.text)
        return wire
    }

    /// The whole answer, until the connection ends.
    func answer(_ request: SentRequest) async throws -> ReceivedAnswer {
        ReceivedAnswer(try await open(request.closing).read())
    }

    func post(_ body: JSON, _ fields: HTTPFields = [:]) async throws -> ReceivedAnswer {
        try await answer(SentRequest(body: body.text, fields))
    }

    /// Opens a session, and gives the fields by which messages belong to it.
    func session(
        _ fields: HTTPFields = [:],
        _ revision: Revision = .november2025,
        capabilities: JSON = [:]
    ) async throws -> HTTPFields {
        let hello = request(
            "initialize",
            ["protocolVersion": .string(revision.rawValue), "capabilities": capabilities]
        )
        let answer = try await post(hello, fields)
        var own = fields
        own["Mcp-Session-Id"] = answer.fields["Mcp-Session-Id"]
        own["MCP-Protocol-Version"] = revision.rawValue
        _ = try await post(["jsonrpc": "2.0", "method": "notifications/initialized"], own)
        return own
    }
}

/// A server that has these tools, and notifies of them.
func servedTools(_ tools: any ToolRegistry) -> Server {
    let info = ServerInfo(name: "test", version: "1", instructions: "")
    return Server(info: info, tools: tools, changes: [.tools], log: .none)
}

func servedTools(_ tools: (String, MadeUpTools.Calling)...) -> Server {
    let all = MadeUpTools()
    for (name, call) in tools { all.add(name, call) }
    return servedTools(all)
}

/// A request as text.
struct SentRequest {
    var method = HTTPMethod.post
    var target = "/mcp"
    var fields: HTTPFields
    var body: String?

    init(_ method: HTTPMethod = .post, _ target: String = "/mcp", body: String? = nil, _ fields: HTTPFields = [:]) {
        self.method = method
        self.target = target
        self.body = body
        self.fields = fields
        if fields["Host"] == nil { self.fields["Host"] = "localhost" }
        if body != nil, fields["Content-Type"] == nil { self.fields["Content-Type"] = "application/json" }
    }

    var closing: SentRequest {
        var request = self
        request.fields["Connection"] = "close"
        return request
    }

    var text: String {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        let fields = fields.all.map { "\($0.name): \($0.value)\r\n" }.joined()
        return "\(method) \(target) HTTP/1.1\r\n\(fields)\(length)\r\n\(body ?? "")"
    }
}

/// An answer taken apart.
struct ReceivedAnswer {
    let status: Int
    let fields: HTTPFields
    /// As it came, in chunks where it is a stream.
    let body: String

    init(_ text: String) {
        let halves = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = halves[0].split(separator: "\r\n")
        status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        var fields = HTTPFields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields.append(String(parts[0]), String(parts[1].drop { $0 == " " })) }
        }
        self.fields = fields
        body = halves.count > 1 ? String(halves[1]) : ""
    }

    var json: JSON? { try? JSON(parsing: body) }
    /// What it says, whether as one body or as a stream.
    var messages: [JSON] {
        guard fields["Content-Type"] == "text/event-stream" else { return json.map { $0.array ?? [$0] } ?? [] }
        return ReceivedAnswer.messages(in: body)
    }

    static func messages(in stream: String) -> [JSON] {
        stream.split(whereSeparator: { $0.isNewline }).filter { $0.hasPrefix("data: {") || $0.hasPrefix("data: [") }
            .compactMap { try? JSON(parsing: String($0.dropFirst(6))) }
    }

    var result: JSON? { messages.last?["result"] }
    var error: Int? { json?["error"]?["code"]?.int }
    /// What a refusal says for programs.
    var refusal: String? { json?["error"]?.string }
}

func request(_ method: String, _ params: JSON? = nil, id: JSON = 1) -> JSON {
    JSON.members(("jsonrpc", "2.0"), ("id", id), ("method", .string(method)), ("params", params))
}

/// A request of 2026-07-28, and the fields that go with it.
func modern(_ method: String, _ params: JSON = [:], capabilities: JSON = [:]) -> (JSON, HTTPFields) {
    var params = params
    params["_meta"] = .stateless(["io.modelcontextprotocol/clientCapabilities": capabilities])
    var fields: HTTPFields = ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method]
    if let name = (params["name"] ?? params["uri"])?.string { fields["Mcp-Name"] = name }
    return (request(method, params), fields)
}

func call(_ tool: String, _ arguments: JSON = [:], id: JSON = 1) -> JSON {
    request("tools/call", ["name": .string(tool), "arguments": arguments], id: id)
}

/// Knows everyone by name, who may do what the words after it say, and takes back keys that it knew.
final class RevocableAuthenticator: Authenticator {
    let credentialFields = ["X-Key"]
    private let revoked = Mutex<Set<String>>([])

    func revoke(_ key: String) { _ = revoked.withLock { $0.insert(key) } }

    func presents(_ head: HTTPRequestHead) -> Bool { head.fields["X-Key"] != nil }

    func authenticate(_ head: HTTPRequestHead) -> Authentication {
        guard let key = head.fields["X-Key"], !revoked.withLock({ $0.contains(key) }) else {
            return .refused(KeyAuthenticator.refusal)
        }
        let parts = key.split(separator: " ")
        return .accepted(Caller(Principal(String(parts[0]), scopes: Set(parts.dropFirst().map { String($0) }))))
    }

    func refusal(of caller: Caller, doing need: AccessNeed) -> HTTPRefusal? {
        let scope = need == .changing ? "write" : "read"
        guard caller.principal.scopes?.contains(scope) != true else { return nil }
        return HTTPRefusal(403, "insufficient_scope", "The key is not for this. Send another.")
    }

    func review(of head: HTTPRequestHead) -> (@Sendable () async -> Bool)? {
        { if case .accepted = self.authenticate(head) { true } else { false } }
    }
}

/// Knows whoever has a key that begins with `good`; one that begins with `slow` takes a while, and one with `proven` is
/// known to be right before it is known whose it is.
struct KeyAuthenticator: Authenticator {
    let credentialFields = ["X-Key"]
    let gate: Gate?

    init(slowUntil gate: Gate? = nil) { self.gate = gate }

    func presents(_ head: HTTPRequestHead) -> Bool { head.fields["X-Key"] != nil }

    func authenticate(_ head: HTTPRequestHead) -> Authentication {
        guard let key = head.fields["X-Key"] else { return .refused(Self.refusal) }
        if key.hasPrefix("good") { return .accepted(Caller(Principal(key))) }
        if key.hasPrefix("proven") { return .later(isGuess: false) { .accepted(Caller(Principal(key))) } }
        return .later { [gate] in
            await gate?.pass()
            return key.hasPrefix("slow") ? .accepted(Caller(Principal(key))) : .refused(Self.refusal)
        }
    }

    static let refusal = HTTPRefusal(401, "invalid_credentials", "The key is not known. Send another.")
}
