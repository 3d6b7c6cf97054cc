import JSON
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `Progress` {
    private func session(reporting steps: [Double]) -> TestSession {
        let tool = ToolSet.Tool(
            ToolDefinition(name: "work", title: "Work", effect: .reads, summary: "Works.")
        ) { context in
            for step in steps { context.progress.report(step, of: 100, "At \(step)") }
            return Answer("Done.")
        }
        let info = ServerInfo(name: "steps", version: "1", instructions: "")
        return TestSession(Server(info: info, tools: ToolSet([tool]), log: .none))
    }

    /// All that is written until the call is answered.
    private func heard(
        _ steps: [Double],
        token: JSON,
        _ revision: Revision = .newestWithHandshake
    ) async throws -> [JSON] {
        let session = session(reporting: steps)
        try await session.open(revision)
        let params: JSON = ["name": "work", "_meta": ["progressToken": token]]
        session.write(
            JSON.members(("jsonrpc", "2.0"), ("id", "w"), ("method", "tools/call"), ("params", params)).text
        )
        await session.idle()
        return try session.unread.map { try JSON(parsing: $0) }
    }

    /// Rows: G171.
    @Test func `begins at zero, only grows, and ends before the answer`() async throws {
        let heard = try await heard([0, 50, 50, 20, 100], token: "t")
        #expect(heard.dropLast().map { $0["params"]?["progress"] } == [0, 50, 100])
        #expect(heard.last?["id"] == "w")
    }

    /// Rows: G169.
    @Test func `is no flood, whatever a handler reports`() async throws {
        let heard = try await heard((1...10_000).map { Double($0) }, token: "t")
        #expect((50...200).contains(heard.count))
    }

    /// Rows: G170.
    @Test(arguments: [JSON.int(0), "", "a", 7])
    func `comes under the token as it was given`(token: JSON) async throws {
        let heard = try await heard([1], token: token)
        #expect(heard.count == 2)
        #expect(heard[0]["params"]?["progressToken"] == token)
    }

    /// Rows: G170.
    @Test(arguments: [JSON.null, 1.5, true, []])
    func `is not sent for what is no token`(token: JSON) async throws {
        #expect(try await heard([1], token: token).count == 1)
    }

    /// Rows: G172.
    @Test func `has a message from 2025-03-26 on`() async throws {
        #expect(try await heard([1], token: 1, .november2024)[0]["params"]?["message"] == nil)
        #expect(try await heard([1], token: 1, .march2025)[0]["params"]?["message"] == "At 1.0")
    }
}
