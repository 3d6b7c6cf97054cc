import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing

@Suite struct `update_asset_descriptions` {
    private let sandbox = SandboxClient()

    @Test(
        arguments: [
            (["business_description": "x"], ["`object_id` is missing: ", "`object_type` is missing: "]),
            (["object_id": 5, "object_type": "oetable"], ["There is no description to write"]),
            (
                ["object_id": 5, "object_type": "oetable", "business_description": "  "],
                ["There is no description to write"]
            ),
            (
                ["object_id": 5, "object_type": "oetable", "description_text": "x"],
                ["`description_field` and `description_text` go together.", "There is no description to write"]
            ),
            (
                ["object_id": 5, "object_type": "oetable", "description_field": "businessDescription"],
                ["`description_field` and `description_text` go together.", "There is no description to write"]
            ),
            (
                ["object_id": 5, "object_type": "oetable", "description_field": "summary", "description_text": "x"],
                ["`description_field` cannot be `summary`. It is one of businessDescription, "]
            ),
            (
                ["object_id": 5, "object_type": "oetag", "business_description": "x"],
                ["A tag has no businessDescription; it has tagDescription."]
            ),
            (
                ["object_id": 5, "object_type": "oeglobaldomain", "tag_description": "x"],
                ["A glossary domain has no tagDescription; it has domainDescription."]
            ),
            (
                ["object_id": 5, "object_type": "dashboard", "business_description": "x"],
                ["`object_type` cannot be `dashboard`. "]
            ),
            (
                ["object_id": 5, "object_type": "oestory", "business_description": "x"],
                ["`object_type` is a kind whose description cannot be written here."]
            ),
            (
                [
                    "object_id": 5, "object_type": "oetable", "description_field": "businessDescription",
                    "description_text": "x", "technical_description": "y",
                ],
                ["`description_field` does not go with another description; give both by their own names."]
            ),
        ] as [(JSON, [String])]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, expected: [String]) {
        let found = mistakes(UpdateAssetDescriptions.self, arguments)
        #expect(found.count == expected.count, "\(found)")
        for (sentence, beginning) in zip(found, expected) { #expect(sentence.hasPrefix(beginning), "\(sentence)") }
    }

    @Test(
        arguments: [
            (
                ["object_id": 501, "object_type": "oetable", "business_description": "Orders."],
                #"{"target":{"objectId":501,"objectType":"oetable"},"descriptions":{"businessDescription":"Orders."}}"#
            ),
            (
                [
                    "object_id": 501, "object_type": "OETABLE", "technical_description": "Loaded at night.",
                    "business_description": "Orders.", "fail_on_blocked_field": true, "idempotency_key": "k1",
                    "prompt": "describe orders", "reason": "it was empty",
                ],
                #"{"target":{"objectId":501,"objectType":"oetable"},"descriptions":{"businessDescription":"Orders.","technicalDescription":"Loaded at night."},"options":{"idempotencyKey":"k1","failOnBlockedField":true},"clientContext":{"prompt":"describe orders","reason":"it was empty"}}"#
            ),
            (
                [
                    "object_id": 501, "object_type": "oetable", "description_field": "technicalDescription",
                    "description_text": "Loaded at night.",
                ],
                #"{"target":{"objectId":501,"objectType":"oetable"},"descriptions":{"technicalDescription":"Loaded at night."}}"#
            ),
            (
                ["object_id": 301, "object_type": "oeglobaldomain", "domain_description": "All we sell."],
                #"{"target":{"objectId":301,"objectType":"oeglobaldomain"},"descriptions":{"domainDescription":"All we sell."}}"#
            ),
        ] as [(JSON, String)]
    )
    func `writes exactly what was shown`(arguments: JSON, body: String) async throws {
        let catalog = TestCatalog(sandbox)
        let preview = try await catalog.call("update_asset_descriptions", arguments)
        #expect(preview.structured?["awaitingUserConfirmation"] == true)
        #expect(writes.isEmpty)
        let (_, done) = try await catalog.confirmed("update_asset_descriptions", arguments)
        #expect(!done.isFailure, "\(done.text)")
        #expect(writes == [body])
    }

    @Test func `lets OvalEdge try it without asking anyone`() async throws {
        let trial: JSON = [
            "object_id": 501, "object_type": "oetable", "technical_description": "By night.", "dry_run": true,
        ]
        let answer = try await TestCatalog(sandbox).call("update_asset_descriptions", trial)
        #expect(answer.structured?["written"] == false && answer.structured?["confirmationToken"] == nil)
        #expect(
            writes == [
                #"{"target":{"objectId":501,"objectType":"oetable"},"descriptions":{"technicalDescription":"By night."},"options":{"dryRun":true}}"#
            ]
        )
    }

    @Test(arguments: [
        (ObjectType.filecolumn, "oefilecolumn"), (.oecode, "code"), (.code, "code"), (.businessglossary, "glossary"),
        (.oeschema, "oeschema"),
    ])
    func `sends kinds under the names that this write knows`(type: ObjectType, name: String) {
        let update = DescriptionUpdate(
            id: 7,
            type: type,
            texts: [.business: "x"],
            failsOnBlockedField: nil,
            client: WriteContext()
        )
        #expect(update.body["target"] == ["objectId": 7, "objectType": .string(name)])
    }

    @Test(arguments: ObjectType.allCases)
    func `knows which descriptions a kind has`(type: ObjectType) {
        let slots = DescriptionUpdate.slots(of: type).map { $0.rawValue.dropLast("Description".count) }
        let expected: [Substring]
        switch type {
        case .oestory, .storyzone, .oedomain: expected = []
        case .oeglobaldomain, .dataProductDomain: expected = ["domain"]
        case .oetag: expected = ["tag"]
        case .mastertag: expected = ["masterTag"]
        case .glossary, .businessglossary, .dataProduct: expected = ["business", "detailed"]
        default: expected = ["business", "technical"]
        }
        #expect(slots == expected)
    }

    private var writes: [String] {
        sandbox.record.requests.filter { $0.path.hasSuffix("update-asset-descriptions") }
            .map { String(decoding: $0.body, as: UTF8.self) }
    }
}
