import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

@Suite struct `asset_details` {
    @Test func `asks by id and type`() {
        expect(
            AssetDetails.self,
            ["object_id": "501", "object_type": "OETABLE"],
            sends: "GET /api/v1/mcp/asset-details?objectId=501&objectType=oetable"
        )
    }

    @Test(
        arguments: [
            ([:], ["`object_type` is missing: ", "One of `object_id` and `object_name` is needed."]),
            (["object_id": 0, "object_type": "oetable"], ["One of `object_id` and `object_name` is needed."]),
            (
                ["object_id": 1, "object_name": "orders", "object_type": "oetable"],
                ["Give `object_id` or `object_name`, not both."]
            ),
            (
                ["object_id": "orders", "object_type": "dashboard"],
                [
                    "`object_id` must be a whole number; it was \"orders\".",
                    "`object_type` cannot be `dashboard`. It is one of ",
                ]
            ),
            (
                ["objectid": 1, "object_type": "oetable", "depth": 2],
                ["`depth` is not an argument of asset_details; it takes "]
            ),
        ] as [(JSON, [String])]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, expected: [String]) {
        let found = mistakes(AssetDetails.self, arguments)
        #expect(found.count == expected.count)
        for (sentence, beginning) in zip(found, expected) { #expect(sentence.hasPrefix(beginning)) }
    }

    @Test func `says what is missing and invents nothing`() throws {
        let answer = try answer(AssetDetails.self, ["object_id": 5, "object_type": "oefile"], to: #"{"data":{}}"#)
        #expect(
            answer.text == """
                # (no name) (file, `oefile 5`)
                - Certification: not given · data quality score: not given
                - People: owner not given, steward not given, custodian not given
                - Description: none is given
                """
        )
    }

    @Test func `shows custom fields and names what it cannot show`() throws {
        let reply: JSON = [
            "data": [
                "customFields": [["fieldName": "Region", "fieldValue": "EMEA"]], "tags": ["PII", "Gold"], "empty": [],
                "audit": ["by": "ann"], "isHidden": true, "note": "",
            ]
        ]
        let answer = try answer(AssetDetails.self, ["object_id": 5, "object_type": "oetable"], to: reply.text)
        #expect(
            answer.text.hasSuffix(
                """
                ## More
                - Custom fields: Region: EMEA
                - Tags: PII, Gold
                - Is hidden: yes
                Not shown, but with `detail` `full`: audit.
                """
            )
        )
    }

    @Test(arguments: ["details", "data"])
    func `puts links where the asset is`(place: String) throws {
        let asset = ##"{"objectId":5,"navLink":"#nav/table?id=5"}"##
        let reply = place == "details" ? #"{"data":{"details":\#(asset)}}"# : #"{"data":\#(asset)}"#
        let answer = try answer(AssetDetails.self, ["object_id": 5, "object_type": "oetable"], to: reply)
        let data = try #require(answer.structured?["data"])
        let linked = place == "details" ? data["details"] : data
        #expect(linked?["redirectUrl"] == "https://oe.example/ovaledge/#nav/table?id=5")
        #expect(answer.structured?["redirectUrl"] == nil)
        #expect(answer.text.contains("[Open in OvalEdge](https://oe.example/ovaledge/#nav/table?id=5)"))
    }

