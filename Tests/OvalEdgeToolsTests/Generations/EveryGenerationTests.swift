import HTTP
import JSON
import MCP
import OvalEdge
import Sandbox
import TestSupport
import Testing

/// A call that reads, as an argument of a test.
struct Reading: CustomTestStringConvertible, Sendable {
    let tool: String
    let arguments: JSON

    init(_ tool: String, _ arguments: JSON) {
        self.tool = tool
        self.arguments = arguments
    }

    var testDescription: String { "\(tool) \(arguments.text)" }

    /// Calls that every generation can express, at least one of each tool that asks for a capability.
    static let all = [
        Reading("asset_explorer", ["search_terms": ["orders"], "limit": 7]),
        Reading("asset_explorer", ["context_query": "where is revenue by channel", "owner": "mira"]),
        Reading("asset_explorer", ["object_type": "glossary", "domain_name": "Sales"]),
        Reading("asset_explorer", ["classifications": ["PII"], "connection_name": "bramble_dw"]),
        Reading("asset_explorer", ["object_type": "oetag", "search_terms": ["address"]]),
        Reading("asset_explorer", ["object_type": "oetag", "name": "Address"]),
        Reading("asset_explorer", ["object_type": "glossary", "object_id": 331]),
        Reading("asset_explorer", ["object_type": "oetag", "name": "Nothing of this name"]),
        Reading("asset_details", ["object_id": 501, "object_type": "oetable"]),
        Reading("asset_details", ["object_id": 353, "object_type": "oetag"]),
        Reading("asset_details", ["object_name": "orders", "object_type": "oetable"]),
        Reading("asset_details", ["object_name": "SALES.orders", "object_type": "oetable"]),
        Reading("asset_details", ["object_name": "nothing of this name", "object_type": "oetable"]),
        Reading("asset_details", ["object_name": "Net revenue", "object_type": "glossary"]),
        Reading("asset_details", ["object_id": 999_999, "object_type": "oetable"]),
        Reading("asset_lineage", ["object_id": 501, "object_type": "oetable", "depth": 3]),
        Reading("knowledge_search", ["content_query": "retention"]),
        Reading("knowledge_search", ["query": "create a rule", "limit": 3]),
        Reading("knowledge_search", ["content_query": "unheard of"]),
        Reading(
            "access_explorer",
            [
                "operation": "source_system_access", "query_direction": "user_to_objects", "username": "aiko",
                "source_system": "snowflake",
            ]
        ),
        Reading(
            "access_explorer",
            [
                "operation": "source_system_access", "query_direction": "object_to_users", "source_system": "snowflake",
                "object_path": "bramble_dw.SALES.orders", "object_type": "table", "access_intent_confirmed": "native",
            ]
        ),
        Reading(
            "access_explorer",
            [
                "operation": "catalog_access", "query_direction": "object_to_principals", "object_id": 501,
                "object_type": "oetable", "access_intent_confirmed": "catalog_acl",
            ]
        ),
        Reading("metadata_changes_between_crawls", ["connection_name": "bramble_dw"]),
        Reading("dq_rule_advisor", ["step": "lookup", "rule_name": "email"]),
    ]
}

@Suite struct `Every generation` {
    private static let older: [SandboxGeneration] = [.transition, .classic]

    /// But for the count of all that match, which the oldest search does not return, and the names of endpoints.
    private func text(_ answer: Answer) -> [Substring] {
        let lines = answer.text.replacing("object-details", with: "asset-details").split(separator: "\n")
        return lines.filter { !$0.hasPrefix("Page ") && !$0.hasSuffix(" found.") }
    }

