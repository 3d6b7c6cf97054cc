import JSON
import MCP
import OvalEdge
import OvalEdgeContent
import OvalEdgeTools
import TestSupport
import Testing

/// A guide as an argument of a test, shown by its address.
struct AnyGuide: CustomTestStringConvertible, Sendable {
    let guide: Guide

    static let all = Guide.all.map { AnyGuide(guide: $0) }
    var testDescription: String { guide.uri }
}

@Suite struct `Every guide` {
    /// What is offered where nothing may be written.
    private static let reading = ToolAccess().tools

    @Test func `is one of the documented ones`() {
        let uris = TestCatalog().listedResources.map { $0.uri }.filter { $0.hasPrefix("docs:") }
        let stems = ["overview", "mcp_workflows", "asset_types", "governance", "rdam_source_access"]
        #expect(
            uris == stems.map { "docs://ovaledge/\($0)" },
            "Is a guide meant to be new? Add it here, and in Tests/Clients/test_features.py."
        )
    }

    @Test(arguments: AnyGuide.all)
    func `keeps its words`(_ any: AnyGuide) throws {
        let name = any.guide.uri.split(separator: "/").last ?? ""
        try expectSnapshot("guides/\(name).md", of: any.guide.text(for: EnabledTools(Registry.tools)))
        try expectSnapshot("guides/\(name).read-only.md", of: any.guide.text(for: EnabledTools(Self.reading)))
    }

    @Test(arguments: AnyGuide.all)
    func `speaks of other tools only to say that they are not here`(_ any: AnyGuide) {
        let text = any.guide.text(for: EnabledTools(Self.reading))
        let listed = Self.reading.map { tool in tool.definition.name }
        let absent = ToolName.allCases.map { $0.rawValue }.filter { !listed.contains($0) }
        for line in text.split(separator: "\n") where absent.contains(where: { line.contains("`\($0)`") }) {
            #expect(line.contains("set up without"), "\(line)")
        }
    }

    @Test(arguments: AnyGuide.all)
    func `leads only to guides that exist`(_ any: AnyGuide) {
        let text = any.guide.text(for: EnabledTools(Registry.tools))
        let uris = Guide.all.map { $0.uri }
        let linked = text.matches(of: /docs:\/\/ovaledge\/[a-z_]+/).map { String($0.output) }
        #expect(linked.allSatisfy { uris.contains($0) })
    }

    @Test func `lists every tool, every prompt and every rare filter`() throws {
        let guide = try #require(Guide.all.first { $0.uri.hasSuffix("mcp_workflows") })
        let text = guide.text(for: EnabledTools(Registry.tools))
        let filters = AssetFilter.allCases.map { $0.rawValue }.filter { !$0.hasPrefix("connection") }
        let usual: Set = [
            "serverType", "schemaName", "owner", "steward", "custodian", "tags", "terms", "customFields",
            "dataProducts", "classifications", "criticalDataElement",
        ]
        let names =
            ToolName.allCases.map { $0.rawValue } + OvalEdgePrompts.all.map { $0.name }
            + filters.filter { !usual.contains($0) } + ["dp_domain"]
        for name in names { #expect(text.contains("`\(name)`"), "\(name)") }
        for word in ["RDAM", "catalog access", "POST", "description slots"] { #expect(text.contains(word)) }
    }

    /// Rows: G133.
    @Test(arguments: AnyGuide.all)
    func `is read as it is listed`(_ any: AnyGuide) async throws {
        let catalog = TestCatalog()
        let listed = try #require(catalog.listedResources.first { $0.uri == any.guide.uri })
        let answer = try #require(try await catalog.read(any.guide.uri))
        let contents = try #require(answer.contents.first)
        #expect(answer.contents.count == 1 && answer.kept >= .seconds(3600))
        #expect(contents.uri == listed.uri && contents.mimeType == "text/markdown")
        guard case .text(let text) = contents.body else { return #expect(Bool(false), "A guide is a text.") }
        #expect(text.utf8.count == listed.size)
        #expect(text.hasPrefix("# \(listed.title ?? "")\n"))
    }
}
