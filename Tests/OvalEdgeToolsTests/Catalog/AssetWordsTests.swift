import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Testing

@Suite struct `A kind of asset` {
    /// Every title that an answer uses is taken back, and so are the words that people use.
    @Test(arguments: ObjectType.allCases)
    func `is understood by its title`(type: ObjectType) {
        #expect(mistakes(AssetDetails.self, ["object_id": 1, "object_type": .string(type.title)]) == [])
    }

    @Test(arguments: [
        ("table", "oetable"), ("Tables", "oetable"), ("column", "oecolumn"), ("file", "oefile"), ("report", "oechart"),
        ("glossary term", "glossary"), ("Business Terms", "glossary"), ("tags", "oetag"), ("schema", "oeschema"),
        ("queries", "oequery"), ("data story", "oestory"), ("file column", "filecolumn"), ("master tag", "mastertag"),
    ])
    func `is taken by a search and by the details under the usual word`(word: String, type: String) {
        #expect(mistakes(AssetExplorer.self, ["object_type": .string(word)]) == [])
        expect(
            AssetDetails.self,
            ["object_id": 1, "object_type": .string(word)],
            sends: "GET /api/v1/mcp/asset-details?objectId=1&objectType=\(type)"
        )
    }

    @Test(arguments: [
        ("asset_lineage", #"{"object_id":501,"object_type":"Table"}"#),
        ("asset_lineage", #"{"object_id":501,"object_type":"tables"}"#),
        ("update_asset_descriptions", #"{"object_id":1,"object_type":"table","business_description":"x"}"#),
        (
            "update_custom_field_value",
            #"{"object_id":1,"object_type":"table","fields":[{"field_name":"a","value":"b"}]}"#
        ),
        ("update_governance_roles", #"{"object_id":1,"object_type":"table"}"#),
        ("update_cde_associations", #"{"targets":[{"object_id":1,"object_type":"table"}]}"#),
        ("dq_rule_advisor", #"{"step":"assess","objects":[{"object_id":1,"object_type":"columns"}]}"#),
        ("dq_rule_manager", #"{"step":"create_standard","objects":[{"object_id":1,"object_type":"column"}]}"#),
        (
            "access_explorer",
            #"{"operation":"catalog_access","query_direction":"object_to_principals","access_intent_confirmed":"catalog_acl","object_id":1,"object_type":"table"}"#
        ),
    ])
    func `is taken by every tool under the usual word`(name: String, arguments: String) throws {
        let tool = try #require(Registry.tools.first { $0.definition.name == name })
        #expect(mistakes(tool, try JSON(parsing: arguments)).filter { $0.contains("object_type") } == [])
    }
}

@Suite struct `A date` {
    @Test(arguments: [
        ("2026-02-28", true), ("2026-02-29", false), ("2024-02-29", true), ("1900-02-29", false), ("2000-02-29", true),
        ("2026-02-30", false), ("2026-04-31", false), ("2026-12-31", true), ("2026-13-01", false),
        ("2026-00-10", false),
        ("2026-01-00", false), ("2026-02-30T10:00:00", false), ("2026-01-31T10:00:00", true),
    ])
    func `is one of the calendar, or refused`(text: String, exists: Bool) {
        let asked = mistakes(MetadataChangesBetweenCrawls.self, ["from_timestamp": .string(text)])
        #expect(asked.isEmpty == exists)
        let filtered = mistakes(AssetExplorer.self, ["filters": ["createdDate": ["from": .string(text)]]])
        #expect(filtered.isEmpty == exists)
    }
}
