import HTTP
import JSON
import MCP
import OvalEdge
import Sandbox
import TestSupport
import Testing
import Writes

@testable import OvalEdgeTools

@Suite struct `create_service_request` {
    private static let wish: JSON = ["request_type": "access request", "object_type": "table", "object_id": 501]
    private let sandbox = SandboxClient()
    private let catalog: TestCatalog

    init() { catalog = TestCatalog(sandbox) }

    @Test(
        arguments: [
            ([:], ["`request_type` is needed", "`object_type` is needed"]),
            (["ticket_template_id": 1005], ["`request_type` is needed", "`object_type` is needed"]),
            (["ticket_template_id": 1005, "summary": "S", "object_id": 501], ["`object_type` is needed: the kind"]),
            (["request_type": "praise", "object_type": "table"], ["`request_type` must be access, content, "]),
            (["request_type": "access", "object_type": "table", "object_id": "many"], ["`object_id` must be a whole"]),
        ] as [(JSON, [String])]
    )
    func `reports every mistake and sends nothing`(arguments: JSON, expected: [String]) {
        let found = mistakes(CreateServiceRequest.self, arguments)
        #expect(found.count == expected.count, "\(found)")
        for (sentence, beginning) in zip(found, expected) { #expect(sentence.hasPrefix(beginning), "\(sentence)") }
    }

    @Test(
        arguments: [
            ("access request", "Table", "access", "oetable"), ("Content Change", "term", "content", "glossary"),
            ("data quality rule recommendation", "column", "dataquality", "oecolumn"),
            ("DQ recommendation", "File", "dataquality", "oefile"), ("other", "OEStory", "other", "oestory"),
            ("access", "chart", "access", "oechart"), ("access", "schema", "access", "oeschema"),
        ]
    )
    func `asks for the template in the product's words`(
        request: String,
        object: String,
        kind: String,
        type: String
    ) async throws {
        let arguments: JSON = [
            "request_type": .string(request), "object_type": .string(object), "connection_type": "snowflake",
            "connection_name": "bramble_dw", "connection_id": 11,
        ]
        _ = try await catalog.call("create_service_request", arguments)
        let sent = try #require(sandbox.record.requests.last)
        #expect(sent.path.hasSuffix("/service-request-templates"))
        #expect(
            sent.query == [
                "requestType": [kind], "requestObjectType": [type], "connType": ["snowflake"],
                "connectionName": ["bramble_dw"], "connectionId": ["11"],
            ]
        )
    }

    @Test func `answers with the fields of the ticket when there is no summary`() async throws {
        let answer = try await catalog.call("create_service_request", Self.wish)
        #expect(answer.structured?["workflowPhase"] == "collect_fields")
        #expect(answer.structured?["confirmationToken"] == nil)
        #expect(answer.structured?["missing"] == ["summary"])
        try expectSnapshot("create_service_request.answer.md", of: answer.text)
        let sent = sandbox.record.requests.last { $0.path.hasSuffix("templates") }
        #expect(sent?.query["objectId"] == ["501"])
    }

