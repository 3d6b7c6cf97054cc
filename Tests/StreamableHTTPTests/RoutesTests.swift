import HTTP
import JSON
import MCP
import Synchronization
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(2))) struct `What is at an address` {
    @Test func `is said to everyone`() async throws {
        let served = try ServedMCP {
            $0.service = ["service": "Test"]
            $0.health = { ["version": "1"] }
        }
        let root = try await served.answer(SentRequest(.get, "/"))
        #expect(root.status == 200)
        #expect(root.json == ["service": "Test", "mcp": "/mcp", "health": "/health", "ready": "/ready"])
        #expect(try await served.answer(SentRequest(.get, "/health")).json == ["status": "healthy", "version": "1"])
        #expect(try await served.answer(SentRequest(.get, "/ready")).json == ["status": "ready"])
        #expect(try await served.answer(SentRequest(.head, "/health")).status == 200)
    }

    @Test(arguments: ["/nowhere", "//mcp", "/mcp%2f", "/sse", "/.well-known/oauth-protected-resource", "/MCP"])
    func `is nothing but what is served, and says so in JSON`(path: String) async throws {
        for method in [HTTPMethod.get, .post, .options] {
            let answer = try await ServedMCP().answer(SentRequest(method, path, body: method == .post ? "{}" : nil))
            #expect(answer.status == 404 && answer.refusal == "not_found")
            #expect(answer.json?["request_id"]?.string == answer.fields["X-Request-Id"])
        }
    }

    /// Rows: G241, G244.
    @Test func `is the endpoint, with a slash and without one, and at the root`() async throws {
        let served = try ServedMCP()
        for path in ["/mcp", "/mcp/", "/"] {
            let answer = try await served.answer(SentRequest(.post, path, body: request("ping").text))
            #expect(answer.status == 200 && answer.result == [:])
            #expect(try await served.answer(SentRequest(.get, path, ["Accept": "text/event-stream"])).status == 405)
        }
    }

    /// Rows: G278.
    @Test(arguments: [HTTPMethod.get, .delete, .head, HTTPMethod(rawValue: "PUT")])
    func `takes nothing but POST without sessions`(method: HTTPMethod) async throws {
        let answer = try await ServedMCP().answer(SentRequest(method, "/mcp", ["Accept": "text/event-stream"]))
        #expect(answer.status == 405 && answer.fields["Allow"] == "POST")
    }

    @Test func `explains itself to people who look`() async throws {
        let answer = try await ServedMCP(authenticator: KeyAuthenticator()).answer(SentRequest(.get, "/mcp"))
        #expect(answer.status == 200)
        #expect(answer.json?["message"]?.string?.contains("X-Key") == true)
    }

    @Test func `is asked for credentials before anything is said of methods`() async throws {
        let served = try ServedMCP(authenticator: KeyAuthenticator())
        for method in [HTTPMethod.get, .delete, .head] {
            let request = SentRequest(method, "/mcp", ["Accept": "text/event-stream"])
            #expect(try await served.answer(request).status == 401)
            var known = request
            known.fields["X-Key"] = "good"
            #expect(try await served.answer(known).status == 405)
        }
    }

    @Test func `may have other routes`() async throws {
        let served = try ServedMCP {
            $0.routes = [.init("/icon", methods: [.get]) { _ in HTTPResponse(.ok, text: "icon") }]
        }
        #expect(try await served.answer(SentRequest(.get, "/icon")).body == "icon")
        let refused = try await served.answer(SentRequest(.delete, "/icon"))
        #expect(refused.status == 405 && refused.fields["Allow"] == "GET")
    }

    @Test func `changes its rules while it serves`() async throws {
        let served = try ServedMCP()
        let page: HTTPFields = ["Origin": "https://app.example"]
        #expect(try await served.post(request("ping"), page).status == 403)
        var configuration = StreamableHTTPConfiguration()
        configuration.origins = [try #require(AllowedOrigin("https://app.example"))]
        served.service.reload(configuration)
        #expect(try await served.post(request("ping"), page).status == 200)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A page of another origin` {
    private let page: HTTPFields = ["Origin": "https://app.example"]

    private func served(_ change: (inout StreamableHTTPConfiguration) -> Void = { _ in }) throws -> ServedMCP {
        try ServedMCP(authenticator: KeyAuthenticator()) {
            $0.origins = [AllowedOrigin("https://app.example")].compactMap { $0 }
            $0.bodyLimit = 1000
            change(&$0)
        }
    }

    @Test func `may ask what it may send, without credentials and without TLS`() async throws {
        var fields = page
        fields["Access-Control-Request-Method"] = "POST"
        fields["Access-Control-Request-Headers"] = "content-type, mcp-param-region, x-evil, Mcp-Param-A"
        let answer = try await served { $0.requiresTLS = true }.answer(SentRequest(.options, "/mcp", fields))
        #expect(answer.status == 204 && answer.body == "")
        #expect(answer.fields["Access-Control-Allow-Origin"] == "https://app.example")
        #expect(answer.fields["Access-Control-Allow-Methods"] == "GET, POST, DELETE, OPTIONS")
        #expect(answer.fields["Access-Control-Max-Age"] == "600")
        #expect(answer.fields["Access-Control-Allow-Credentials"] == nil)
        let allowed = (answer.fields["Access-Control-Allow-Headers"] ?? "").split(separator: ", ").map { String($0) }
        let needed = ["Content-Type", "X-Key", "Mcp-Session-Id", "Last-Event-ID", "mcp-param-region", "Mcp-Param-A"]
        #expect(Set(needed).isSubset(of: allowed) && !allowed.contains("x-evil"))
    }

    @Test func `can read every answer, errors and refusals included`() async throws {
        let served = try served()
        var known = page
        known["X-Key"] = "good"
        var tooLarge = SentRequest(body: String(repeating: " ", count: 1001), known)
        tooLarge.fields["Content-Type"] = "application/json"
        let answers = [
            try await served.post(request("ping"), known), try await served.post(request("ping"), page),
            try await served.answer(SentRequest(.get, "/nowhere", page)), try await served.post([], known),
            try await served.answer(tooLarge),
        ]
        #expect(answers.map { $0.status } == [200, 401, 404, 400, 413])
        for answer in answers {
            #expect(answer.fields["Access-Control-Allow-Origin"] == "https://app.example")
            #expect(answer.fields["Access-Control-Expose-Headers"]?.contains("Mcp-Session-Id") == true)
            #expect(answer.fields["Vary"] == "Origin" && answer.fields["X-Content-Type-Options"] == "nosniff")
            #expect(answer.fields["Cache-Control"] == "no-store" && answer.fields["X-Request-Id"] != nil)
            #expect(answer.fields["Server"] == nil)
        }
    }

    /// Rows: G245, G285.
    @Test(arguments: ["https://evil.example", "null", "http://localhost.evil", "https://app.example.evil", ""])
    func `is refused where it is not listed, and told nothing`(origin: String) async throws {
        for method in [HTTPMethod.post, .options, .get] {
            let body = method == .post ? request("ping").text : nil
            let answer = try await served().answer(SentRequest(method, "/mcp", body: body, ["Origin": origin]))
            #expect(answer.status == 403 && answer.refusal == "forbidden_origin")
            #expect(answer.fields["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test func `is told nothing where that is switched off`() async throws {
        let answer = try await served { $0.allowsCrossOrigin = false }.answer(SentRequest(.options, "/mcp", page))
        #expect(answer.status == 204 && answer.fields["Access-Control-Allow-Origin"] == nil)
        #expect(answer.fields["Vary"] == nil)
    }
}
