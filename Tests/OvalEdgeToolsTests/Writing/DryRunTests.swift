import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import Synchronization
import TestSupport
import Testing
import Writes

@Suite struct `A dry run` {
    private static let calls: [(String, JSON)] = [
        ("update_asset_descriptions", ["object_id": 501, "object_type": "oetable", "business_description": "New."]),
        ("update_governance_roles", ["object_id": 501, "object_type": "oetable", "role_updates": ["owner": "lena"]]),
        ("update_cde_associations", ["targets": [["object_id": 502, "object_type": "oetable"]], "action": "Yes"]),
        (
            "update_custom_field_value",
            [
                "object_id": 501, "object_type": "oetable",
                "field_updates": [["field_name": "Note", "value": "x"]],
            ]
        ),
    ]
    private let sandbox = SandboxClient()

    private func trial(_ arguments: JSON) -> JSON {
        var arguments = arguments
        arguments["dry_run"] = true
        return arguments
    }

    @Test(arguments: calls)
    func `changes nothing and is on record`(tool: String, arguments: JSON) async throws {
        let catalog = TestCatalog(sandbox)
        let answer = try await catalog.call(tool, trial(arguments))
        #expect(answer.text.hasPrefix("### Nothing was written: a dry run\n"), "\(answer.text)")
        #expect(answer.structured?["written"] == false && answer.structured?["status"] == "dry_run")
        let lines = try catalog.audit().lines.map { $0.members }
        #expect(lines.map { $0["outcome"] } == ["attempted", "dry_run"])
        #expect(lines.allSatisfy { $0["body"]?["options"]?["dryRun"] == true && $0["confirmed"] == "dry_run" })
    }

    @Test(arguments: calls)
    func `warns loudly where OvalEdge writes in spite of it`(tool: String, arguments: JSON) async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                var request = request
                if !request.mayBeRepeated, var body = try? JSON(parsing: request.body), body["options"] != nil {
                    body["options"] = nil
                    request.body = body.bytes
                }
                return try await sandbox.send(request)
            }
        )
        let answer = try await catalog.call(tool, trial(arguments))
        #expect(answer.isFailure && answer.text.hasPrefix("WARNING: this was a dry run, but "), "\(answer.text)")
        let outcomes = try catalog.audit().lines.map { $0.members["outcome"] }
        #expect(outcomes == ["attempted", "dry_run", "dry_run_changed"])
    }

    /// Nil for a connection that breaks off.
    private static let failures: [HTTPStatus?] = [.forbidden, .serviceUnavailable, .ok, nil]

    @Test(arguments: calls.indices, failures)
    func `is looked at again where it fails, since it may have been done all the same`(
        index: Int,
        failure: HTTPStatus?
    ) async throws {
        let (tool, arguments) = Self.calls[index]
        for isObeyed in [true, false] {
            let sandbox = SandboxClient()
            let catalog = TestCatalog(
                AnsweringHTTP { request throws(HTTPFailure) in
                    guard !request.mayBeRepeated, var body = try? JSON(parsing: request.body), body["options"] != nil
                    else { return try await sandbox.send(request) }
                    var request = request
                    body["options"] = isObeyed ? body["options"] : nil
                    request.body = body.bytes
                    _ = try await sandbox.send(request)
                    guard let failure else { throw .cutOff(detail: "d") }
                    return HTTPResponse(failure, text: #"{"ok":false,"message":"No."}"#, type: "application/json")
                }
            )
            let answer = try await catalog.call(tool, trial(arguments))
            let outcomes = try catalog.audit().lines.map { $0.members["outcome"]?.string }
            #expect(answer.isFailure && answer.tellsOutcome)
            #expect(answer.text.hasPrefix("WARNING: this was a dry run") == !isObeyed, "\(answer.text)")
            #expect(answer.text.contains("was checked again: nothing was changed.") == isObeyed, "\(answer.text)")
            #expect(
                outcomes.last == (isObeyed ? outcomes[1] : "dry_run_changed") && outcomes.count == (isObeyed ? 2 : 3)
            )
        }
    }

    @Test func `that fails is not known where it cannot be looked at again`() async throws {
        let isGone = Atomic(false)
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                if request.url.hasSuffix("update-asset-descriptions") { isGone.store(true, ordering: .relaxed) }
                if isGone.load(ordering: .relaxed) { throw .cutOff(detail: "d") }
                return try await sandbox.send(request)
            }
        )
        let answer = try await catalog.call("update_asset_descriptions", trial(Self.calls[0].1))
        #expect(answer.isFailure && answer.text.contains("The current values could not be read"), "\(answer.text)")
    }

    @Test func `says so where it cannot be checked`() async throws {
        let call: JSON = ["object_id": 311, "object_type": "category", "role_updates": ["owner": "lena"]]
        let answer = try await TestCatalog(sandbox).call("update_governance_roles", trial(call))
        #expect(answer.text.contains("The current values could not be read"), "\(answer.text)")
    }

    @Test func `is not reported as a success when OvalEdge refuses it`() async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                guard request.url.hasSuffix("update-asset-descriptions") else { return try await sandbox.send(request) }
                let refusal = #"{"ok":false,"message":"The catalog is being moved."}"#
                return HTTPResponse(.ok, text: refusal, type: "application/json")
            }
        )
        let answer = try await catalog.call("update_asset_descriptions", trial(Self.calls[0].1))
        #expect(answer.isFailure && answer.text.contains("“The catalog is being moved”."))
        #expect(try catalog.audit().lines.map { $0.members["outcome"] } == ["attempted", "refused"])
    }
}
