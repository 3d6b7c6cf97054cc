import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Sandbox
import TestSupport
import Testing
import Writes

@Suite struct `create_glossary_term` {
    private let sandbox: SandboxClient
    private let catalog: TestCatalog
    private let whole: JSON = [
        "term_name": "Gross revenue", "domain_name": "sales > Revenue > reported", "description": "Before tax.",
    ]

    init() {
        sandbox = SandboxClient()
        catalog = TestCatalog(sandbox)
    }

    @Test(
        arguments: [
            ([:], "Give either `term_name`, to create a term, or `search_on`, to list places."),
            (["term_name": "A", "search_on": "category", "domain_id": 1], "Give either `term_name`, "),
            (["search_on": "category"], "`domain_id` is missing: categories are in a domain."),
            (["search_on": "subcategory"], "`category_id` is missing: it names the category."),
            (
                ["term_name": "A", "subcategory_id": 5],
                "`category_id` is missing: a subcategory belongs to a category."
            ),
            (["term_name": "A", "category_id": 5, "skip_category": true], "`skip_category` contradicts "),
            (["term_name": "A", "domain_name": "a>b>c", "skip_subcategory": true], "`skip_subcategory` contradicts "),
        ] as [(JSON, String)]
    )
    func `asks for one thing at a time`(arguments: JSON, expected: String) {
        let found = mistakes(CreateGlossaryTerm.self, arguments)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test(
        arguments: [
            (["search_on": "oeglobaldomain"], "oeglobaldomain", [301, 302, 303, 304]),
            (["search_on": "category", "domain_id": 301], "category", [311, 312]),
            (["search_on": "subcategory", "category_id": 312], "subcategory", [321]),
        ] as [(JSON, String, [Int])]
    )
    func `lists the places on a level`(arguments: JSON, level: String, ids: [Int]) async throws {
        let answer = try await catalog.call("create_glossary_term", arguments)
        #expect(answer.structured?["choices"]?.array?.compactMap { $0["id"]?.int } == ids)
        let query = try #require(sandbox.record.requests.last?.query)
        #expect(query["searchOn"] == [level] && query["page"] == ["0"] && query["size"] == ["100"])
        #expect(query["subCategoryId"] == (level == "subcategory" ? ["0"] : nil))
    }

    @Test(arguments: [(900, 3, "500", "3"), (7, 0, "7", "0")])
    func `lists as many as are wanted, and no more than five hundred`(
        size: Int,
        page: Int,
        sentSize: String,
        sentPage: String
    ) async throws {
        let call: JSON = ["search_on": "oeglobaldomain", "size": .int(size), "page": .int(page)]
        _ = try await catalog.call("create_glossary_term", call)
        let query = try #require(sandbox.record.requests.last?.query)
        #expect(query["size"] == [sentSize] && query["page"] == [sentPage])
    }

    @Test func `says where there is nothing to list`() async throws {
        let none: JSON = ["search_on": "category", "domain_id": 99999]
        let answer = try await catalog.call("create_glossary_term", none)
        #expect(answer.text.contains("### No choices available\nNothing has been written yet. No entries found here."))
        #expect(!answer.text.contains("Show the person all of it"))
        let past = try await catalog.call("create_glossary_term", ["search_on": "oeglobaldomain", "page": 50])
        #expect(past.text.contains("Page 50 is empty; pages start at 0."))
    }

    @Test func `leads from a word to a place, one choice after the other`() async throws {
        var call: JSON = ["term_name": "Gross revenue"]
        let choices: [(String, JSON)] = [("domain_id", 301), ("category_id", 312), ("subcategory_id", 321)]
        for (argument, id) in choices {
            let answer = try await catalog.call("create_glossary_term", call)
            #expect(answer.structured?["awaitingUserSelection"] == true)
            #expect(answer.structured?["selectionField"] == .string(argument))
            #expect(answer.text.contains("`\(argument)=\(id.text)`"))
            call[argument] = id
        }
        let wanted = try await catalog.call("create_glossary_term", call)
        #expect(wanted.structured?["awaitingUserInput"] == true)
        #expect(wanted.structured?["placementPath"] == "Sales > Revenue > Reported revenue > Gross revenue")
        call["description"] = "Before tax."
        let preview = try await catalog.call("create_glossary_term", call)
        #expect(preview.structured?["awaitingUserConfirmation"] == true)
        #expect(writes.isEmpty)
    }

    @Test func `finds a place by its path, shows the term and creates it`() async throws {
        let (preview, done) = try await catalog.confirmed("create_glossary_term", whole)
        #expect(preview.text.contains("### New: Gross revenue\n- **Place**: Sales > Revenue"))
        #expect(preview.text.contains("- **Description**: Before tax.\n- **Status**: draft"))
        #expect(
            try JSON(parsing: try #require(writes.last).body) == [
                "termName": "Gross revenue", "domainId": 301, "description": "Before tax.", "category1Id": 312,
                "category2Id": 321, "publish": false,
            ]
        )
        #expect(
            done.structured?["now"] == [
                "termName": "Gross revenue", "status": "DRAFT", "description": "Before tax.",
            ]
        )
        #expect(done.text.contains("/#nav/glossary?browse=summary&id="))
        #expect(done.text.contains("Sales > Revenue > Reported revenue > Gross revenue"))
        let found = try await catalog.call("asset_explorer", ["name": "Gross revenue", "object_type": "glossary"])
        #expect(found.structured?["total"] == 1)
    }

    @Test(arguments: ["Cust omer", "sales", "Sale", "FINANCE"])
    func `finds a domain whatever its spelling`(name: String) async throws {
        let answer = try await catalog.call("create_glossary_term", ["term_name": "A", "domain_name": .string(name)])
        #expect(answer.structured?["selectionField"] == "category_id")
    }

    @Test(arguments: [
        ("i", "**i** is ambiguous."), ("Garden", "There is no domain called **Garden** here."),
    ])
    func `asks where a name fits several places or none`(name: String, expected: String) async throws {
        let answer = try await catalog.call("create_glossary_term", ["term_name": "A", "domain_name": .string(name)])
        #expect(answer.structured?["selectionField"] == "domain_id")
        #expect(answer.text.contains(expected), "\(answer.text)")
    }

    @Test func `asks where an id leads nowhere`() async throws {
        let answer = try await catalog.call("create_glossary_term", ["term_name": "A", "domain_id": 999])
        #expect(answer.text.contains("There is no domain 999 here."))
        #expect(answer.structured?["choices"]?.array?.count == 4)
    }

    @Test func `leaves a level out only when the person has said so`() async throws {
        var call: JSON = ["term_name": "A", "domain_id": 301, "description": "B.", "skip_category": true]
        let question = try await catalog.call("create_glossary_term", call)
        #expect(question.structured?["selectionField"] == "category_id")
        #expect(question.text.contains("`category_skip_confirmed`"))
        call["category_skip_confirmed"] = true
        let (preview, _) = try await catalog.confirmed("create_glossary_term", call)
        #expect(preview.structured?["awaitingUserConfirmation"] == true)
        #expect(try JSON(parsing: try #require(writes.last).body)["category1Id"] == 0)
    }

    @Test func `goes past a level that is empty`() async throws {
        let answer = try await catalog.call(
            "create_glossary_term",
            ["term_name": "Parcel", "domain_name": "Logistics", "description": "A box."]
        )
        #expect(answer.text.contains("Logistics > Parcel"))
    }

    @Test func `warns of terms of that name`() async throws {
        let (preview, done) = try await catalog.confirmed(
            "create_glossary_term",
            ["term_name": "Net revenue", "domain_name": "Sales > Revenue > Reported revenue", "description": "X."]
        )
        #expect(preview.text.contains("Terms of this name that exist already:\n- [Net revenue](http"))
        #expect(done.isFailure && done.text.contains("has a term Net revenue already"))
        #expect(try catalog.audit().lines.last?.members["outcome"] == "refused")
    }

    private var writes: [SandboxRecord.Entry] {
        sandbox.record.requests.filter { $0.path.hasSuffix("/glossary-terms") }
    }
}
