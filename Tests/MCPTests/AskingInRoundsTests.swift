import JSON
import Logging
import MCP
import Synchronization
import TestSupport
import Testing

@Suite struct `Asking a client of 2026-07-28` {
    private let session = TestSession(tools: AskingTools())

    // Rows: G194, G195, G196, G096, G020
    @Test func `ends the request, and the repetition brings the answer`() async throws {
        let open = try await call("greet")
        #expect(open["resultType"] == "input_required")
        #expect(open["ttlMs"] == nil)
        let request = open["inputRequests"]?["form"]
        #expect(request?["method"] == "elicitation/create")
        #expect(request?["id"] == nil)
        let done = try await call("greet", state: open, ["form": accepted(["name": "Ann"])])
        #expect(done["resultType"] == "complete")
        #expect(text(done) == "Hello, Ann.")
    }

    // Rows: G207
    @Test(arguments: [("decline", "Then not."), ("cancel", "Another time.")])
    func `takes a no for an answer`(action: String, said: String) async throws {
        let open = try await call("greet")
        #expect(try await text(call("greet", state: open, ["form": ["action": .string(action)]])) == said)
    }

    // Rows: G197, G080, G081
    @Test func `is not possible without the capability on this very request`() async throws {
        #expect(try await call("greet")["resultType"] == "input_required")
        #expect(try await text(call("greet", capabilities: [:])) == "Hello, whoever you are.")
        #expect(try await text(call("greet", capabilities: ["elicitation": ["url": [:]]])) == "Hello, whoever you are.")
        let error = try await reply("model", capabilities: [:])["error"]
        #expect(error?["code"] == -32021)
        #expect(error?["data"] == ["requiredCapabilities": ["sampling": [:]]])
    }

    /// Rows: G091.
    @Test func `remembers earlier answers without a memory`() async throws {
        let first = try await call("two_steps")
        #expect(first["inputRequests"]?.object?.names == ["first"])
        let second = try await call("two_steps", state: first, ["first": accepted(["one": "a"])])
        #expect(second["inputRequests"]?.object?.names == ["second"])
        #expect(second["requestState"] != first["requestState"])
        let done = try await call("two_steps", state: second, ["second": accepted(["two": "b"])])
        #expect(text(done) == "a b")
    }

    // Rows: G202, G203
    @Test func `asks again for what is missing, and leaves out what no one asked`() async throws {
        let open = try await call("greet")
        let again = try await call("greet", state: open, ["other": accepted(["name": "Eve"]), "first": 7])
        #expect(again["inputRequests"]?.object?.names == ["form"])
        #expect(try await text(call("greet", state: again, ["form": accepted(["name": "Ann"])])) == "Hello, Ann.")
    }

    // Rows: G204, G215
    @Test(
        arguments: [
            7, .null, [], ["action": 1], ["action": "accept"], ["action": "accept", "content": ["name": 5]],
            ["action": "accept", "content": ["name": "Ann", "age": 200]],
        ] as [JSON]
    )
    func `refuses an invalid answer`(answer: JSON) async throws {
        let open = try await call("greet")
        #expect(try await reply("greet", state: open["requestState"], ["form": answer])["error"]?["code"] == -32602)
    }

