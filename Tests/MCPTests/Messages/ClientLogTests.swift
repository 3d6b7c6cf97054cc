import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import TestSupport
import Testing

@Suite struct `Log lines for the client` {
    private static let handshake = Revision.allCases.filter { !$0.isStateless }

    /// Rows: G161, G164.
    @Test(arguments: Revision.allCases)
    func `are advertised by a server that has some, and by no other`(revision: Revision) async throws {
        #expect(try await TestSession(server()).capabilities(revision)["logging"] == [:])
        #expect(try await TestSession().capabilities(revision)["logging"] == nil)
    }

    /// Rows: G162.
    @Test(arguments: handshake)
    func `come from the level on that the session asked for`(revision: Revision) async throws {
        let session = TestSession(server())
        try await session.open(revision)
        #expect(try await session.request("logging/setLevel", ["level": "error"])["result"] == [:])
        #expect(try await session.lines(calling: "talk").levels == ["error", "critical", "alert", "emergency"])
        #expect(try await session.request("logging/setLevel", ["level": "debug"])["result"] == [:])
        #expect(
            try await session.lines(calling: "talk").levels == ClientLog.Level.allCases.map { $0.rawValue } + ["info"]
        )
    }

    @Test func `come from the server's own level on before a session asks for one`() async throws {
        let session = TestSession(server(logsFrom: .alert))
        try await session.open()
        #expect(try await session.lines(calling: "talk").levels == ["alert", "emergency"])
    }

    @Test func `are forgotten with the session that wanted them`() async throws {
        let session = TestSession(server())
        try await session.open()
        _ = try await session.request("logging/setLevel", ["level": "debug"])
        try await session.open(.june2025)
        #expect(try await session.lines(calling: "talk").levels == ["emergency"])
    }

    /// Rows: G163.
    @Test(arguments: ["loud", 3, .null, [:]] as [JSON])
    func `have eight levels and no others`(level: JSON) async throws {
        let session = TestSession(server())
        try await session.open()
        let error = try await session.request("logging/setLevel", ["level": level])["error"]
        #expect(error?["code"] == -32602)
        #expect(error?["message"]?.string?.contains("debug, info, notice, warning, error") == true)
        #expect(try await session.request("logging/setLevel")["error"]?["code"] == -32602)
    }

    /// Rows: G161.
    @Test func `cannot be requested where they are disabled, or in 2026-07-28`() async throws {
        let silent = TestSession()
        try await silent.open()
        #expect(try await silent.request("logging/setLevel", ["level": "info"])["error"]?["code"] == -32601)
        let session = TestSession(server())
        let stateless: JSON = ["level": "info", "_meta": .stateless()]
        #expect(try await session.request("logging/setLevel", stateless)["error"]?["code"] == -32601)
        #expect(try await session.request("logging/setLevel", ["level": "info"])["error"]?["code"] == -32602)
    }

    /// Rows: G164, G165.
    @Test func `come only for a request of 2026-07-28 that asks, from its level on, before its response`() async throws
    {
        let session = TestSession(server(logsFrom: .debug))
        #expect(try await session.lines(calling: "talk", .stateless()).levels == [])
        let asking = JSON.stateless(["io.modelcontextprotocol/logLevel": "alert"])
        #expect(try await session.lines(calling: "talk", asking).levels == ["alert", "emergency"])
        #expect(try await session.lines(calling: "talk", .stateless()).levels == [])
    }

    /// Rows: G164.
    @Test func `do not come for a request of 2026-07-28 because a concurrent session asked for them`() async throws {
        let session = TestSession(server())
        try await session.open()
        _ = try await session.request("logging/setLevel", ["level": "debug"])
        #expect(try await session.lines(calling: "talk", .stateless()).levels == [])
    }

    /// Rows: G166.
    @Test(arguments: ["loud", 3] as [JSON])
    func `have the same levels in 2026-07-28`(level: JSON) async throws {
        let params: JSON = ["name": "talk", "_meta": .stateless(["io.modelcontextprotocol/logLevel": level])]
        let reply = try await TestSession(server()).request("tools/call", params)
        #expect(reply["error"]?["code"] == -32602)
        #expect(reply["error"]?["message"]?.string?.contains("logLevel") == true)
    }

    /// Rows: G168.
    @Test func `say how each call ended, and nothing of its arguments`() async throws {
        let session = TestSession(server())
        try await session.open()
        _ = try await session.request("logging/setLevel", ["level": "info"])
        var lines = try await session.lines(calling: "fail")
        #expect(lines.levels == ["warning"])
        #expect(lines.last?["data"]?["tool"] == "fail")
        #expect(lines.last?["data"]?["outcome"] == "failure")
        #expect(lines.last?["data"]?["ms"]?.int != nil)
        #expect(lines.last?.text.contains("hunter2") == false)
        lines = try await session.lines(calling: "hunter2")
        #expect(lines.last?["data"]?["tool"] == "unknown")
        #expect(lines.last?["data"]?["outcome"] == "refused")
        lines = try await session.lines(calling: "break")
        #expect(lines.levels == ["error"])
        #expect(lines.last?["data"]?["outcome"] == "error")
    }

    @Test func `are a sentence, or a sentence with what programs read`() async throws {
        let tools = MadeUpTools(
            (
                "talk",
                { _, context in
                    context.log(.error, "Only this.")
                    context.log(.error, "This, too.", ("tries", 2))
                    return Answer("")
                }
            )
        )
        let session = TestSession(server(tools))
        try await session.open()
        _ = try await session.request("logging/setLevel", ["level": "error"])
        let lines = try await session.lines(calling: "talk")
        #expect(
            lines == [
                ["level": "error", "data": "Only this."],
                ["level": "error", "data": ["message": "This, too.", "tries": 2]],
            ]
        )
    }

    /// Rows: G169.
    @Test func `are no flood, whatever a handler says`() async throws {
        let tools = MadeUpTools(
            (
                "talk",
                { _, context in
                    for number in 1...10_000 { context.log(.emergency, "\(number)") }
                    return Answer("")
                }
            )
        )
        let session = TestSession(server(tools))
        try await session.open()
        let lines = try await session.lines(calling: "talk")
        #expect((50...200).contains(lines.count))
        #expect(lines.first?["data"] == "1")
    }

    /// Rows: G173.
    @Test func `end when the request is cancelled, though its work goes on`() async throws {
        let (entered, leaves) = (Latch(), Latch())
        let tools = MadeUpTools(
            (
                "talk",
                { _, context in
                    context.log(.emergency, "before")
                    // What was started apart does not get the cancellation.
                    Task {
                        await entered.passed()
                        context.log(.emergency, "after")
                        leaves.pass()
                    }
                    await leaves.passed()
                    return Answer("")
                }
            )
        )
        let session = TestSession(server(tools))
        try await session.open()
        session.write(#"{"jsonrpc":"2.0","id":"t","method":"tools/call","params":{"name":"talk"}}"#)
        #expect(await session.read().contains("before"))
        session.write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"t"}}"#)
        entered.pass()
        await leaves.passed()
        await session.idle()
        #expect(session.unread.isEmpty)
    }

    /// Rows: G165.
    @Test func `end with the answer, whatever still logs`() async throws {
        let (answered, isOver) = (Latch(), Latch())
        let tools = MadeUpTools(
            (
                "talk",
                { _, context in
                    Task {
                        await answered.passed()
                        context.log(.emergency, "after")
                        isOver.pass()
                    }
                    return Answer("")
                }
            )
        )
        let session = TestSession(server(tools))
        try await session.open()
        _ = try await session.call("talk")
        answered.pass()
        await isOver.passed()
        #expect(session.unread.isEmpty)
    }

    private func server(
        _ tools: MadeUpTools = talkative,
        logsFrom: ClientLog.Level = .emergency
    ) -> Server {
        Server(
            info: ServerInfo(name: "test", version: "1", instructions: ""),
            tools: tools,
            logsFrom: logsFrom,
            log: .none
        )
    }

    private static var talkative: MadeUpTools {
        struct Broken: Error {}
        return MadeUpTools(
            (
                "talk",
                { _, context in
                    for level in ClientLog.Level.allCases { context.log(level, "A line.") }
                    return Answer("Talked.")
                }
            ),
            ("fail", { _, _ in .failure("It failed.") }),
            ("break", { _, _ in throw Broken() })
        )
    }
}

extension TestSession {
    /// The `params` of the log lines before the answer to a call, which holds a secret argument.
    fileprivate func lines(calling tool: String, _ meta: JSON? = nil) async throws -> [JSON] {
        let params = JSON.members(("name", .string(tool)), ("arguments", ["word": "hunter2"]), ("_meta", meta))
        write(
            JSON.members(("jsonrpc", "2.0"), ("id", "call"), ("method", "tools/call"), ("params", params)).text
        )
        var lines: [JSON] = []
        while true {
            let message = try JSON(parsing: await read())
            if message["id"] == "call" { break }
            #expect(message["method"] == "notifications/message")
            lines.append(message["params"] ?? .null)
        }
        await idle()
        #expect(unread.isEmpty)
        return lines
    }
}

extension [JSON] {
    fileprivate var levels: [String?] { map { $0["level"]?.string } }
}
