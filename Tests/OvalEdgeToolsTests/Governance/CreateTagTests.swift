import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import Writes

@Suite struct `create_tag` {
    private let sandbox = SandboxClient()
    private let secured = SandboxClient(securesTags: true)

    @Test func `requires a name, and one place`() {
        #expect(mistakes(CreateTag.self, [:]) == ["`tag_name` is missing: The new tag."])
        #expect(
            mistakes(CreateTag.self, ["tag_name": "A", "parent_tag_id": 5, "create_directly_under_master": true])
                == ["`create_directly_under_master` contradicts `parent_tag_id`."]
        )
    }

    @Test func `leads to a parent in the open mode`() async throws {
        let catalog = TestCatalog(sandbox)
        var call: JSON = ["tag_name": "Home address"]
        let top = try await catalog.call("create_tag", call)
        #expect(top.structured?["tagSecurityMode"] == "open")
        #expect(top.structured?["choices"]?.array?.compactMap { $0["id"]?.int } == [351, 356, 359])
        call["browse_parent_tag_id"] = 351
        let below = try await catalog.call("create_tag", call)
        #expect(below.structured?["choices"]?.array?.compactMap { $0["id"]?.int } == [352, 353])
        call["parent_tag_id"] = 353
        #expect(try await catalog.call("create_tag", call).text.contains("Has the person chosen **Address**?"))
        call["parent_tag_id_confirmed_by_user"] = true
        #expect(try await catalog.call("create_tag", call).structured?["awaitingUserSelection"] == true)
        call["parent_step_completed_by_user"] = true
        let (preview, done) = try await catalog.confirmed("create_tag", call)
        #expect(preview.text.contains("- **Place**: Personal data > Address > Home address\n"))
        #expect(preview.text.contains("- **Description**: (nothing)"))
        #expect(try sent(to: sandbox) == ["tagName": "Home address", "parentTagId": 353])
        #expect(done.structured?["now"] == ["tagName": "Home address"])
        #expect(done.text.contains("&objectType=oetag)"))
        let found = try await catalog.call("asset_explorer", ["name": "Home address", "object_type": "oetag"])
        #expect(found.structured?["total"] == 1)
    }

    @Test func `says where there is nothing to look through`() async throws {
        let catalog = TestCatalog(sandbox)
        let leaf = try await catalog.call("create_tag", ["tag_name": "Home", "browse_parent_tag_id": 352])
        #expect(
            leaf.text.contains("### No choices available\nNothing has been written yet. Tag 352 has no tags below it.")
        )
        #expect(!leaf.text.contains("Show the person all of it"))
        let unknown = try await catalog.call("create_tag", ["tag_name": "Home", "browse_parent_tag_id": 999])
        #expect(unknown.text.contains("Tag 999 was not found here; these are at the top.\n- **Personal data**"))
    }

    @Test func `puts a tag at the top when the person says so`() async throws {
        let catalog = TestCatalog(sandbox)
        var call: JSON = ["tag_name": "Legal", "description": "Of *law*.", "create_directly_under_master": true]
        #expect(try await catalog.call("create_tag", call).structured?["selectionField"] == "parent_tag_id")
        call["parent_step_completed_by_user"] = true
        let (_, done) = try await catalog.confirmed("create_tag", call)
        #expect(try sent(to: sandbox) == ["tagName": "Legal", "description": "Of *law*."])
        #expect(done.structured?["now"] == ["tagName": "Legal", "description": "Of *law*."])
    }

    @Test func `leads to a master and a parent in the secure mode`() async throws {
        let catalog = TestCatalog(secured)
        var call: JSON = ["tag_name": "Silver"]
        let masters = try await catalog.call("create_tag", call)
        #expect(masters.structured?["selectionField"] == "master_tag_id")
        let names = masters.structured?["choices"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["Personal data", "Quality", "Revenue data"])
        call["master_tag_id"] = 999
        #expect(try await catalog.call("create_tag", call).text.contains("may not use master tag 999."))
        call["master_tag_id"] = 356
        #expect(try await catalog.call("create_tag", call).text.contains("Has the person chosen **Quality**?"))
        call["master_tag_id_confirmed_by_user"] = true
        let parents = try await catalog.call("create_tag", call)
        #expect(parents.structured?["choices"]?.array?.compactMap { $0["id"]?.int } == [357, 358])
        call["parent_step_completed_by_user"] = true
        call["create_directly_under_master"] = true
        let (preview, _) = try await catalog.confirmed("create_tag", call)
        #expect(preview.text.contains("- **Place**: Quality > Silver"))
        #expect(try sent(to: secured) == ["tagName": "Silver", "masterTagId": 356])
    }

    @Test func `takes a parent below the chosen master only`() async throws {
        let catalog = TestCatalog(secured)
        var call: JSON = [
            "tag_name": "Home", "master_tag_id": 351, "master_tag_id_confirmed_by_user": true, "parent_tag_id": 357,
            "parent_tag_id_confirmed_by_user": true, "parent_step_completed_by_user": true,
        ]
        #expect(try await catalog.call("create_tag", call).text.contains("Parent tag 357 was not found here"))
        call["parent_tag_id"] = 354
        let (preview, _) = try await catalog.confirmed("create_tag", call)
        #expect(preview.text.contains("Personal data > Address > Delivery address > Home"))
        #expect(try sent(to: secured) == ["tagName": "Home", "masterTagId": 351, "parentTagId": 354])
    }

    @Test func `knows no master in the open mode`() async throws {
        let answer = try await TestCatalog(sandbox).call("create_tag", ["tag_name": "A", "master_tag_id": 351])
        #expect(answer.isFailure && answer.text.contains("is in open mode"))
    }

    @Test func `remembers nothing of what others chose`() async throws {
        let catalog = TestCatalog(sandbox)
        var call: JSON = ["tag_name": "Legal"]
        _ = try await catalog.call("create_tag", call, by: Principal("ann"))
        let other = try await catalog.call("create_tag", call, by: Principal("bob"))
        #expect(other.structured?["awaitingUserSelection"] == true)
        call["create_directly_under_master"] = true
        call["parent_step_completed_by_user"] = true
        let preview = try await catalog.call("create_tag", call, by: Principal("ann"))
        call["write_confirmed_by_user"] = true
        call["confirmation_token"] = preview.structured?["confirmationToken"]
        #expect(try await catalog.call("create_tag", call, by: Principal("bob")).isFailure)
        #expect(try await catalog.call("create_tag", call, by: Principal("ann")).structured?["written"] == true)
    }

    @Test func `warns of tags of that name`() async throws {
        let call: JSON = [
            "tag_name": "Gold", "create_directly_under_master": true, "parent_step_completed_by_user": true,
        ]
        let preview = try await TestCatalog(sandbox).call("create_tag", call)
        #expect(preview.text.contains("Tags of this name that exist already:\n- [Gold](http"))
    }

    @Test func `takes a failure to read the mode for a failure, not for the open mode`() async throws {
        let answer = try await TestCatalog(answering: .forbidden, "{}").call("create_tag", ["tag_name": "A"])
        #expect(answer.isFailure)
    }

    @Test(arguments: ["create-options", "tags"])
    func `reports OvalEdge's 422 without choices in its words`(endpoint: String) async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                guard request.url.hasSuffix("/\(endpoint)") else { return try await sandbox.send(request) }
                let words = #"{"ok":false,"message":"The tag is not wanted."}"#
                return HTTPResponse(.unprocessableContent, text: words, type: "application/json")
            }
        )
        let call: JSON = [
            "tag_name": "Legal", "create_directly_under_master": true, "parent_step_completed_by_user": true,
        ]
        let answer = try await catalog.confirmed("create_tag", call).done
        #expect(answer.isFailure && answer.text.contains("The tag is not wanted"), "\(answer.text)")
        #expect(try catalog.audit().lines.last?.members["outcome"]?.string == (endpoint == "tags" ? "refused" : nil))
    }

    private func sent(to sandbox: SandboxClient) throws -> JSON {
        let writes = sandbox.record.requests.filter { $0.path == "/api/v1/mcp/tags" }
        return try JSON(parsing: try #require(writes.last).body)
    }
}
