import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing
import Writes
import docs_writer

@Suite struct `The manual of the tools` {
    private static let setting: @Sendable (WriteFamily) -> String = { "ALLOW=\($0.rawValue)" }

    @Test func `shows every tool with a call and what came of it`() async throws {
        let page = try await ToolManual(setting: Self.setting) { name, arguments in
            #expect(ToolName(rawValue: name)?.example == .object(arguments))
            return Answer("Found by \(name).", structured: ["found": 1])
        }.page()
        for tool in Registry.tools {
            let name = tool.definition.name
            #expect(page.contains("\n## \(name)\n\n**\(tool.definition.title).**"))
            #expect(page.contains("```markdown\nFound by \(name).\n```"))
        }
        #expect(
            page.contains("| `limit_per_hop` | whole number, 1 to 500 | `20` | How many assets of a hop to show. |")
        )
        #expect(page.contains("| `targets[].object_id` | whole number, 1 or more | required |"))
        #expect(page.contains("Changes OvalEdge; needs `ALLOW=descriptions`."))
        #expect(page.contains("Only reads without the steps `validate_query`"))
    }

    @Test func `keeps tokens to itself`() async throws {
        let page = try await ToolManual(setting: Self.setting) { _, _ in
            Answer("Use \"s3cret\", s3cret.", structured: ["confirmationToken": "s3cret"])
        }.page()
        #expect(page.contains("Use \"…\", ….") && !page.contains("s3cret"))
    }

    @Test func `does not show a call that fails`() async {
        await #expect(throws: (any Error).self) {
            try await ToolManual(setting: Self.setting) { _, _ in .failure("No.") }.page()
        }
    }

    @Test func `counts only what is listed`() {
        let reading = ListCost(allowing: [])
        let writing = ListCost(allowing: [.descriptions])
        #expect(reading.rows.count == Registry.tools.count)
        let added = writing.rows.filter { row in !reading.rows.contains(row) }
        #expect(added.map { $0.name } == ["update_asset_descriptions"])
        #expect(writing.total == reading.total + (added.first?.tokens ?? 0))
    }
}