    @Test func `fills in what follows from the call and sends exactly what was shown`() async throws {
        var call = Self.wish
        call["summary"] = "Read access to the orders"
        call["description"] = "For the *yearly* report."
        call["ticket_fields"] = ["priority": "high", "Needed until": "31/12/2026 17:00"]
        call["custom_fields"] = ["note": "By train", "Zone": "remote"]
        let (preview, done) = try await catalog.confirmed("create_service_request", call)
        try expectSnapshot("create_service_request.preview.md", of: preview.structured?["preview"]?.string ?? "")
        #expect(
            posted == """
                {"ticketTemplateId":1005,"summary":"Read access to the orders","description":"For the *yearly* report.",\
                "objectId":501,"objectType":"oetable","ticketFields":{"Select object":501,"Requested By":"sandbox",\
                "Priority":"High","Needed until":"2026/12/31 17:00:00"},"customFields":{"Note":"By train",\
                "Zone":"Remote"}}
                """
        )
        #expect(done.text.hasPrefix("### Ticket SR-88 was filed\n"))
        #expect(done.structured?["ticket"] == "SR-88" && done.structured?["workflowPhase"] == "created")
        #expect(done.structured?["redirectUrl"]?.string?.hasSuffix("/#nav/servicedesk?id=88") == true)
        let record = try #require(try catalog.audit().lines.last?.members)
        #expect(record["outcome"] == "done" && record["target"] == "service request, oetable 501")
    }

    @Test func `joins several objects`() async throws {
        var call = Self.wish
        call["summary"] = "Read access"
        call["object_id"] = "501, 502"
        _ = try await catalog.confirmed("create_service_request", call)
        #expect(posted.contains(#""objectId":"501,502""#) && posted.contains(#""Select object":"501,502""#))
    }

    @Test func `asks again while something is missing`() async throws {
        let call: JSON = [
            "request_type": "content", "object_type": "glossary", "object_id": 333, "summary": "The text is wrong",
        ]
        let answer = try await catalog.call("create_service_request", call)
        #expect(answer.structured?["missing"] == ["description", "Kind of change"])
        #expect(answer.text.contains("| Kind of change | yes |  | Wrong text, Missing text |"))
        #expect(!sandbox.record.requests.contains { $0.path.hasSuffix("service-requests") })
    }

    @Test(
        arguments: [
            (["Priority": "urgent"], [:], "Priority cannot be urgent; it is one of High, Medium, Low."),
            (["Needed until": "soon"], [:], "Needed until must be a day such as 2026-12-31, or with a time 17:00."),
            (["Needed until": "31/02/2026"], [:], "Needed until must be a day"),
            (["Prio": "High"], [:], "`ticket_fields` has no field Prio; did you mean Priority?"),
            (["Summary": "S"], [:], "`ticket_fields` cannot hold Summary: use `summary`."),
            (["Note": "N"], [:], "`ticket_fields` cannot hold Note: use `custom_fields`."),
            (["Priority": ["High", "Low"]], [:], "Priority takes one value, and 2 were given."),
            ([:], ["Zone": "Moon"], "Zone cannot be Moon; it is one of Office, Remote."),
            ([:], ["Colour": "red"], "`custom_fields` has no field Colour; its fields are Note, Zone."),
        ] as [(JSON, JSON, String)]
    )
    func `says what a field does not take`(fields: JSON, more: JSON, expected: String) async throws {
        var call = Self.wish
        call["summary"] = "Read access"
        call["ticket_fields"] = fields
        call["custom_fields"] = more
        let answer = try await catalog.call("create_service_request", call)
        #expect(answer.isFailure && answer.text.contains("\n- \(expected)"), "\(answer.text)")
    }

    @Test func `looks a template up by its id, so that its fields are checked, too`() async throws {
        let call: JSON = ["ticket_template_id": 1005, "summary": "S", "ticket_fields": ["Priority": "urgent"]]
        let answer = try await catalog.call("create_service_request", call)
        #expect(answer.isFailure && answer.text.contains("Priority cannot be urgent"))
        #expect(sandbox.record.requests.last?.query == ["ticketTemplateId": ["1005"]])
    }

    @Test func `uses a template whose fields are not listed, when it is named`() async throws {
        let wish: JSON = ["request_type": "access", "object_type": "report"]
        let refused = try await catalog.call("create_service_request", wish)
        #expect(refused.isFailure && refused.text.contains("depends-on fields"))
        let call: JSON = [
            "ticket_template_id": 1006, "summary": "See the report",
            "ticket_fields": ["Requested By": "aiko", "Until": "31.12.2026"],
        ]
        let (preview, done) = try await catalog.confirmed("create_service_request", call)
        #expect(preview.text.contains("**Fields not checked**: OvalEdge did not accept the request"))
        #expect(done.structured?["ticket"] == "SR-88")
        #expect(posted.contains(#""ticketFields":{"Requested By":"aiko","Until":"31.12.2026"}"#))
        #expect(preview.text.contains("31.12.2026"))
    }

    @Test func `files nothing about what is not there, and nothing without a template`() async throws {
        var call = Self.wish
        call["object_id"] = [501, 9]
        let missing = try await catalog.call("create_service_request", call)
        #expect(missing.isFailure && missing.text.hasPrefix("The catalog does not have `oetable 9`,"))
        let none = try await catalog.call("create_service_request", ["request_type": "other", "object_type": "oetag"])
        #expect(none.isFailure && none.text.contains("No ticket template found"))
        let empty = TestCatalog(answering: .ok, #"{"ok":true,"data":{"fields":[]}}"#)
        let answer = try await empty.call("create_service_request", ["request_type": "other", "object_type": "x"])
        #expect(answer.isFailure && answer.text.hasPrefix("OvalEdge has no ticket template for this (other, x)"))
        let wish: JSON = ["request_type": "other", "object_type": "x\u{1B}[2J"]
        let hidden = try await empty.call("create_service_request", wish)
        #expect(hidden.text.hasPrefix("OvalEdge has no ticket template for this (other, x⟨U+001B⟩[2j)"))
    }

    @Test func `shows OvalEdge's warnings and refusals`() async throws {
        let wish: JSON = ["ticket_template_id": 7, "summary": "S"]
        let warned = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                if request.url.contains("service-request-templates") {
                    let json = #"{"ok":true,"data":{"ticketTemplateId":7,"fields":[]}}"#
                    return HTTPResponse(.ok, text: json, type: "application/json")
                }
                guard request.url.hasSuffix("service-requests") else { return try await sandbox.send(request) }
                let json = #"{"ok":true,"data":{"ticketId":5,"warnings":["tag not found, omitted"]}}"#
                return HTTPResponse(.ok, text: json, type: "application/json")
            }
        )
        let (_, done) = try await warned.confirmed("create_service_request", wish)
        #expect(done.text == "### Ticket 5 was filed\n- OvalEdge warns: tag not found, omitted")
        let (_, refused) = try await catalog.confirmed(
            "create_service_request",
            ["ticket_template_id": 1006, "summary": "S"]
        )
        #expect(refused.isFailure && refused.text.contains("Requested By is required"))
        #expect(try catalog.audit().lines.last?.members["outcome"] == "refused")
    }

    @Test(arguments: [(404, "No ticket template found"), (400, "It depends on other fields")])
    func `says that there is no template, or that its fields depend on others`(status: Int, words: String) async throws
    {
        let catalog = TestCatalog(
            AnsweringHTTP { [sandbox] request throws(HTTPFailure) in
                guard request.url.contains("service-request-templates") else { return try await sandbox.send(request) }
                let json: JSON = ["code": "mcp.sr", "message": .string(words)]
                return HTTPResponse(HTTPStatus(rawValue: status), text: json.text, type: "application/json")
            }
        )
        let answer = try await catalog.call("create_service_request", Self.wish)
        #expect(answer.isFailure && answer.text.contains(words) && answer.text.contains("mcp.sr"), "\(answer.text)")
    }

    @Test(
        arguments: [
            ("2026-12-31", "2026-12-31"), ("2026/1/5", "2026/1/5"), ("05-01-2026", "05-01-2026"),
            ("31/12/2026", "31/12/2026"), ("2026-01-05 09:30", "2026/01/05 09:30:00"),
            ("5/1/2026T09:30:15", "2026/01/05 09:30:15"), ("2024-02-29", "2024-02-29"), ("2026-02-29", nil),
            ("12/31/2026", nil), ("2026-12-31 25:00", nil), ("2026-12-31T10:00:00Z", nil), ("26-12-31", nil),
            ("2026-12", nil), ("", nil), ("2026-12-31 ", "2026-12-31 "), ("٢٠٢٦-12-31", nil),
        ] as [(String, String?)]
    )
    func `takes days and times`(given: String, expected: String?) {
        #expect(TicketDate(given)?.text == expected)
    }

    private var posted: String {
        let sent = sandbox.record.requests.last { $0.path.hasSuffix("service-requests") }
        return String(decoding: sent?.body ?? [], as: UTF8.self)
    }
}
