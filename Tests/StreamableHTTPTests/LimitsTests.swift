import HTTP
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(2))) struct `Who may ask how often` {
    private let ada: HTTPFields = ["X-Key": "good ada"]

    @Test func `is limited for each, and told when to try again`() async throws {
        let served = try ServedMCP(authenticator: KeyAuthenticator()) { $0.limits.calls = 2 }
        for _ in 0..<2 { #expect(try await served.post(request("ping"), ada).status == 200) }
        let refused = try await served.post(request("ping"), ada)
        #expect(refused.status == 429 && refused.refusal == "rate_limited")
        let seconds = try #require(refused.fields["Retry-After"].flatMap { Int($0) })
        #expect((25...30).contains(seconds))
        #expect(refused.fields["RateLimit-Policy"] == #""calls";q=2;w=60"#)
        #expect(refused.fields["RateLimit"] == #""calls";r=0;t=\#(seconds)"#)
        #expect(try await served.post(request("ping"), ["X-Key": "good eve"]).status == 200)
        #expect(
            try await served.answer(SentRequest(.get, "/mcp", ["X-Key": "good ada", "Accept": "text/event-stream"]))
                .status == 405
        )
    }

    @Test func `is limited for initialize`() async throws {
        let served = try ServedMCP(authenticator: KeyAuthenticator()) { $0.limits.initializations = 1 }
        let hello = request("initialize", ["protocolVersion": "2025-11-25"])
        #expect(try await served.post(hello, ada).status == 200)
        let refused = try await served.post(hello, ada)
        #expect(refused.status == 429 && refused.json?["id"] == 1 && refused.error == -32000)
        #expect(try await served.post(request("ping"), ada).status == 200)
    }

    @Test func `is limited for sign-ins that fail, for each address`() async throws {
        let served = try ServedMCP(authenticator: KeyAuthenticator()) { $0.limits.failedSignIns = 2 }
        func status(_ key: String, from address: String) async throws -> Int {
            try await served.post(request("ping"), ["X-Key": key, "X-Forwarded-For": address]).status
        }
        for _ in 0..<2 { #expect(try await status("bad", from: "203.0.113.1") == 401) }
        #expect(try await status("bad", from: "203.0.113.1") == 429)
        #expect(try await status("slow", from: "203.0.113.1") == 429)
        #expect(try await status("good", from: "203.0.113.1") == 200, "what is known needs no sign-in")
        #expect(try await status("slow", from: "203.0.113.2") == 200)
    }

    @Test func `is limited for guesses that are under way at once as for one after the other`() async throws {
        let gate = Gate()
        let served = try ServedMCP(authenticator: KeyAuthenticator(slowUntil: gate)) { $0.limits.failedSignIns = 3 }
        let statuses = Mutex<[Int]>([])
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<12 { group.addTask { try await served.post(request("ping"), ["X-Key": "bad"]).status } }
            try await wait { gate.waiting >= 3 }
            gate.open()
            for try await status in group { statuses.withLock { $0.append(status) } }
        }
        let all = statuses.withLock { $0 }
        #expect(all.count { $0 == 401 } == 3 && all.count { $0 == 429 } == 9, "\(all)")
    }

    @Test func `lets all who are right sign in at once, of however many`() async throws {
        let gate = Gate()
        let served = try ServedMCP(authenticator: KeyAuthenticator(slowUntil: gate)) { $0.limits.failedSignIns = 2 }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask { try await served.post(request("ping"), ["X-Key": "slow \(number)"]).status }
            }
            try await wait { gate.waiting >= 2 }
            gate.open()
            for try await status in group { #expect(status == 200) }
        }
        #expect(try await served.post(request("ping"), ["X-Key": "bad"]).status == 401)
    }

    @Test func `does not keep who is known to be right`() async throws {
        let served = try ServedMCP(authenticator: KeyAuthenticator()) { $0.limits.failedSignIns = 1 }
        func status(_ key: String) async throws -> Int { try await served.post(request("ping"), ["X-Key": key]).status }
        #expect(try await status("bad") == 401)
        #expect(try await status("bad") == 429)
        #expect(try await status("proven") == 200)
    }

    @Test func `counts all addresses of an IPv6 subscriber as one`() async throws {
        let served = try ServedMCP(authenticator: KeyAuthenticator()) { $0.limits.failedSignIns = 2 }
        func status(from address: String) async throws -> Int {
            try await served.post(request("ping"), ["X-Key": "bad", "X-Forwarded-For": address]).status
        }
        #expect(try await status(from: "2001:db8:1:2::1") == 401)
        #expect(try await status(from: "2001:db8:1:2:ffff::2") == 401)
        #expect(try await status(from: "2001:db8:1:2::3") == 429)
        #expect(try await status(from: "2001:db8:1:3::1") == 401)
        #expect(try await status(from: "::ffff:203.0.113.9") == 401, "an IPv4 address is one by itself")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The line of a request in the log` {
    @Test func `says what was asked for and by whom, and nothing that was sent`() async throws {
        let lines = Mutex<[String]>([])
        let logged = Counter()
        let log = Log(.info) { line in
            lines.withLock { $0.append(line) }
            logged.increment()
        }
        let served = try ServedMCP(authenticator: KeyAuthenticator(), log: log)
        let secret = "shibboleth"
        _ = try await served.post(call("echo", ["text": .string(secret)]), ["X-Key": "good", "X-Other": secret])
        _ = try await served.post(call(secret), ["X-Key": "good"])
        _ = try await served.answer(SentRequest(.post, "/mcp?token=\(secret)", body: "{}", ["X-Key": secret]))
        _ = try await served.answer(SentRequest(.get, "/\(secret)"))
        _ = try await served.answer(SentRequest(.get, "/mcp", ["X-Key": "good"]))
        let hello: JSON = ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "coder"]]
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        _ = try await served.post(
            ["jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello],
            ["X-Key": "good", "traceparent": "00-\(trace)-00f067aa0ba902b7-01"]
        )
        try await wait { logged.value >= 5 }
        let text = lines.withLock { $0.joined(separator: "\n") }
        #expect(!text.contains("session="), "there was no session")
        #expect(!text.contains(secret))
        #expect(text.contains("route=/mcp") && text.contains("mcp=tools/call") && text.contains("tool=echo"))
        #expect(text.contains("mcp=initialize") && text.contains("client=coder") && text.contains("trace=\(trace)"))
        #expect(text.contains("reason=secret_in_query") && text.contains("route=other") && text.contains("status=404"))
        #expect(!text.contains("status=405"), "it is legal, and says nothing to who runs the server")
    }

    @Test func `names its session, by nothing that opens it`() async throws {
        let lines = Mutex<[String]>([])
        let logged = Counter()
        let log = Log(.info) { line in
            lines.withLock { $0.append(line) }
            logged.increment()
        }
        let served = try ServedMCP(log: log) { $0.isStateless = false }
        let session = try await served.session()
        _ = try await served.post(call("echo", ["text": "Hello."]), session)
        // The handshake, what follows it, the call, and the line of the tool.
        try await wait { logged.value >= 4 }
        let text = lines.withLock { $0 }
        let id = try #require(session["Mcp-Session-Id"])
        let names = text.compactMap { line in line.firstMatch(of: /session=([0-9a-f]+)/).map { String($0.output.1) } }
        #expect(names.count == 3 && Set(names).count == 1)
        #expect(!text.contains { $0.contains(id) })
    }
}
