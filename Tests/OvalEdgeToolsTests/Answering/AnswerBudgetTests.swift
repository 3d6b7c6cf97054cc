import JSON
import MCP
import OvalEdgeTools
import Rendering
import Testing
import Text

@Suite struct `The answer budget` {
    private static let words = String(repeating: "customer order revenue ", count: 40_000)

    private static func reply(assets count: Int, description: String = "One row per order.") -> String {
        let items = (1...count).map {
            #"{"objectId":\#($0),"objectType":"oetable","objectName":"t\#($0)","businessDescription":"\#(description)"}"#
        }
        return #"{"ok":true,"data":{"items":[\#(items.joined(separator: ","))],"total":90000}}"#
    }

    private func explored(_ arguments: JSON, _ reply: String, _ tokens: Int = 8000) throws -> Answer {
        try answer(AssetExplorer.self, arguments, to: reply, within: AnswerBudget(tokens: tokens))
    }

    @Test func `leaves a short answer as it is`() throws {
        let short = try explored([:], Self.reply(assets: 3))
        #expect(short.structured?["leftOut"] == nil)
        #expect(short.structured?["returned"] == 3)
    }

    @Test func `cuts text and JSON at the same item, and says where to go on`() throws {
        let answer = try explored(["limit": 100], Self.reply(assets: 100), 1000)
        let returned = try #require(answer.structured?["returned"]?.int)
        #expect((5..<100).contains(returned))
        #expect(answer.structured?["data"]?["items"]?.array?.count == returned)
        #expect(answer.text.contains("\n\(returned). **t\(returned)**"))
        #expect(!answer.text.contains("**t\(returned + 1)**"))
        #expect(answer.structured?["total"] == 90000)
        #expect(answer.structured?["complete"] == false)
        #expect(answer.structured?["nextPage"] == 2)
        #expect(answer.structured?["nextLimit"] == .int(returned))
        #expect(answer.text.contains("call again with `page` 2 and `limit` \(returned)"))
        #expect(answer.text.contains("\(returned) of 100 items of `items`"))
        let left: JSON = ["list": "data.items", "returned": .int(returned), "total": 100]
        #expect(answer.structured?["leftOut"]?.array?.contains(left) == true)
    }

    @Test func `goes on from a later page without passing anything over`() throws {
        let answer = try explored(["limit": 100, "page": 4], Self.reply(assets: 100), 1000)
        let returned = try #require(answer.structured?["returned"]?.int)
        let page = try #require(answer.structured?["nextPage"]?.int)
        let limit = try #require(answer.structured?["nextLimit"]?.int)
        let seen = try #require(answer.structured?["limit"]?.int) * 3 + returned
        #expect((page - 1) * limit <= seen)
        #expect(page * limit > seen)
    }

    @Test func `shortens long texts before it drops items`() throws {
        let answer = try explored(["detail": "full"], Self.reply(assets: 10, description: Self.words))
        #expect(answer.structured?["returned"] == 10)
        #expect(answer.structured?["leftOut"]?.array?.count == 1)
        let left = try #require(answer.structured?["leftOut"]?.array?.first)
        #expect(left["text"] == "data.items[].businessDescription")
        #expect(left["total"] == .int(10 * Self.words.count))
        #expect(answer.text.contains("Shortened: "))
    }

    /// As the product sends them: one text in several forms, in the asset and in what hangs on it.
    @Test(arguments: ["brief", "full"])
    func `shortens a wiki text in each of its places`(detail: String) throws {
        let long = String(repeating: "All orders of the shop, one row each. ", count: 800)
        let html = JSON.string("<p>\(long)</p>")
        let forms: JSON = ["plainText": .string(long), "wikitext": html, "html": html]
        let reply: JSON = [
            "ok": true,
            "data": [
                "details": [
                    "objectId": 5, "objectName": "orders", "businessDescription": forms,
                    "technicalDescription": ["wikiText": html],
                    "storyContent": html, "notes": [.string(long)],
                ],
                "relationships": [["objectId": 6, "objectName": "items", "description": .string(long)]],
            ],
        ]
        let arguments: JSON = ["object_id": 5, "object_type": "oetable", "detail": .string(detail)]
        let answer = try answer(AssetDetails.self, arguments, to: reply.text)
        let data = try #require(answer.structured?["data"])
        let texts = [
            data["details"]?["businessDescription"]?["plainText"], data["details"]?["storyContent"],
            data["details"]?["technicalDescription"]?["plainText"], data["details"]?["notes"]?[0],
            data["relationships"]?[0]?["description"],
        ]
        for text in texts { #expect(text?.string?.hasSuffix(" …") == true) }
        #expect(data["details"]?["businessDescription"]?.object?.names == ["plainText"])
        #expect(data["details"]?["objectName"] == "orders" && data["relationships"]?[0]?["objectName"] == "items")
        #expect(TokenEstimate.tokens(in: answer.structured?.text ?? "") <= 8000)
        #expect(TokenEstimate.tokens(in: answer.text) <= 8000)
        #expect(answer.structured?["leftOut"]?.array?.isEmpty == false && answer.text.contains("Shortened: "))
    }

    @Test(arguments: [1000, 2000, 8000, 50_000])
    func `holds for text and JSON each`(_ tokens: Int) throws {
        let answer = try explored(["detail": "full"], Self.reply(assets: 3000, description: "Cheap — ✓ 注文"), tokens)
        #expect(TokenEstimate.tokens(in: answer.text) <= tokens)
        let json = try #require(answer.structured?.text)
        #expect(TokenEstimate.tokens(in: json) <= tokens)
        // What there is room for is used.
        #expect(TokenEstimate.tokens(in: json) > tokens * 3 / 4)
    }
}
