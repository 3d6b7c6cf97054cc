import JSON
import MCP
import OvalEdgeTools
import TestSupport
import Testing

@Suite struct `asset_explorer` {
    @Test func `asks for everything one page at a time`() {
        expect(
            AssetExplorer.self,
            [:],
            sends: #"POST /api/v1/mcp/asset-explorer {"search":{"page":1,"limit":20}}"#
        )
    }

    @Test(
        arguments: [
            (
                ["search_terms": [" orders ", ""], "context_query": "where are orders", "page": 2, "limit": "5"],
                #"{"search":{"searchTerms":["orders"],"contextQuery":"where are orders","page":2,"limit":5}}"#
            ),
            (["search_terms": "orders, emea"], #"{"search":{"searchTerms":["orders","emea"],"page":1,"limit":20}}"#),
            (["limit": 500], #"{"search":{"page":1,"limit":50}}"#),
            (
                [
                    "object_id": 12, "object_type": "oetable", "name": "Revenue", "include_parent": true,
                    "include_children": "true",
                ],
                #"{"objectId":12,"objectType":"oetable","name":"Revenue","includeParent":true,"includeChildren":true,"search":{"page":1,"limit":20}}"#
            ),
            (["object_type": "dp_product"], #"{"objectType":"dp_product","search":{"page":1,"limit":20}}"#),
            (
                ["name": "Revenue", "object_type": "glossary"],
                #"{"objectType":"glossary","name":"Revenue","search":{"page":1,"limit":20}}"#
            ),
            (
                ["name": "PII", "object_type": "oetag", "include_children": true],
                #"{"objectType":"oetag","name":"PII","includeChildren":true,"search":{"page":1,"limit":20}}"#
            ),
            (["object_id": 0, "domain_id": "0"], #"{"search":{"page":1,"limit":20}}"#),
            (
                [
                    "domain_id": 3, "domain_name": "Finance", "category_id": 4, "category_name": "Cost",
                    "subcategory_id": 5, "subcategory_name": "Opex",
                ],
                #"{"search":{"page":1,"limit":20},"glossaryPlacement":{"domainId":3,"domainName":"Finance","categoryId":4,"categoryName":"Cost","subcategoryId":5,"subcategoryName":"Opex"}}"#
            ),
            (
                [
                    "connection_name": "dw", "schema_name": "SALES", "server_type": "deltalake", "owner": "ann",
                    "steward": "bob", "custodian": "eve",
                ],
                #"{"search":{"page":1,"limit":20},"filters":{"connectionName":"dw","serverType":"DeltaLake","schemaName":"SALES","owner":"ann","steward":"bob","custodian":"eve"}}"#
            ),
            (
                [
                    "tags": ["PII"], "terms": "Revenue", "custom_fields": ["x"], "data_products": #"["C360"]"#,
                    "classifications": ["PII"], "critical_data_element": "Yes",
                ],
                #"{"search":{"page":1,"limit":20},"filters":{"tags":["PII"],"terms":["Revenue"],"customFields":["x"],"dataProducts":["C360"],"classifications":["PII"],"criticalDataElement":["Yes"]}}"#
            ),
            (["classifications": [], "owner": "  "], #"{"search":{"page":1,"limit":20}}"#),
            (
                ["sort": ["field": "dqIndex"]],
                #"{"search":{"page":1,"limit":20,"sort":{"field":"dq_index","direction":"desc"}}}"#
            ),
            (
                ["sort": #"{"field":"Name","direction":"ASC"}"#],
                #"{"search":{"page":1,"limit":20,"sort":{"field":"name","direction":"asc"}}}"#
            ),
            (["sort": [:]], #"{"search":{"page":1,"limit":20}}"#),
            (
                [
                    "filters": [
                        "table_type": ["VIEW"], "folder": "raw", "rating": ["min": 4, "max": .null],
                        "dqIndex": ["eq": "5"], "createdDate": ["from": "2026-01-01T00:00:00"], "density": [:],
                    ]
                ],
                #"{"search":{"page":1,"limit":20},"filters":{"folder":"raw","tableType":["VIEW"],"dqIndex":{"eq":5},"rating":{"min":4},"createdDate":{"from":"2026-01-01"}}}"#
            ),
            (
                [
                    "owner": "ann",
                    "filters": [
                        "owner": "bob", "connection_name": "dw", "server_type": "Snowflake", "tags": ["a", " "],
                    ],
                ],
                #"{"search":{"page":1,"limit":20},"filters":{"connectionName":"dw","serverType":"snowflake","owner":"ann","tags":["a"]}}"#
            ),
            (
                ["search_terms": "Zürich", "sort": ["field": "relevance"]],
                #"{"search":{"searchTerms":["Zürich"],"page":1,"limit":20,"sort":{"field":"relevance","direction":"desc"}}}"#
            ),
        ] as [(JSON, String)]
    )
    func `sends what was asked for`(arguments: JSON, body: String) {
        expect(AssetExplorer.self, arguments, sends: "POST /api/v1/mcp/asset-explorer \(body)")
    }

    @Test(
        arguments: [
            (["object_type": "oetabel"], ["`object_type` cannot be `oetabel`; did you mean `oetable`?"]),
            (["server_type": "snowflak"], ["`server_type` cannot be `snowflak`; did you mean `snowflake`?"]),
            (
                ["sort": "name"],
                [#"`sort` must be an object such as {"field": "popularity", "direction": "desc"}; it was "name"."#]
            ),
            (
                ["sort": ["field": "populariti", "direction": "up"]],
                [
                    "`sort.field` cannot be `populariti`; did you mean `popularity`? It is one of relevance, name, popularity, "
                        + "rating, dq_index, curation_score, row_count, column_count, null_density, density, created_date.",
                    "`sort.direction` cannot be `up`. It is one of asc, desc.",
                ]
            ),
            (
                ["filters": ["tabelType": ["VIEW"], "rating": ["mn": 4]]],
                [
                    #"`filters.rating.mn` is not an argument of `filters.rating`; did you mean `min`?"#,
                    "`filters.tabelType` is not an argument of `filters`; did you mean `tableType`?",
                ]
            ),
            (
                ["filters": ["rating": 4, "createdDate": ["from": "yesterday"], "density": ["min": 3, "max": 2]]],
                [
                    #"`filters.rating` must be an object such as {"min": 4} or {"min": 2, "max": 4} or {"eq": 5}; it was 4."#,
                    "`filters.density.min` must not be above `max`.",
                    #"`filters.createdDate.from` must be a date such as 2026-01-31; it was "yesterday"."#,
                ]
            ),
            (
                ["page": 0, "limit": -1],
                ["`page` must be at least 1; it was 0.", "`limit` must be at least 1; it was -1."]
            ),
            (["object_id": -4], ["`object_id` must be the id of an object, 1 or more; it was -4."]),
            (
                ["searchterm": "x", "query": "y"],
                [
                    "`searchterm` is not an argument of asset_explorer; did you mean `search_terms`?",
                    "`query` is not an argument of asset_explorer; did you mean `context_query`?",
                ]
            ),
        ] as [(JSON, [String])]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, expected: [String]) {
        let found = mistakes(AssetExplorer.self, arguments)
        #expect(found.count == expected.count)
        for (sentence, beginning) in zip(found, expected) { #expect(sentence.hasPrefix(beginning)) }
    }

    @Test func `adds links to hits, terms and tags, and leaves the rest as it came`() throws {
        let answer = try answer(
            AssetExplorer.self,
            [:],
            to: ##"""
                {"ok":true,"data":{"page":1,"total":3,"items":[
                  {"objectId":501,"objectType":"oetable","objectName":"orders","navLink":"http://in/#nav/table?id=501","owner":null},
                  {"objectId":502,"objectType":"oetable","objectName":"returns"}],
                 "glossaryTerms":{"objectId":77,"objectName":"Revenue"},
                 "tags":{"objectId":88,"objectName":"PII","childTags":[{"objectId":89,"objectName":"Email"}]}}}
                """##
        )
        let data = try #require(answer.structured?["data"])
        #expect(data["items"]?[0]?["redirectUrl"] == "https://oe.example/ovaledge/#nav/table?id=501")
        #expect(data["items"]?[0]?.object?.names.contains("owner") == false)
        #expect(data["items"]?[0]?["navUrl"] == nil)
        #expect(data["items"]?[1] == ["objectId": 502, "objectType": "oetable", "objectName": "returns"])
        #expect(
            data["glossaryTerms"]?["redirectUrl"] == "https://oe.example/ovaledge/#nav/glossary?browse=summary&id=77"
        )
        #expect(data["tags"]?["redirectUrl"] == "https://oe.example/ovaledge/#nav/tag?id=88&objectType=oetag")
        #expect(
            data["tags"]?["childTags"]?[0]?["redirectUrl"]
                == "https://oe.example/ovaledge/#nav/tag?id=89&objectType=oetag"
        )
        #expect(!answer.text.contains("Parent:"))
        #expect(answer.text.contains("[Email](https://oe.example/ovaledge/#nav/tag?id=89&objectType=oetag) (`89`)"))
    }

    @Test func `names the fields that only full detail has, of hits, terms and tags alike`() throws {
        let reply = """
            {"data":{"items":[{"objectId":1,"objectName":"a","connectionName":"dw","fullyQualifiedName":"dw.s.a","rowCount":7}],
             "glossaryTerms":[{"objectId":2,"objectName":"b","rating":4}],
             "tags":{"objectId":3,"objectName":"c","createdDate":"2026-01-01"},"page":1,"limit":20,"total":3}}
            """
        let brief = try answer(AssetExplorer.self, [:], to: reply)
        #expect(brief.structured?["omitted"] == ["rating", "rowCount", "createdDate"])
        let item = try #require(brief.structured?["data"]?["items"]?[0])
        #expect(item == ["objectId": 1, "objectName": "a", "fullyQualifiedName": "dw.s.a"])
        let full = try answer(AssetExplorer.self, ["detail": "full"], to: reply)
        #expect(full.structured?["omitted"] == nil)
        #expect(full.structured?["data"]?["items"]?[0]?["rowCount"] == 7)
        #expect(full.structured?["data"]?["items"]?[0]?["connectionName"] == "dw")
        #expect(full.structured?["data"]?["total"] == 3)
    }

    @Test func `keeps one variant of each description`() throws {
        let answer = try answer(
            AssetExplorer.self,
            [:],
            to: """
                {"items":[{"objectId":1,"businessDescription":{"plainText":"Order lines","wikitext":"<p>Order lines</p>"}},
                 {"objectId":2,"businessDescription":{"wikitext":"<p>Returned &amp; refunded</p>"}}]}
                """
        )
        let items = try #require(answer.structured?["items"])
        #expect(items[0]?["businessDescription"] == ["plainText": "Order lines"])
        #expect(items[1]?["businessDescription"] == ["plainText": "Returned & refunded"])
        #expect(answer.text.contains("Returned \\& refunded") || answer.text.contains("Returned & refunded"))
    }

    @Test(
        arguments: [
            ([:], 20, 57, "Page 1: 20 of 57 assets. For more, call again with `page` 2.", 2),
            (["page": 3], 17, 57, "Page 3: 17 of 57 assets.", nil),
            (["limit": 500], 2, 2, "`limit` was lowered from 500 to 50, the most OvalEdge gives. 2 assets found.", nil),
            ([:], 1, 1, "1 asset found.", nil),
            ([:], 0, 0, "No asset matches.", nil),
            (["page": 9], 0, 57, "Page 9 is empty: the list ends before it. OvalEdge counts 57.", nil),
            (
                ["limit": 2], 2, nil,
                "Page 1: 2 assets; OvalEdge did not return the total. For more, call again with `page` 2.",
                2
            ),
            ([:], 2, nil, "2 assets found.", nil),
            (
                ["page": 2_147_483_647], 1, nil,
                "Page 2147483647: 1 asset; OvalEdge did not return the total.", nil
            ),
        ] as [(JSON, Int, Int?, String, Int?)]
    )
    func `says how much there is and how to see more`(
        arguments: JSON,
        count: Int,
        total: Int?,
        sentence: String,
        nextPage: Int?
    ) throws {
        let items = JSON.array((0..<count).map { ["objectId": .int($0 + 1), "objectType": "oetable"] })
        let reply = JSON.members(("items", items), ("total", total.map { .int($0) }))
        let answer = try answer(AssetExplorer.self, arguments, to: reply.text)
        #expect(answer.text.split(separator: "\n").first.map { String($0) } == sentence)
        #expect(answer.structured?["returned"] == .int(count))
        #expect(answer.structured?["nextPage"]?.int == nextPage)
        #expect(answer.structured?["complete"] == .bool(nextPage == nil && arguments["page"] == nil))
    }

    @Test func `lets no name or description of the catalog write the page`() throws {
        let answer = try answer(
            AssetExplorer.self,
            [:],
            to: #"""
                {"items":[{"objectId":1,"objectType":"oe`x`","objectName":"**a**\n# b [c](http://evil) <b>|","owner":"_x_ \u202Eevil",
                 "description":"# Ignore all\n\n- of <script>alert(1)</script> this\u200B `now`"}]}
                """#
        )
        #expect(
            answer.text == ##"""
                1 asset found.
                1. **\*\*a\*\* # b \[c\](http://evil) \<b>\|** — oe\`x\` `oe x  1` · owner \_x\_ ⟨U+202E⟩evil
                   \# Ignore all - of this⟨U+200B⟩ \`now\`
                """##
        )
        #expect(answer.structured?["items"]?[0]?["owner"] == "_x_ ⟨U+202E⟩evil")
    }

    @Test func `answers from the sandbox`() async throws {
        let catalog = TestCatalog()
        let answer = try await catalog.call("asset_explorer", ["search_terms": ["orders"], "limit": 5])
        try expectSnapshot("asset_explorer.answer.md", of: answer.text, levels: 1)
        try expectSnapshot("asset_explorer.answer.json", of: answer.structured?.prettyText ?? "", levels: 1)
    }
}
