import HTTP
import JSON
import MCP
import TestSupport
import Testing

@testable import StreamableHTTP

/// One fault less with each step: what is refused first, is refused for that, whatever else is wrong.
@Suite(.timeLimit(.minutes(2))) struct `A request with many faults` {
    private static let tool = ToolSet.Tool(
        ToolListing(
            ToolDefinition(name: "say", title: "Say", effect: .reads, summary: "Says it."),
            inputSchema: ["type": "object", "properties": ["word": ["type": "string", "x-mcp-header": "Word"]]]
        )
    ) { _, _ in Answer("Said.") }

    private func served() throws -> ServedMCP {
        try ServedMCP(servedTools(ToolSet([Self.tool])), authenticator: KeyAuthenticator()) {
            $0.requiresTLS = true
            $0.bodyLimit = 1000
        }
    }

    private struct Step: Sendable, CustomTestStringConvertible {
        let status: Int
        let code: String
        let mend: @Sendable (inout SentRequest) -> Void
        var testDescription: String { code }

        init(_ status: Int, _ code: String, mend: @escaping @Sendable (inout SentRequest) -> Void) {
            self.status = status
            self.code = code
            self.mend = mend
        }
    }

    private static func body(_ method: String, _ version: String? = "2026-07-28", _ arguments: JSON = ["word": "a"])
        -> String
    {
        var meta: JSON = ["io.modelcontextprotocol/clientCapabilities": [:]]
        if let version { meta["io.modelcontextprotocol/protocolVersion"] = .string(version) }
        return request(method, ["name": "say", "arguments": arguments, "_meta": meta]).text
    }

    /// What is wrong at each step, and how that is mended for the next.
    private static let steps = [
        Step(400, "bad_request") { $0.fields["Host"] = "evil.example" },
        Step(403, "forbidden_host") { $0.fields["Host"] = "localhost" },
        Step(403, "forbidden_origin") { $0.fields["Origin"] = nil },
        Step(400, "secret_in_query") { $0.target = "/mcp" },
        Step(400, "tls_required") { $0.fields["X-Forwarded-Proto"] = "https" },
        Step(401, "invalid_credentials") { $0.fields["X-Key"] = "good" },
        Step(415, "unsupported_media_type") { $0.fields["Content-Type"] = "application/json" },
        Step(413, "content_too_large") { $0.body = "{" },
        Step(406, "not_acceptable") { $0.fields["Accept"] = "application/json" },
        Step(400, "-32700") { $0.body = "[]" },
        Step(400, "-32600") { $0.body = body("nothing", nil) },
        Step(400, "-32602") { $0.body = body("nothing", "2099-01-01") },
        Step(400, "-32020") { $0.fields["MCP-Protocol-Version"] = "2099-01-01" },
        Step(400, "-32022") {
            $0.fields["MCP-Protocol-Version"] = "2026-07-28"
            $0.body = body("nothing")
        },
        Step(400, "-32020") { $0.fields["Mcp-Method"] = "nothing" },
        Step(404, "-32601") {
            $0.fields["Mcp-Method"] = "tools/call"
            $0.body = body("tools/call")
        },
        Step(400, "-32020") { $0.fields["Mcp-Name"] = "say" },
        Step(400, "-32020") { $0.fields["Mcp-Param-Word"] = "a" },
    ]

    /// Rows: G247, G265, G266, G267, G268, G269, G272, G274, G275.
    @Test(arguments: steps.indices) func `is refused for the first of them`(index: Int) async throws {
        let served = try served()
        var request = SentRequest(
            body: String(repeating: " ", count: 1001),
            ["Host": "a b", "Origin": "https://evil.example", "Content-Type": "text/plain", "Accept": "text/html"]
        )
        request.target = "/mcp?token=x"
        for step in Self.steps[..<index] { step.mend(&request) }
        let answer = try await served.answer(request)
        let step = Self.steps[index]
        #expect(answer.status == step.status)
        #expect(answer.refusal ?? answer.error.map { String($0) } == step.code)
        #expect(answer.fields["Content-Type"] == "application/json")
        step.mend(&request)
        let next = try await served.answer(request)
        if index == Self.steps.count - 1 {
            #expect(next.result?["content"]?[0]?["text"] == "Said.")
        } else {
            #expect(next.refusal ?? next.error.map { String($0) } == Self.steps[index + 1].code)
        }
    }

    @Test func `is not looked at once the server stops, which is still healthy`() async throws {
        let served = try served()
        served.service.drain()
        let refused = try await served.answer(SentRequest(body: "", ["Host": "evil.example"]))
        #expect(refused.status == 503 && refused.refusal == "draining")
        #expect(refused.fields["Retry-After"] == "1" && refused.fields["Connection"]?.lowercased() == "close")
        #expect(try await served.answer(SentRequest(.get, "/ready")).status == 503)
        let health = try await served.answer(SentRequest(.get, "/health"))
        #expect(health.status == 200 && health.json?["status"] == "draining")
    }

    @Test(arguments: ["/", "/health", "/ready", "/nowhere", "/mcp"])
    func `is refused under another name at every path`(path: String) async throws {
        let answer = try await ServedMCP().answer(SentRequest(.get, path, ["Host": "evil.example"]))
        #expect(answer.status == 403 && answer.refusal == "forbidden_host")
    }
}
