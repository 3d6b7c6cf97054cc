import Commands
import HTTP
import JSON
import MCP
import OvalEdgeTools
import Settings
import Text

// What a person finds who signs in.
extension RemoteExamination {
    /// What a client has in hand after its handshake.
    struct Visit: Sendable {
        /// With the credentials.
        fileprivate var fields: HTTPFields
        fileprivate var session: String?
        fileprivate var instructions: String
        fileprivate var tools: [JSON]
    }

    func signIn() async -> (check: RemoteCheck, visit: Visit?) {
        let (credentials, missing) = await wiring.sentCredentials(token)
        guard missing.isEmpty else {
            if settings.signsInWithOAuth {
                let remedy = "Give an access token of any person with --token, for this check."
                return (.skipped("sign-in", "no access token to present", remedy: remedy), nil)
            }
            let remedy = "Set both, to those of any person, for this check."
            return (.skipped("sign-in", "\(missing.joined(separator: " and ")) not set", remedy: remedy), nil)
        }
        guard address?.isEncrypted == true || address?.isLoopback == true else {
            let remedy = "Ask at an https address."
            return (.skipped("sign-in", "credentials are not sent unencrypted", remedy: remedy), nil)
        }
        let initialize = MCPSite.initialize(Revision.newestWithHandshake.rawValue, as: Self.client)
        switch await reply(to: site.post(initialize, credentials)) {
        case .failure(let failure): return (unanswered("sign-in", failure), nil)
        case .success(let response):
            let result = response.message?["result"]
            guard response.status == .ok, let revision = result?["protocolVersion"]?.string else {
                return (refused("sign-in", response), nil)
            }
            var visit = Visit(
                fields: credentials,
                session: response.fields["Mcp-Session-Id"],
                instructions: "",
                tools: []
            )
            if let session = visit.session { visit.fields["Mcp-Session-Id"] = session }
            visit.fields["MCP-Protocol-Version"] = revision
            visit.instructions = result?["instructions"]?.string ?? ""
            visit.tools = await tools(visit)
            return (.ok("sign-in", "the credentials are accepted, in revision \(revision)"), visit)
        }
    }

    private func tools(_ visit: Visit) async -> [JSON] {
        let answer = await reply(to: site.post(["jsonrpc": "2.0", "id": 2, "method": "tools/list"], visit.fields))
        return (try? answer.get())?.message?["result"]?["tools"]?.array ?? []
    }

    func leave(_ visit: Visit?) async {
        guard let visit, let session = visit.session else { return }
        _ = await reply(to: site.ending(session, visit.fields))
    }

    private static func unseen(_ name: String) -> RemoteCheck {
        .skipped(name, "not seen without signing in", remedy: "Correct or complete the line about sign-in first.")
    }

    func refused(_ name: String, _ response: HTTPResponse) -> RemoteCheck {
        let (found, words) = response.refusal
        return .failed(name, found, remedy: words ?? site.otherServer)
    }

    /// What a model reads, in layers: of the server, and of each tool.
    func descriptions(_ visit: Visit?) -> RemoteCheck {
        guard let visit else { return Self.unseen("descriptions") }
        let mute = visit.tools.filter { ($0["description"]?.string ?? "").isEmpty }.map { $0["name"]?.string ?? "?" }
        guard !visit.tools.isEmpty else {
            return .failed("descriptions", "no tool is listed", remedy: "Enable some on the server (OVALEDGE_TOOLS).")
        }
        guard !visit.instructions.isEmpty, mute.isEmpty else {
            let what = visit.instructions.isEmpty ? "the server" : mute.joined(separator: ", ")
            return .failed("descriptions", "\(what) has none", remedy: site.otherServer)
        }
        return .ok("descriptions", "the server and each of \(visit.tools.count) tools have one")
    }

