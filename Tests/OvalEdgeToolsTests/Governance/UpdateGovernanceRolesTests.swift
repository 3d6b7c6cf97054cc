import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing

@Suite struct `update_governance_roles` {
    private let sandbox: SandboxClient
    private let catalog: TestCatalog
    private let change: JSON = ["object_id": 501, "object_type": "oetable", "role_updates": ["owner": "lena"]]

    init() {
        sandbox = SandboxClient()
        catalog = TestCatalog(sandbox)
    }

    @Test(arguments: [
        (#"{"owner":null}"#, "`role_updates.owner` is empty: a role can be reassigned, not cleared."),
        (#"{"owner":" "}"#, "`role_updates.owner` is empty: a role can be reassigned, not cleared."),
        (#"{"boss":"ann"}"#, #"`role_updates` has no role "boss". Valid roles: owner, steward, custodian, "#),
        (#"{"stewart":"ann"}"#, #"`role_updates` has no role "stewart"; did you mean `steward`? "#),
        (#"{"Owner":"ann","owner":"bob"}"#, "`role_updates` assigns the role owner to two people."),
        ("{}", "`role_updates` is missing: "), (#""ann""#, "`role_updates` must be an object; it was "),
    ])
    func `takes only roles that exist, and a person for each`(roles: String, expected: String) throws {
        let arguments: JSON = ["object_id": 5, "object_type": "oetable", "role_updates": try JSON(parsing: roles)]
        let found = mistakes(UpdateGovernanceRoles.self, arguments)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test(arguments: ["dqrule", "dqscheme"])
    func `gives a rule a steward and no one else`(type: String) {
        let steward: JSON = ["object_id": 5, "object_type": .string(type), "role_updates": ["steward": "ann"]]
        #expect(mistakes(UpdateGovernanceRoles.self, steward) == [])
        let owner: JSON = ["object_id": 5, "object_type": .string(type), "role_updates": ["owner": "ann"]]
        #expect(
            mistakes(UpdateGovernanceRoles.self, owner)
                == ["`role_updates` cannot hold owner: a \(type) has a steward only."]
        )
    }

    @Test func `sends each role under the product's name, whatever its spelling`() async throws {
        _ = try await catalog.confirmed(
            "update_governance_roles",
            [
                "object_id": 502, "object_type": "OETABLE", "reason": "she left",
                "role_updates": ["govRole4": "mira", "gov_role_5": "aiko", "Custodian": "tariq"],
            ]
        )
        #expect(
            try sent() == [
                "target": ["objectId": 502, "objectType": "oetable"],
                "roleUpdates": ["custodian": "tariq", "governance_role_4": "mira", "governance_role_5": "aiko"],
                "clientContext": ["reason": "she left"],
            ]
        )
    }

    @Test func `shows who holds the role, and who does after the write`() async throws {
        let (preview, done) = try await catalog.confirmed("update_governance_roles", change)
        #expect(
            preview.text.contains("### Change of orders (oetable 501)\n- **owner**\n  - new: lena\n  - current: mira")
        )
        #expect(
            done.text == """
                ### Written to OvalEdge
                - orders: success
                - Changed: owner
                - **owner** is now: lena
                - [Open in OvalEdge](http://sandbox.invalid/ovaledge/#nav/table?id=501)
                """
        )
        #expect(done.structured?["now"] == ["owner": "lena"])
        let found = try await catalog.call("asset_explorer", ["owner": "lena", "name": "orders"])
        #expect(found.structured?["total"] == 1)
    }

    @Test func `changes nothing on trial`() async throws {
        var trial = change
        trial["dry_run"] = true
        let answer = try await catalog.call("update_governance_roles", trial)
        #expect(answer.structured?["written"] == false)
        #expect(try sent()["options"] == ["dryRun": true])
        let now = try await catalog.call("asset_details", ["object_id": 501, "object_type": "oetable"])
        #expect(now.text.contains("owner mira"))
    }

    @Test func `says which roles are locked and why`() async throws {
        let both: JSON = ["owner": "lena", "steward": "lena"]
        let (_, some) = try await catalog.confirmed(
            "update_governance_roles",
            ["object_id": 504, "object_type": "oetable", "role_updates": both]
        )
        #expect(some.text.contains("- revenue_daily: partial_success\n"))
        #expect(some.text.contains("- Reason: `GLOSSARY_PROPAGATED_GOVERNANCE_ROLE`\n"))
        #expect(some.text.contains("- Changed: owner\n- Locked: steward\n"))
        #expect(some.structured?["now"] == ["owner": "lena", "steward": "jonas"])
        let (_, none) = try await catalog.confirmed(
            "update_governance_roles",
            ["object_id": 504, "object_type": "oetable", "role_updates": ["steward": "lena"]]
        )
        #expect(none.isFailure && none.text.contains("“Some roles follow from a glossary term and are changed there”"))
    }

    @Test func `says that a role is switched off`() async throws {
        let (_, done) = try await catalog.confirmed(
            "update_governance_roles",
            ["object_id": 501, "object_type": "oetable", "role_updates": ["governance_role_6": "lena"]]
        )
        #expect(done.isFailure)
        #expect(done.text.contains("Use another role, or ask an OvalEdge administrator to enable it."))
        #expect(done.text.contains("`GOVERNANCE_ROLE_NOT_ENABLED`"))
    }

    @Test func `admits that it cannot read what has no page`() async throws {
        let preview = try await catalog.call(
            "update_governance_roles",
            ["object_id": 311, "object_type": "category", "role_updates": ["owner": "lena"]]
        )
        #expect(preview.text.contains("### Change of category 311\n- **owner**, current unknown, new: lena"))
    }

    /// Two people may be called John Smith, of whom OvalEdge tells only the name.
    @Test(
        arguments: [
            (#""John Smith""#, "jsmith", "  - new: jsmith\n  - current: John Smith", false),
            (#""John Smith""#, "John Smith", "“John Smith” looks like a display name", false),
            (
                #"{"displayName":"John Smith","userName":"jsmith2"}"#, "jsmith", "  - current: John Smith (jsmith2)",
                false
            ),
            (#"{"displayName":"John Smith","userName":"jsmith"}"#, "jsmith", "already has these values", true),
            (#""jsmith""#, "jsmith", "already has these values", true),
        ]
    )
    func `compares user names alone`(holder: String, wanted: String, expected: String, isSame: Bool) async throws {
        let reply =
            #"{"ok":true,"data":{"details":{"objectId":5,"objectType":"oetable","objectName":"t","steward":\#(holder)}}}"#
        let answer = try await TestCatalog(answering: .ok, reply).call(
            "update_governance_roles",
            ["object_id": 5, "object_type": "oetable", "role_updates": ["steward": .string(wanted)]]
        )
        #expect(answer.text.contains(expected), "\(answer.text)")
        #expect((answer.structured?["confirmationToken"] == nil) == isSame)
    }

    @Test func `writes nothing for an object that is not there`() async throws {
        let answer = try await catalog.call(
            "update_governance_roles",
            ["object_id": 9, "object_type": "oetable", "role_updates": ["owner": "lena"]]
        )
        #expect(answer.isFailure)
        #expect(answer.structured == nil)
    }

    private func sent() throws -> JSON {
        let writes = sandbox.record.requests.filter { $0.path == "/api/v1/mcp/update-governance-roles" }
        return try JSON(parsing: try #require(writes.last).body)
    }
}