    @Test func `cuts long tables and says so`() throws {
        let columns = JSON.array((1...120).map { ["name": .string("c\($0)"), "nulls": .int($0), "stats": ["a": 1]] })
        let reply: JSON = ["data": ["details": ["objectId": 5], "profile": ["rowCount": 7, "columns": columns]]]
        let answer = try answer(AssetDetails.self, ["object_id": 5, "object_type": "oetable"], to: reply.text)
        #expect(
            answer.text.contains("## Columns (1 to 40 of 120)\nRow count: 7\n| name | nulls |\n|---|---|\n| c1 | 1 |")
        )
        #expect(
            answer.text.contains(
                "| c40 | 40 |\nNot shown of each: stats.\n\nFor the next rows, call again with `first_row` 41."
            )
        )
        #expect(!answer.text.contains("c41"))
        #expect(answer.structured?["data"]?["profile"]?["columns"]?.array?.count == 40)
        #expect(answer.structured?["complete"] == false)
    }

    @Test func `shows all of it when all is asked for`() throws {
        let columns = JSON.array((1...120).map { ["name": .string("c\($0)"), "nulls": .int($0)] })
        let reply: JSON = [
            "data": ["details": ["objectId": 5, "audit": ["by": "ann"]], "profile": ["columns": columns]]
        ]
        let arguments: JSON = ["object_id": 5, "object_type": "oetable", "detail": "full"]
        let answer = try answer(AssetDetails.self, arguments, to: reply.text)
        #expect(answer.text.contains("## Columns (120)") && answer.text.contains("| c120 | 120 |"))
        #expect(answer.text.contains(#"- Audit: {"by":"ann"}"#))
        #expect(answer.structured?["complete"] == true)
    }

    @Test func `shows at most eight fields of a table and names the others`() throws {
        let row = JSON.object(JSONObject((1...10).map { JSONObject.Member("f\($0)", .int($0)) } + [.init("name", "n")]))
        let reply: JSON = ["data": ["details": ["objectId": 5], "relationships": [row]]]
        let answer = try answer(AssetDetails.self, ["object_id": 5, "object_type": "oetable"], to: reply.text)
        #expect(answer.text.contains("## Relationships (1)\n| name | f1 | f2 | f3 | f4 | f5 | f6 | f7 |"))
        #expect(answer.text.contains("Not shown of each: f8, f9, f10."))
    }

    @Test func `names what has an id with its kind and id`() throws {
        let details: JSON = [
            "objectId": 5, "parentTag": ["objectId": 7, "objectName": "Personal"],
            "childTags": [["objectId": 8, "objectName": "Email"], ["objectId": 9, "objectName": "Phone"]],
            "sourceTables": [["objectId": 1010, "objectType": "oetable", "objectName": "deep_11"]],
            "relatedObjects": [["id": 12, "name": "orders", "type": "oefile"], ["id": 13, "name": "loads"]],
        ]
        let answer = try answer(
            AssetDetails.self,
            ["object_id": 5, "object_type": "oetag"],
            to: JSON.members(("data", details)).text
        )
        #expect(
            answer.text.hasSuffix(
                """
                - Parent tag: Personal `oetag 7`
                - Child tags: Email `oetag 8`, Phone `oetag 9`
                - Source tables: deep_11 `oetable 1010`
                - Related objects: orders `oefile 12`, loads (id 13)
                """
            ),
            "\(answer.text)"
        )
    }

    @Test func `joins the lists of a column, and names what cannot be in a cell`() throws {
        let columns: JSON = [
            ["name": "a", "tags": ["PII", "Gold"], "topValues": [1, 2], "histogram": [["from": 1]]],
            ["name": "b", "tags": [], "stats": ["max": 3]],
        ]
        let answer = try answer(
            AssetDetails.self,
            ["object_id": 5, "object_type": "oetable"],
            to: JSON.members(("data", ["details": ["objectId": 5], "profile": ["columns": columns]])).text
        )
        #expect(
            answer.text.hasSuffix(
                """
                | name | tags | topValues |
                |---|---|---|
                | a | PII, Gold | 1, 2 |
                | b |  |  |
                Not shown of each: histogram, stats.
                """
            ),
            "\(answer.text)"
        )
    }

    @Test(arguments: ["plainText", "wikitext"])
    func `reads HTML wherever a description holds it, in text and data`(variant: String) throws {
        let html = "<p>About <b>orders</b>&nbsp;&amp; more</p><ul><li>one</li></ul>"
        let details: JSON = [
            "objectId": 5, "businessDescription": .object(JSONObject([.init(variant, .string(html))])),
        ]
        let answer = try answer(
            AssetDetails.self,
            ["object_id": 5, "object_type": "oetable"],
            to: JSON.members(("data", details)).text
        )
        #expect(
            answer.text.contains("About orders\u{A0}& more\n- one")
                || answer.text.contains("About orders & more\n- one"),
            "\(answer.text)"
        )
        #expect(answer.structured?["data"]?["businessDescription"]?["plainText"]?.string?.contains("<") == false)
    }

    @Test func `leaves a plain text that only looks a little like HTML`() throws {
        let details: JSON = ["objectId": 5, "businessDescription": ["plainText": "array<string> where a < b"]]
        let answer = try answer(
            AssetDetails.self,
            ["object_id": 5, "object_type": "oetable"],
            to: JSON.members(("data", details)).text
        )
        #expect(answer.text.contains(#"array\<string> where a \< b"#), "\(answer.text)")
    }

    @Test func `says the same description once, and reads a story as text`() throws {
        let details: JSON = [
            "objectId": 5, "businessDescription": ["plainText": "Order lines"], "description": "<p>Order lines</p>",
            "storyContent": "<h2>Scope</h2><p>All data</p>",
        ]
        let answer = try answer(
            AssetDetails.self,
            ["object_id": 5, "object_type": "oestory"],
            to: JSON.members(("data", details)).text
        )
        #expect(answer.text.contains("## Business description and description\n"), "\(answer.text)")
        #expect(answer.text.ranges(of: "Order lines").count == 1)
        #expect(answer.text.contains("## Story content\n") && answer.text.contains("**Scope**\nAll data"))
        #expect(answer.structured?["data"]?["storyContent"] == "Scope\nAll data")
    }

    @Test func `answers from the sandbox`() async throws {
        let catalog = TestCatalog()
        let answer = try await catalog.call("asset_details", ["object_id": 501, "object_type": "oetable"])
        try expectSnapshot("asset_details.answer.md", of: answer.text)
        try expectSnapshot("asset_details.answer.json", of: answer.structured?.prettyText ?? "")
    }
}