    /// Whether clients see which tools only read.
    func intent(_ visit: Visit?) -> RemoteCheck {
        guard let visit, !visit.tools.isEmpty else { return Self.unseen("intent") }
        let hints = visit.tools.map { $0["annotations"]?["readOnlyHint"]?.bool }
        guard !hints.contains(nil) else {
            return .failed("intent", "some tools do not declare whether they only read", remedy: site.otherServer)
        }
        let writing = hints.count { $0 == false }
        let detail = "\(hints.count - writing) tools only read, \(writing) can change the catalog"
        guard writing > 0, settings.writeFamilies.isEmpty else { return .ok("intent", detail) }
        let remedy = "If that is not intended, take OVALEDGE_ALLOW_WRITES away on the server."
        return .warning("intent", "\(detail), which the settings here do not allow", remedy: remedy)
    }

    /// The first event of a stream that stays open: a proxy that waits for the end passes nothing on.
    func streams(_ visit: Visit?) async -> RemoteCheck {
        guard let visit else { return Self.unseen("streams") }
        var request = site.post(Self.listen, visit.fields)
        request.fields["MCP-Protocol-Version"] = Revision.july2026.rawValue
        request.fields["Mcp-Method"] = "subscriptions/listen"
        request.fields["Mcp-Session-Id"] = nil
        request.bodyEnd = "data: {"
        let start = ContinuousClock.now
        let answer = await reply(to: request, within: .seconds(3))
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        let remedy = """
            Switch buffering off at the proxy (nginx: proxy_buffering off, and do not ignore X-Accel-Buffering; Caddy: \
            flush_interval -1), and compression too.
            """
        switch answer {
        case .failure(.timedOut):
            return .failed("streams", "no event arrived within 3 seconds; something holds them back", remedy: remedy)
        case .failure(let failure): return unanswered("streams", failure)
        case .success(let response) where response.status == 406:
            let remedy = "On AWS Lambda, set MCP_LAMBDA_STREAMING=true where the gateway streams."
            return .warning("streams", "the server sends none", remedy: remedy)
        case .success(let response):
            let isStream = response.mediaType == "text/event-stream" && response.text.holds("data: {")
            guard response.status == .ok, isStream else { return refused("streams", response) }
            guard milliseconds > 1000 else { return .ok("streams", "an event arrives after \(milliseconds) ms") }
            return .warning("streams", "an event arrives after \(milliseconds) ms only", remedy: remedy)
        }
    }

    private static let listen: JSON = [
        "jsonrpc": "2.0", "id": 3, "method": "subscriptions/listen",
        "params": [
            "notifications": ["toolsListChanged": true],
            "_meta": [
                "io.modelcontextprotocol/protocolVersion": .string(Revision.july2026.rawValue),
                "io.modelcontextprotocol/clientCapabilities": [:],
            ],
        ],
    ]

    func oneCall(_ visit: Visit?) async -> RemoteCheck {
        guard let visit else { return Self.unseen("one call") }
        let name = ToolName.assetExplorer.rawValue
        guard visit.tools.contains(where: { $0["name"]?.string == name }) else {
            return .skipped("one call", "\(name) is not listed", remedy: "Call another tool from a client.")
        }
        let call: JSON = [
            "jsonrpc": "2.0", "id": 4, "method": "tools/call",
            "params": ["name": .string(name), "arguments": ["limit": 1]],
        ]
        let start = ContinuousClock.now
        let answer = await reply(to: site.post(call, visit.fields), within: .seconds(30))
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        switch answer {
        case .failure(let failure): return unanswered("one call", failure)
        case .success(let response):
            guard let result = response.message?["result"] else { return refused("one call", response) }
            guard result["isError"]?.bool != true else {
                let words = result["content"]?[0]?["text"]?.string?.split(whereSeparator: \.isNewline).first
                return .failed(
                    "one call",
                    "\(name) ended in an error",
                    remedy: words.map { String($0) } ?? "Look into the server's log."
                )
            }
            return .ok("one call", "a search was answered in \(milliseconds) ms")
        }
    }
}
