import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Testing

@Suite struct `What OvalEdge says next to good data` {
    private static let words = "The index is being rebuilt, results may be missing."

    private static let calls: [(tool: String, arguments: JSON, data: String)] = [
        (
            "asset_explorer", ["search_terms": ["a"]],
            #"{"items":[{"objectId":1,"objectType":"oetable","objectName":"a"}]}"#
        ),
        ("asset_details", ["object_id": 1, "object_type": "oetable"], #"{"details":{"objectId":1,"objectName":"a"}}"#),
        (
            "asset_lineage", ["object_id": 1, "object_type": "oetable"],
            #"{"rootObjectId":1,"nodes":[{"id":1}],"edges":[]}"#
        ),
        ("knowledge_search", ["query": "a"], #"{"platformDocs":{"chunks":[{"text":"a","url":"https://a.example"}]}}"#),
        ("metadata_changes_between_crawls", [:], #"{"rollup":{"totalChanges":1}}"#),
    ]

    @Test(arguments: calls.indices)
    func `is in the text and in the data`(_ index: Int) async throws {
        let (tool, arguments, data) = Self.calls[index]
        let body = #"{"ok":true,"message":"\#(Self.words)","data":\#(data)}"#
        let answer = try await TestCatalog(answering: .ok, body).call(tool, arguments)
        #expect(!answer.isFailure && answer.text.contains("OvalEdge says: \(Self.words)"), "\(answer.text)")
        #expect(answer.structured?["message"]?.string == Self.words, "\(answer.structured?.text ?? "")")
    }

    @Test(arguments: ["Success", "OK.", "Data fetched successfully", "Assets retrieved successfully.", " "])
    func `is left out where it only says that all went well`(message: String) async throws {
        let (tool, arguments, data) = Self.calls[0]
        let body = #"{"ok":true,"message":"\#(message)","data":\#(data)}"#
        let answer = try await TestCatalog(answering: .ok, body).call(tool, arguments)
        #expect(!answer.text.contains("OvalEdge says"), "\(answer.text)")
    }
}

@Suite struct `A lineage of which some has no id` {
    @Test func `is shown without it, and says so`() async throws {
        let body = #"""
            {"rootObjectId":1,"nodes":[{"id":1,"name":"a"},{"id":2,"name":"b"},{"name":"c"}],
            "edges":[{"fromId":2,"toId":1}]}
            """#
        let answer = try await TestCatalog(answering: .ok, body)
            .call("asset_lineage", ["object_id": 1, "object_type": "oetable"])
        #expect(!answer.isFailure && answer.text.contains("1 upstream in 1 hop"), "\(answer.text)")
        #expect(answer.text.contains("1 asset or flow is left out, because OvalEdge sent no id with it."))
        #expect(answer.structured?["summary"]?["unidentified"] == 1 && answer.structured?["complete"] == false)
    }
}

@Suite struct `A page longer than was asked for` {
    @Test func `is never continued with a limit that the next call lowers`() async throws {
        let items = (1...400).map { id in
            #"{"objectId":\#(id),"objectType":"oetable","objectName":"a table of some name \#(id)","owner":"ann \#(id)"}"#
        }
        let body = #"{"ok":true,"data":{"total":400,"items":[\#(items.joined(separator: ","))]}}"#
        let answer = try await TestCatalog(answering: .ok, body).call("asset_explorer", ["limit": 50])
        let limit = try #require(answer.structured?["nextLimit"]?.int)
        #expect((1...50).contains(limit))
    }
}