    // Rows: G199, G200, G201
    @Test func `refuses a state that was changed, used, or meant for another request`() async throws {
        let answers: JSON = ["form": accepted(["name": "Ann"]), "first": accepted(["one": "a"])]
        let state = try await call("greet")["requestState"]?.string ?? ""
        #expect(try await code("greet", .string(state + "-TAMPERED"), answers) == -32602)
        #expect(try await code("greet", .string(String(state.dropLast(4)) + "AAAA"), answers) == -32602)
        #expect(try await code("greet", 7, answers) == -32602)
        #expect(try await code("two_steps", .string(state), answers) == -32602)
        #expect(try await code("greet", .string(state), answers, arguments: ["x": 1]) == -32602)
        #expect(try await code("greet", .string(state), answers) == nil)
        #expect(try await code("greet", .string(state), answers) == -32602)
        // Another spelling of the same bytes is the same state.
        for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
            #expect(try await code("greet", .string("\(state.dropLast())\(last)"), answers) == -32602)
        }
    }

    // Rows: G199
    @Test func `refuses a state of another person, and one that is too old`() async throws {
        let clock = Atomic(1_000)
        let seal = Seal { Array(repeating: 7, count: 32) }
        let server = Server(
            info: ServerInfo(name: "test", version: "1", instructions: ""),
            tools: AskingTools(),
            seal: seal,
            now: { Double(clock.load(ordering: .relaxed)) },
            log: .none
        )
        let ann = TestSession(server, for: Principal("ann"))
        let eve = TestSession(server, for: Principal("eve"))
        let answers: JSON = ["form": accepted(["name": "Ann"])]
        let first = try await reply("greet", from: ann)["result"]?["requestState"]
        #expect(try await reply("greet", from: eve, state: first, answers)["error"]?["code"] == -32602)
        clock.store(1_601, ordering: .relaxed)
        #expect(try await reply("greet", from: ann, state: first, answers)["error"]?["code"] == -32602)
        let second = try await reply("greet", from: ann)["result"]?["requestState"]
        #expect(try await reply("greet", from: ann, state: second, answers)["error"] == nil)
    }

    // Rows: G206
    @Test func `goes on at another server that holds the same key`() async throws {
        let first = server(key: 7)
        let second = server(key: 7)
        let stranger = server(key: 8)
        let state = try await reply("greet", from: first)["result"]?["requestState"]
        let answers: JSON = ["form": accepted(["name": "Ann"])]
        #expect(try await reply("greet", from: stranger, state: state, answers)["error"]?["code"] == -32602)
        #expect(try await text(reply("greet", from: second, state: state, answers)["result"]) == "Hello, Ann.")
    }

    // Rows: G312
    @Test func `never becomes a request of ours, whatever a concurrent session can do`() async throws {
        try await session.open(.november2025, capabilities: ["elicitation": [:]])
        #expect(try await call("greet")["resultType"] == "input_required")
        #expect(try await text(call("greet", capabilities: [:])) == "Hello, whoever you are.")
    }

    private func server(key: UInt8) -> TestSession {
        TestSession(
            Server(
                info: ServerInfo(name: "test", version: "1", instructions: ""),
                tools: AskingTools(),
                seal: Seal { Array(repeating: key, count: 32) },
                log: .none
            )
        )
    }

    private func accepted(_ content: JSON) -> JSON { ["action": "accept", "content": content] }

    private func text(_ result: JSON?) -> String? { result?["content"]?[0]?["text"]?.string }

    private func call(
        _ tool: String,
        state: JSON? = nil,
        _ answers: JSON? = nil,
        capabilities: JSON = ["elicitation": [:]]
    ) async throws -> JSON {
        try await reply(tool, state: state?["requestState"], answers, capabilities: capabilities)["result"] ?? .null
    }

    private func code(
        _ tool: String,
        _ state: JSON,
        _ answers: JSON,
        arguments: JSON? = nil
    ) async throws -> Int? {
        try await reply(tool, state: state, answers, arguments: arguments)["error"]?["code"]?.int
    }

    private func reply(
        _ tool: String,
        from session: TestSession? = nil,
        state: JSON? = nil,
        _ answers: JSON? = nil,
        arguments: JSON? = nil,
        capabilities: JSON = ["elicitation": [:]]
    ) async throws -> JSON {
        try await (session ?? self.session).request(
            "tools/call",
            .members(
                ("name", .string(tool)),
                ("arguments", arguments),
                ("requestState", state),
                ("inputResponses", answers),
                (
                    "_meta",
                    [
                        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                        "io.modelcontextprotocol/clientCapabilities": capabilities,
                    ]
                )
            )
        )
    }
}