    @Test(arguments: Reading.all, older)
    func `answers as the current one does`(_ reading: Reading, _ generation: SandboxGeneration) async throws {
        let current = try await TestCatalog().call(reading.tool, reading.arguments)
        let answer = try await TestCatalog(SandboxClient(generation: generation)).call(reading.tool, reading.arguments)
        #expect(text(answer) == text(current))
        #expect(answer.isFailure == current.isFailure)
        let items = (answer.structured ?? [:])["data"]?["items"]
        #expect(items == (current.structured ?? [:])["data"]?["items"])
    }

    @Test(arguments: [UnknownPath.refusal, .json, .method], older)
    func `is found out however it speaks of unknown paths`(
        _ unknown: UnknownPath,
        _ generation: SandboxGeneration
    ) async throws {
        let catalog = TestCatalog(SandboxClient(generation: generation, unknownPath: unknown))
        let usual = TestCatalog(SandboxClient(generation: generation))
        for reading in Reading.all where reading.arguments["object_id"] != 999_999 {
            let answer = try await catalog.call(reading.tool, reading.arguments)
            #expect(text(answer) == text(try await usual.call(reading.tool, reading.arguments)), "\(reading)")
        }
    }

    /// Something else may have said so.
    @Test(arguments: [UnknownPath.html, .redirect])
    func `is not guessed from a page or a redirection`(_ unknown: UnknownPath) async throws {
        let sandbox = SandboxClient(generation: .classic, unknownPath: unknown)
        let catalog = TestCatalog(sandbox)
        for _ in 1...2 {
            let answer = try await catalog.call("asset_explorer", ["search_terms": ["orders"]])
            #expect(answer.isFailure)
        }
        #expect(sandbox.record.requests.count { $0.path.hasSuffix("explorer") } == 2)
        #expect(!sandbox.record.requests.contains { $0.path.hasSuffix("search-catalog") })
        #expect(catalog.ovalEdge.endpoints.variant(of: .explorer) == nil)
    }

    @Test(arguments: [HTTPStatus.badRequest, .unauthorized, .forbidden, .tooManyRequests, .serviceUnavailable])
    func `is not guessed from a refusal`(_ status: HTTPStatus) async throws {
        let catalog = TestCatalog(answering: status, #"{"message":"no"}"#)
        let answer = try await catalog.call("asset_explorer", ["search_terms": ["orders"]])
        #expect(answer.isFailure)
        #expect(catalog.ovalEdge.endpoints.variant(of: .explorer) == nil)
    }

    @Test func `refuses by name what it cannot be asked, and sends nothing`() async throws {
        let sandbox = SandboxClient(generation: .classic)
        let catalog = TestCatalog(sandbox, endpoints: EndpointSelector(fixed: .classic))
        let answer = try await catalog.call(
            "asset_explorer",
            ["search_terms": ["orders"], "sort": ["field": "rating"], "filters": ["rating": ["min": 3]]]
        )
        #expect(answer.isFailure)
        #expect(answer.text.contains("`sort`, `filters.rating`"))
        #expect(sandbox.record.requestCount == 0)
    }

    @Test func `names the part of an asset that could not be read`() async throws {
        let faults = try SandboxFaults(parsing: "500@column-profile")
        let catalog = TestCatalog(SandboxClient(faults: faults, generation: .classic))
        let answer = try await catalog.call("asset_details", ["object_id": 501, "object_type": "oetable"])
        #expect(!answer.isFailure)
        #expect(answer.text.contains("Relationships ("))
        #expect(answer.text.contains("Profile could not be read: OvalEdge returned 500"))
    }

    /// What the newest release says in a code of its own, so that the same is done.
    @Test func `falls back to the catalog where it reads no rights`() async throws {
        let arguments: JSON = [
            "operation": "source_system_access", "query_direction": "object_to_users", "source_system": "oracle",
            "object_path": "bramble_dw.SALES.orders", "object_type": "table", "access_intent_confirmed": "native",
        ]
        let answer = try await TestCatalog(SandboxClient(generation: .classic)).call("access_explorer", arguments)
        #expect(answer.structured?["fallback"] == "catalog_access")
    }
}
