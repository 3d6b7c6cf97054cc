import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

@Suite struct `The resources` {
    /// Rows: G131, G132, G133.
    @Test(arguments: Revision.allCases.filter { !$0.isStateless })
    func `serve a client of the protocol`(_ revision: Revision) async throws {
        let session = try await TestCatalog().session(revision)
        let listed = try await session.request("resources/list")["result"]?["resources"]?.array ?? []
        let templates = try await session.request("resources/templates/list")["result"]?["resourceTemplates"]?.array
        #expect(listed.count == 5, "Is a guide meant to be new? Count it here, and in Tests/Clients/test_schema.py.")
        #expect(
            templates?.count == 5,
            "Is a template meant to be new? Count it here, and in Tests/Clients/test_schema.py."
        )
        for resource in listed {
            let uri = try #require(resource["uri"])
            let contents = try await session.request("resources/read", ["uri": uri])["result"]?["contents"]?.array
            #expect(contents?.count == 1)
            #expect(contents?.first?["uri"] == uri)
            #expect(contents?.first?["text"]?.string?.isEmpty == false)
        }
    }

    @Test func `are the same for everyone, while what they show is not`() async throws {
        let catalog = TestCatalog()
        #expect(catalog.listedResources == TestCatalog().listedResources)
        #expect(catalog.listedTemplates == TestCatalog().listedTemplates)
    }

    @Test func `cost the server's start nothing`() async throws {
        let session = try await TestCatalog().session()
        let hello = try await session.request("initialize", ["protocolVersion": "2025-11-25", "capabilities": [:]])
        #expect(hello["result"]?["capabilities"]?["resources"] == [:])
        #expect(hello["result"]?["capabilities"]?["completions"] == [:])
    }
}
