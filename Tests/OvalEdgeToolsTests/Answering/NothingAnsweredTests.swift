import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import TestSupport
import Testing

/// Nothing is not an asset without members: no answer makes one of it, and no write begins with it.
@Suite struct `A reply without an asset` {
    private static let replies = [
        "", #"{"ok":true,"data":null}"#, #"{"ok":true,"data":{"details":null}}"#, #"{"ok":true,"data":[]}"#,
    ]
    private static let sentence =
        "OvalEdge answered nothing for table 1016; it may not exist or not be visible to this account."

    @Test(arguments: replies)
    func `is an error of the tool and of the resource`(reply: String) async throws {
        let catalog = TestCatalog(answering: .ok, reply)
        let answer = try await catalog.call("asset_details", ["object_id": 1016, "object_type": "oetable"])
        #expect(answer.isFailure && answer.text.contains(Self.sentence), "\(answer.text)")
        #expect(try await catalog.read("ovaledge://catalog/table/1016") == nil)
    }

    @Test(
        arguments: replies,
        [
            ("update_governance_roles", ["role_updates": ["steward": "ann"]]),
            ("update_asset_descriptions", ["business_description": "New"]),
        ] as [(String, JSON)]
    )
    func `is nothing to change`(reply: String, call: (tool: String, arguments: JSON)) async throws {
        var arguments = call.arguments
        arguments["object_id"] = 1016
        arguments["object_type"] = "oetable"
        let answer = try await TestCatalog(answering: .ok, reply).call(call.tool, arguments)
        #expect(answer.isFailure && answer.text.contains(Self.sentence), "\(answer.text)")
        #expect(answer.structured?["confirmationToken"] == nil)
    }

    @Test(arguments: replies)
    func `cannot be marked`(reply: String) async throws {
        let answer = try await TestCatalog(answering: .ok, reply).call(
            "update_cde_associations",
            ["targets": [["object_id": 1016, "object_type": "oetable"]], "action": "Yes"]
        )
        #expect(answer.isFailure && answer.text.hasPrefix("The catalog does not have `oetable 1016`"))
    }

    @Test func `has no custom fields, though OvalEdge lists them`() async throws {
        let catalog = TestCatalog(
            AnsweringHTTP { request in
                let json =
                    request.url.hasSuffix(TokenExchange.path)
                    ? #"{"token":"e30.e30.c2ln"}"#
                    : request.url.contains("custom-fields")
                        ? #"{"data":{"fields":[{"fieldName":"Region"}]}}"# : #"{"ok":true}"#
                return HTTPResponse(.ok, text: json, type: "application/json")
            }
        )
        let answer = try await catalog.call(
            "update_custom_field_value",
            ["object_id": 1016, "object_type": "oetable", "field_updates": [["field_name": "Region", "value": "x"]]]
        )
        #expect(answer.isFailure && answer.text.contains(Self.sentence), "\(answer.text)")
    }
}
