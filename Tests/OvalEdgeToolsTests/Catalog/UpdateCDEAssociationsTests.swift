import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import Writes

@Suite struct `update_cde_associations` {
    private let sandbox: SandboxClient
    private let catalog: TestCatalog

    init() {
        sandbox = SandboxClient()
        catalog = TestCatalog(sandbox)
    }

    @Test(arguments: [
        (#"{"action":"Yes"}"#, "`targets` is missing: "), (#"{"targets":[],"action":"Yes"}"#, "`targets` is missing: "),
        (#"{"targets":[{"object_id":5,"object_type":"oetable"}]}"#, "`action` is missing: "),
        (#"{"targets":[{"object_id":5,"object_type":"oetable"}],"action":"Maybe"}"#, "`action` cannot be `Maybe`. "),
        (#"{"targets":[{"object_id":-1,"object_type":"oetable"}],"action":"No"}"#, "`targets[0].object_id` must be "),
        (#"{"targets":[{"object_type":"oetable"}],"action":"No"}"#, "`targets[0].object_id` is missing."),
        (#"{"targets":[{"object_id":5,"object_type":"oetag"}],"action":"No"}"#, "`targets[0].object_type` cannot be "),
    ])
    func `requires targets that can be marked, and a mark`(call: String, expected: String) throws {
        let found = mistakes(UpdateCDEAssociations.self, try JSON(parsing: call))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test func `holds a justification to its length`() {
        let target: JSON = ["object_id": 5, "object_type": "oetable"]
        for (length, count) in [(5000, 0), (5001, 1)] {
            let text = JSON.string(String(repeating: "é", count: length))
            let call: JSON = ["targets": [target], "action": "Yes", "cde_justification": text]
            #expect(mistakes(UpdateCDEAssociations.self, call).count == count)
        }
    }

    @Test func `sends kinds under the names that this write knows, and each target once`() {
        let kinds: [(ObjectType, String)] = [
            (.filecolumn, "oefilecolumn"), (.code, "oequery"), (.oecode, "oequery"), (.oeapi, "oeapi"),
            (.oetable, "oetable"),
        ]
        for (type, name) in kinds {
            let update = CriticalElementUpdate(
                [.init(id: 7, type: type)],
                .none,
                category: nil,
                justification: nil,
                client: WriteContext()
            )
            let body: JSON = ["targets": [["objectId": 7, "objectType": .string(name)]], "action": "None"]
            #expect(update.body == body)
        }
    }

    @Test func `shows the current and the new mark of each, and what it is after the write`() async throws {
        let (preview, done) = try await catalog.confirmed(
            "update_cde_associations",
            [
                "targets": [
                    ["object_id": 502, "object_type": "oetable"], ["objectId": 50105, "objectType": "oecolumn"],
                    ["object_id": 502, "object_type": "oetable"],
                ],
                "action": "Yes", "cde_category": "Tier1", "cde_justification": "The yearly accounts stand on it.",
            ]
        )
        #expect(
            preview.text.contains(
                """
                ### Change of 2 critical data elements
                - **stg_orders (oetable 502)**
                  - new: Yes
                  - current: None
                - **net_amount (oecolumn 50105)**
                  - new: Yes
                  - current: None
                - **Category**: Tier1
                - **Justification**: The yearly accounts stand on it.
                """
            )
        )
        #expect(done.text.contains("- Changed: oetable 502, oecolumn 50105\n"))
        #expect(done.text.contains("- **stg_orders (oetable 502)** is now: Yes\n"))
        #expect(done.structured?["now"]?["net_amount (oecolumn 50105)"] == "Yes")
        #expect(writes == 1)
        let line = try #require(try catalog.audit().lines.last).members
        #expect(line["before"] == ["stg_orders (oetable 502)": "None", "net_amount (oecolumn 50105)": "None"])
    }

    @Test func `does all or nothing`() async throws {
        let (preview, _) = try await catalog.confirmed(
            "update_cde_associations",
            [
                "targets": [
                    ["object_id": 502, "object_type": "oetable"], ["object_id": 9, "object_type": "oetable"],
                    ["object_id": 502, "object_type": "oefile"],
                ],
                "action": "Yes",
            ]
        )
        #expect(preview.isFailure)
        #expect(preview.text.hasPrefix("The catalog does not have `oetable 9`, `oefile 502`, or this account cannot"))
        #expect(writes == 0)
    }

    @Test func `says what is locked`() async throws {
        let (_, done) = try await catalog.confirmed(
            "update_cde_associations",
            ["targets": [["object_id": 513, "object_type": "oetable"]], "action": "No"]
        )
        #expect(done.text.hasPrefix("### OvalEdge changed nothing\n"))
        #expect(done.text.contains("- Locked: oetable 513 (The governance of this asset is locked)"))
        #expect(done.structured?["written"] == false)
        #expect(done.structured?["now"] == ["newsletter_tmp (oetable 513)": "None"])
    }

    @Test func `has nothing to do where the mark is there already`() async throws {
        let call: JSON = ["targets": [["object_id": 501, "object_type": "oetable"]], "action": "Yes"]
        let answer = try await catalog.call("update_cde_associations", call)
        #expect(answer.structured?["status"] == "unchanged")
        #expect(answer.structured?["confirmationToken"] == nil)
        var reasoned = call
        reasoned["cde_category"] = "Tier1"
        #expect(try await catalog.confirmed("update_cde_associations", reasoned).done.structured?["written"] == true)
        #expect(writes == 1)
    }

    @Test func `looks up many targets, a few at a time and in order`() async throws {
        let ids = Array(50101...50106) + Array(51101...51105)
        let targets = JSON.array(ids.map { ["object_id": .int($0), "object_type": "oecolumn"] })
        let preview = try await catalog.call("update_cde_associations", ["targets": targets, "action": "None"])
        let text = preview.text
        let places = ids.compactMap { id in text.ranges(of: "(oecolumn \(id))").first?.lowerBound }
        #expect(places.count == ids.count)
        #expect(places == places.sorted())
    }

    private var writes: Int { sandbox.record.requests.count { $0.path.hasSuffix("update-cde-associations") } }
}
