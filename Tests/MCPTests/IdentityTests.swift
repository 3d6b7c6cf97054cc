import JSON
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `Who answers` {
    private let session = TestSession(
        Server(
            info: ServerInfo(
                name: "shop",
                version: "2",
                instructions: "Ask.",
                title: "The shop",
                description: "Sells plants.",
                icons: [Icon(svg: "<svg/>")]
            ),
            tools: FixtureTools(),
            log: .none
        )
    )

    private let meta: JSON = [
        "_meta": [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
    ]

    @Test func `is described in full once, and by name and version with every result`() async throws {
        let key = "io.modelcontextprotocol/serverInfo"
        let hello = try await session.request("server/discover", meta)["result"]?["_meta"]?[key]
        #expect(hello?["title"] == "The shop")
        #expect(hello?["description"] == "Sells plants.")
        #expect(hello?["icons"]?[0]?["src"] == "data:image/svg+xml;base64,PHN2Zy8+")
        let list = try await session.request("tools/list", meta)["result"]?["_meta"]?[key]
        #expect(list == ["name": "shop", "version": "2"])
    }

    @Test(arguments: Revision.allCases.filter { !$0.isStateless })
    func `is described as far as the revision has words for it`(_ revision: Revision) async throws {
        let hello = try await session.request(
            "initialize",
            ["protocolVersion": .string(revision.rawValue), "capabilities": [:]]
        )
        let info = hello["result"]?["serverInfo"]
        #expect((info?["title"] != nil) == (revision >= .june2025))
        #expect((info?["icons"] != nil) == (revision >= .november2025))
    }
}
