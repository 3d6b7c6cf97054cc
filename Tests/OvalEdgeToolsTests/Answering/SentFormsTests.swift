import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import Writes

/// The same statement in the forms in which releases and sources send it.
@Suite struct `An answer with values in many forms` {
    private let sandbox = SandboxClient()

    /// The sandbox with another value for every member of this name.
    private func catalog(_ name: String, is value: JSON) -> TestCatalog {
        TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                try await sandbox.send(request).replacing(name, with: value)
            }
        )
    }

    @Test(
        arguments: [
            ("Y", "1 of 1 object has a rule", "yes"), (1, "1 of 1 object has a rule", "yes"),
            ("N", "0 of 1 object has a rule", "no"),
            ("perhaps", "0 of 1 object has a rule; of 1 it is not known", "not known"),
        ] as [(JSON, String, String)]
    )
    func `says which objects have a rule`(sent: JSON, heading: String, cell: String) async throws {
        let reply: JSON = [
            "data": ["rows": [["objectId": 1840, "objectType": "oecolumn", "associatedToDqRule": sent]]]
        ]
        let answer = try await TestCatalog(answering: .ok, reply.text).call(
            "dq_rule_advisor",
            ["step": "assess", "objects": [["object_id": 1840, "object_type": "oecolumn"]]]
        )
        #expect(answer.text.contains("Data quality: \(heading)\n"))
        #expect(answer.text.contains("| `oecolumn 1840` | \(cell) |"))
        #expect(answer.structured?["data"]?["rows"]?[0]?["associatedToDqRule"] == sent.normal(as: "associatedToDqRule"))
    }

    @Test func `counts a rule that checks the object`() async throws {
        let reply: JSON = [
            "data": [
                "rows": [
                    [
                        "objectId": 1840, "objectType": "oecolumn",
                        "existingRulesForFunction": [["dqruleId": 22, "name": "Not null", "associatedToObject": "Y"]],
                    ]
                ]
            ]
        ]
        let answer = try await TestCatalog(answering: .ok, reply.text).call(
            "dq_rule_advisor",
            ["step": "assess", "objects": [["object_id": 1840, "object_type": "oecolumn"]]]
        )
        #expect(answer.text.contains("1 of 1 object has a rule\n") && answer.text.contains("Checked by `dqrule 22`"))
    }

    @Test(arguments: ["Y", 1, "true", "unclear"] as [JSON])
    func `lets a field hold several values unless it is known not to`(sent: JSON) async throws {
        let answer = try await catalog("allowMultiple", is: sent).call(
            "update_custom_field_value",
            [
                "object_id": 502, "object_type": "oetable", "code_update_mode": "replace_all",
                "field_updates": [["field_name": "Region", "value": "EMEA, APAC"]],
            ]
        )
        #expect(answer.text.contains("EMEA,APAC"))
        #expect(answer.text.contains("may hold several values is not known") == (sent == "unclear"))
    }

    @Test(arguments: ["N", 0, false] as [JSON])
    func `stops several values for a field that holds one`(sent: JSON) async throws {
        let answer = try await catalog("allowMultiple", is: sent).call(
            "update_custom_field_value",
            [
                "object_id": 502, "object_type": "oetable",
                "field_updates": [["field_name": "Region", "value": "EMEA, APAC"]],
            ]
        )
        #expect(answer.text.contains("holds only one value"))
    }

    @Test(
        arguments: [
            (1, "yes", true), ("Y", "yes", true), ("0", "no", false), (.null, "not known", false),
        ] as [(JSON, String, Bool)]
    )
    func `asks for what a ticket needs`(sent: JSON, cell: String, isMissing: Bool) async throws {
        let template: JSON = [
            "data": [
                "ticketTemplateId": 1005, "ticketTemplateName": "Access",
                "fields": [
                    ["fieldName": "Reason", "fieldCode": "c7", "fieldType": "inputtext", "requiredOnCreate": sent]
                ],
            ]
        ]
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                let isTemplate = request.url.contains("service-request-templates")
                let response = try await sandbox.send(request)
                return isTemplate ? HTTPResponse(.ok, text: template.text, type: "application/json") : response
            }
        )
        var call: JSON = ["request_type": "access", "object_type": "oetable", "object_id": [501]]
        let question = try await catalog.call("create_service_request", call)
        #expect(question.text.contains("| Reason | \(cell) |"))
        call["summary"] = "Need it"
        let answer = try await catalog.call("create_service_request", call)
        #expect((answer.structured?["awaitingUserInput"] == true) == isMissing)
        #expect((answer.structured?["confirmationToken"] == nil) == isMissing)
    }

    @Test(arguments: [1, "1", "Y", true, "yes", "Yes"] as [JSON])
    func `has nothing to mark that is marked already`(sent: JSON) async throws {
        let answer = try await catalog("criticalDataElement", is: sent).call(
            "update_cde_associations",
            ["targets": [["object_id": 502, "object_type": "oetable"]], "action": "Yes"]
        )
        #expect(answer.structured?["status"] == "unchanged")
    }

    @Test func `takes a mark that is not returned for unknown`() async throws {
        let reply: JSON = ["data": ["objectId": 502, "objectType": "oetable", "objectName": "orders"]]
        let answer = try await TestCatalog(answering: .ok, reply.text).call(
            "update_cde_associations",
            ["targets": [["object_id": 502, "object_type": "oetable"]], "action": "No"]
        )
        #expect(answer.text.contains("current unknown, new: No"))
    }

    @Test func `ranks numbers with separators, and counts what is no number`() async throws {
        let deltas: JSON = [
            ["tableName": "a", "rowCountDelta": "-1,200"], ["tableName": "b", "rowCountDelta": "-3"],
            ["tableName": "c", "rowCountDelta": "many"],
        ]
        let answer = try answer(
            MetadataChangesBetweenCrawls.self,
            ["connection_name": "dw"],
            to: JSON.members(("data", ["notableDeltas": deltas])).text
        )
        #expect(answer.text.contains("Largest losses in rows (2 tables): **a** -1,200, **b** -3"))
        #expect(answer.text.contains("The row count of 1 table could not be read."))
    }

    @Test func `writes flags and dates in one form, in text and data alike`() throws {
        let columns: JSON = [
            ["name": "a", "isPrimaryKey": "Y", "pk": true], ["name": "b", "isPrimaryKey": 0, "pk": "N"],
            ["name": "c", "isPrimaryKey": .null, "pk": "y"],
        ]
        let details: JSON = [
            "objectId": 5, "criticalDataElement": 0, "isCertified": "Y", "createdDate": 1_757_980_800_000,
            "lastCrawledOn": "0000-00-00",
        ]
        let answer = try answer(
            AssetDetails.self,
            ["object_id": 5, "object_type": "oetable"],
            to: JSON.members(("data", ["details": details, "profile": ["columns": columns]])).text
        )
        #expect(
            answer.text.contains(
                """
                - Critical data element: no
                - Is certified: yes
                - Created date: 2025-09-16
                - Last crawled on: not known
                """
            )
        )
        #expect(
            answer.text.contains(
                """
                | name | isPrimaryKey | pk |
                |---|---|---|
                | a | yes | yes |
                | b | no | no |
                | c | not known | yes |
                """
            )
        )
        let data = answer.structured?["data"]
        #expect(data?["details"]?["criticalDataElement"] == "No")
        #expect(data?["details"]?["isCertified"] == true)
        #expect(data?["details"]?["createdDate"] == "2025-09-16")
        #expect(data?["details"]?["lastCrawledOn"] == .null)
        #expect(data?["profile"]?["columns"]?[0]?["isPrimaryKey"] == true)
    }
}
