import HTTP
import JSON
import JSONRPC
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing
import Writes

@Suite struct `A write` {
    private let sandbox: SandboxClient
    private let catalog: TestCatalog
    private let change: JSON = [
        "object_id": 501, "object_type": "oetable", "business_description": "One row per *order*.",
    ]

    init() {
        sandbox = SandboxClient()
        catalog = TestCatalog(sandbox)
    }

    @Test func `is shown first, and done when the token comes back`() async throws {
        let (preview, done) = try await catalog.confirmed("update_asset_descriptions", change)
        #expect(preview.text.hasPrefix("Nothing has been written yet."))
        #expect(preview.text.contains("current: One row per order, cleaned"))
        #expect(preview.text.contains(#"new: One row per \*order\*."#))
        #expect(done.structured?["written"] == true)
        #expect(done.structured?["now"]?["businessDescription"] == "One row per *order*.")
        #expect(writes == 1)
    }

    @Test func `is not proposed where nothing would change`() async throws {
        let now = "One row per order, cleaned: tests and duplicates removed, amounts in euros."
        var call = change
        call["business_description"] = .string(now)
        let descriptions = try await catalog.call("update_asset_descriptions", call)
        let roles = try await catalog.call(
            "update_governance_roles",
            ["object_id": 501, "object_type": "oetable", "role_updates": ["owner": "mira"]]
        )
        for answer in [descriptions, roles] {
            #expect(answer.text == "oetable 501 already has these values; nothing was written.")
            #expect(answer.structured?["written"] == false)
        }
        call["technical_description"] = "Merged every hour."
        #expect(try await catalog.call("update_asset_descriptions", call).structured?["confirmationToken"] != nil)
        #expect(try catalog.audit().lines.isEmpty)
    }

    @Test func `is done once for a token`() async throws {
        var call = change
        call["confirmation_token"] = try await catalog.call("update_asset_descriptions", change)
            .structured?["confirmationToken"]
        call["write_confirmed_by_user"] = true
        #expect(try await catalog.call("update_asset_descriptions", call).isFailure == false)
        #expect(try await catalog.call("update_asset_descriptions", call).text.contains("does not match"))
        #expect(writes == 1)
    }

    @Test func `is not done for the token of another change, account or time`() async throws {
        let clock = Atomic(1_790_000_000)
        let catalog = TestCatalog(sandbox, now: { Double(clock.load(ordering: .relaxed)) })
        let preview = try await catalog.call("update_asset_descriptions", change)
        let token = try #require(preview.structured?["confirmationToken"])
        var call = change
        call["write_confirmed_by_user"] = true
        for wrong in ["", "x", String((token.string ?? "").dropLast(8)) + "AAAAAAAA"] {
            call["confirmation_token"] = .string(wrong)
            let answer = try await catalog.call("update_asset_descriptions", call)
            #expect(wrong.isEmpty || answer.isFailure)
            #expect(!answer.text.contains(token.string ?? "?"))
        }
        call["confirmation_token"] = token
        var other = call
        other["business_description"] = "Something else."
        #expect(try await catalog.call("update_asset_descriptions", other).isFailure)
        #expect(try await catalog.call("update_asset_descriptions", call, by: Principal("eve")).isFailure)
        clock.store(1_790_000_601, ordering: .relaxed)
        #expect(try await catalog.call("update_asset_descriptions", call).isFailure)
        #expect(writes == 0)
    }

    @Test func `is not done for a token without the person's word`() async throws {
        var call = change
        call["confirmation_token"] = try await catalog.call("update_asset_descriptions", change)
            .structured?["confirmationToken"]
        #expect(try await catalog.call("update_asset_descriptions", call).isFailure)
        call = change
        call["write_confirmed_by_user"] = true
        let answer = try await catalog.call("update_asset_descriptions", call)
        #expect(answer.structured?["awaitingUserConfirmation"] == true)
        #expect(writes == 0)
    }

    @Test(
        arguments: [
            (.given(how: "terminal"), "done"), (.declined, nil), (.notPossible(advice: "Type `--yes`."), nil),
        ] as [(Consent, String?)]
    )
    func `is agreed to by the person at the process, where no client is in between`(
        consent: Consent,
        outcome: String?
    ) async throws {
        let catalog = TestCatalog(sandbox, consent: { _ in consent })
        let answer = try await catalog.call("update_asset_descriptions", change)
        #expect(answer.structured?["confirmationToken"] == nil)
        #expect(writes == (outcome == nil ? 0 : 1))
        let last = try catalog.audit().lines.last?.members
        #expect(last?["outcome"]?.string == outcome)
        #expect(last?["confirmed"]?.string == outcome.map { _ in "terminal" })
        if case .notPossible(let advice) = consent { #expect(answer.text.hasSuffix("\n\n\(advice)")) }
        if case .declined = consent { #expect(answer.structured?["status"] == "declined") }
    }

    @Test func `is on record with the number under which OvalEdge knows it`() async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                var response = try await sandbox.send(request)
                if request.method == .post { response.fields["X-Request-Id"] = "oe-77" }
                return response
            }
        )
        _ = try await catalog.confirmed("update_asset_descriptions", change)
        #expect(try catalog.audit().lines.map { $0.members["requestId"]?.string } == [nil, "oe-77"])
    }

    @Test func `is neither offered nor done where it is not allowed`() async throws {
        let catalog = TestCatalog(sandbox, allowing: [.governance])
        #expect(!catalog.tools.contains { $0.definition.name == "update_asset_descriptions" })
        let error = await #expect(throws: RPCError.self) {
            try await catalog.call("update_asset_descriptions", change)
        }
        let remedy = RemedyTexts.neutral.sentence(.allowWrites(family: "descriptions"))
        #expect(error?.message.hasSuffix(remedy) == true)
    }

    @Test func `is logged before it is tried, and with its outcome`() async throws {
        _ = try await catalog.confirmed("update_asset_descriptions", change)
        let lines = try catalog.audit().lines.map { JSON.object($0.members) }
        #expect(lines.map { $0["outcome"] } == ["attempted", "done"])
        #expect(lines[0]["at"] == "2026-09-21T14:13:20Z")
        #expect(lines[0]["target"] == "oetable 501")
        #expect(lines[0]["after"] == ["businessDescription": "One row per *order*."])
        #expect(lines[0]["before"]?["businessDescription"]?.string?.hasPrefix("One row per order") == true)
        #expect(lines[0]["confirmed"] == "token")
        let body: JSON = [
            "target": ["objectId": 501, "objectType": "oetable"],
            "descriptions": ["businessDescription": "One row per *order*."],
        ]
        #expect(lines.map { $0["body"] } == [body, body])
    }

    @Test func `is not done when it cannot be put on record`() async throws {
        catalog.folder.write([], to: "audit.jsonl")
        let (_, answer) = try await catalog.confirmed("update_asset_descriptions", change)
        #expect(answer.isFailure)
        #expect(answer.text.hasPrefix("Nothing was written, because it could not be logged."))
        #expect(answer.text.contains("Remedy: changeAuditFolder("))
        #expect(writes == 0)
    }

    private var writes: Int { sandbox.record.requests.count { $0.path.hasSuffix("update-asset-descriptions") } }
}
