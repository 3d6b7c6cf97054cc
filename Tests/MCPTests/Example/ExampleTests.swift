import JSON
import Logging
import MCP
import TestSupport
import Testing

/// docs/UsingTheLibrary.md shows this server, by `scripts/docs`.
@Suite struct `The example of the page on using the library` {
    private let session: TestSession

    init() async throws {
        let server = Server(
            info: ServerInfo(name: "dice", version: "1", instructions: ""),
            tools: ToolSet([Dice.bet]),
            resources: Dice.resources,
            prompts: Dice.prompts,
            log: .none
        )
        session = TestSession(server)
        try await session.open(.july2026, capabilities: ["elicitation": [:]])
    }

    @Test(
        arguments: [
            (["action": "accept", "content": ["number": 3]], ["You win.", "You lose."]),
            (["action": "decline"], ["Nothing was rolled."]),
        ] as [(JSON, [String])]
    )
    func `asks for a number before it rolls`(answer: JSON, said: [String]) async throws {
        let open = try await session.call("bet")
        let done = try await session.request(
            "tools/call",
            [
                "name": "bet", "arguments": [:], "inputResponses": ["form": answer],
                "requestState": open["requestState"] ?? .null,
            ]
        )
        #expect(said.contains(done["result"]?["content"]?[0]?["text"]?.string ?? ""))
    }

    @Test func `reads, explains and completes`() async throws {
        let rules = try await session.request("resources/read", ["uri": "dice://rules"])
        #expect(rules["result"]?["contents"]?[0]?["text"] == "Six is best.")
        #expect(try await session.request("resources/read", ["uri": "dice://sides/x"])["error"]?["code"] == -32602)
        let prompt = try await session.request("prompts/get", ["name": "explain", "arguments": ["game": "Craps"]])
        #expect(prompt["result"]?["messages"]?[0]?["content"]?["text"]?.string?.contains("Craps") == true)
        let games = try await session.request(
            "completion/complete",
            ["ref": ["type": "ref/prompt", "name": "explain"], "argument": ["name": "game", "value": "y"]]
        )
        #expect(games["result"]?["completion"]?["values"] == ["Yacht"])
    }
}
