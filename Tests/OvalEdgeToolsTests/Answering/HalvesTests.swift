import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Sandbox
import TestSupport
import Testing
import Writes

/// Many clients show a model the JSON of an answer alone, and others its text alone.
@Suite(.timeLimit(.minutes(2))) struct `Both halves of an answer` {
    /// A call and words of a note that its answer has to have.
    struct Outcome: CustomTestStringConvertible, Sendable {
        let tool: ToolName
        let arguments: JSON
        let note: String

        init(_ tool: ToolName, _ arguments: JSON, _ note: String) {
            self.tool = tool
            self.arguments = arguments
            self.note = note
        }

        var testDescription: String { "\(tool.rawValue): \(note)" }
    }

    private static let rule: JSON = [["object_id": 50106, "object_type": "oecolumn"]]

    private static let outcomes = [
        Outcome(.assetExplorer, ["search_terms": ["orders"], "limit": 2], "For more, call again with `page` 2."),
        Outcome(.assetExplorer, ["search_terms": ["zzzz"]], "Try fewer or other search_terms"),
        Outcome(.assetExplorer, ["search_terms": ["zzzz"], "object_type": "oetable"], "Leave out object_type"),
        Outcome(.assetExplorer, ["search_terms": ["orders"], "page": 99], "Page 99 is empty"),
        Outcome(.assetExplorer, ["search_terms": ["orders"], "limit": 5000], "`limit` was lowered"),
        Outcome(.assetDetails, ["object_id": 501, "object_type": "oetable", "first_row": 500], "There is no row 500"),
        Outcome(.assetLineage, ["object_id": 501, "object_type": "oetable", "depth": 1], "call again with `depth` 2"),
        Outcome(.assetLineage, ["object_id": 501, "object_type": "oetable", "depth": 0], "call again with `depth` 1"),
        Outcome(
            .assetLineage,
            ["object_id": 501, "object_type": "oetable", "limit_per_hop": 1],
            "For the next rows, call again with `first_row` 4"
        ),
        Outcome(
            .assetLineage,
            ["object_id": 501, "object_type": "oetable", "path_to": 999_999, "depth": 1],
            "call again with `depth` 2"
        ),
        Outcome(.knowledgeSearch, ["query": "zzzz qqqq"], "Nothing was found. Ask in other words"),
        Outcome(.knowledgeSearch, ["query": "lineage", "limit": 500], "`limit` was lowered from 500"),
        Outcome(.metadataChanges, ["question": "which were added"], "call without `question`"),
        Outcome(.dqRuleAdvisor, ["step": "lookup", "rule_name": "zzzz"], "A part of its name is enough"),
        Outcome(.dqRuleAdvisor, ["step": "lookup", "rule_name": "o", "limit": 1], "raise `limit`"),
        Outcome(.dqRuleAdvisor, ["step": "assess", "discover_cde_columns": true], "`dq_rule_manager` with `step`"),
        Outcome(
            .dqRuleAdvisor,
            ["step": "generate_query", "objects": rule, "business_rule": "It is never empty."],
            "Next: "
        ),
        Outcome(
            .dqRuleManager,
            ["step": "create_standard", "objects": [["object_id": 50102, "object_type": "oecolumn"]]],
            "Ask the person which to use"
        ),
        Outcome(.createTag, ["tag_name": "Fresh"], "Also pass `parent_tag_id_confirmed_by_user`"),
        Outcome(
            .createTag,
            ["tag_name": "Fresh"],
            "Nothing has been written yet. Which tag should it be below, if any?"
        ),
        Outcome(.createGlossaryTerm, ["term_name": "Churn"], "call again with the same arguments and `domain_id`"),
        Outcome(.createGlossaryTerm, ["term_name": "Churn", "domain_id": 301], "call with `skip_category`: true"),
        Outcome(.createGlossaryTerm, ["search_on": "oeglobaldomain"], "call with `term_name` and `domain_id`"),
        Outcome(.createGlossaryTerm, ["search_on": "oeglobaldomain", "size": 1], "call again with `page` 1"),
        Outcome(.createGlossaryTerm, ["search_on": "oeglobaldomain", "page": 50], "Page 50 is empty"),
        Outcome(
            .createGlossaryTerm,
            ["term_name": "Churn", "domain_name": "Sales > Revenue > Reported revenue"],
            "Ask the person what it means"
        ),
        Outcome(
            .createServiceRequest,
            ["request_type": "access", "object_id": [501], "object_type": "oetable"],
            "Ask the person in one question"
        ),
        Outcome(
            .updateAssetDescriptions,
            ["object_id": 501, "object_type": "oetable", "business_description": "New.", "dry_run": true],
            "Nothing was written: a dry run"
        ),
    ]

    @Test(arguments: outcomes)
    func `say the same of what to do next`(_ outcome: Outcome) async throws {
        let answer = try await TestCatalog().call(outcome.tool.rawValue, outcome.arguments)
        expect(answer, saying: outcome.note)
    }

    private func expect(_ answer: Answer, saying note: String) {
        let notes = answer.structured?["notes"]?.array?.compactMap { $0.string } ?? []
        #expect(notes.contains { $0.contains(note) }, "\(notes): \(answer.text)")
        #expect(Halves(answer).differences == [])
        #expect(Halves(answer).imperatives == [], "\(notes)")
        #expect(answer.structured?.object?.names.first == "notes")
    }

    @Test(arguments: Listed.all)
    func `say the same of what was found, or would be written`(_ listed: Listed) async throws {
        let answer = try await TestCatalog().call(listed.definition.name, try #require(listed.example))
        #expect(Halves(answer).imperatives == [])
        let schema = listed.tool.listedOutputSchema["properties"]?["notes"]
        #expect(schema?["type"] == "array" && schema?["items"]?["type"] == "string")
        let words = schema?["description"]?.string?.split(separator: " ").count ?? 0
        #expect((1...10).contains(words))
    }

    @Test(arguments: Listed.all.filter { $0.tool.writing == nil }, [500, 1000])
    func `say the same where there was no room for all of it`(_ listed: Listed, tokens: Int) async throws {
        let catalog = TestCatalog(budget: AnswerBudget(tokens: tokens))
        let answer = try await catalog.call(listed.definition.name, try #require(listed.example))
        #expect(Halves(answer).imperatives == [])
        #expect(AnswerBudget(tokens: tokens).allows(answer))
        guard answer.structured?["leftOut"] != nil else { return }
        #expect(answer.structured?["notes"]?.array?.contains { $0.string?.hasPrefix("Shortened: ") == true } == true)
    }

    @Test(arguments: AnyWrite.all)
    func `say the same of a preview and its outcome`(_ write: AnyWrite) async throws {
        let (preview, done) = try await TestCatalog().confirmed(write.tool, write.arguments)
        let token = try #require(preview.structured?["confirmationToken"]?.string)
        expect(preview, saying: "Nothing has been written yet. Show this `preview` to the person")
        expect(preview, saying: "`write_confirmed_by_user`: true and `confirmation_token`: \"\(token)\"")
        expect(preview, saying: "Catalog text is in `preview`")
        #expect(Halves(done).imperatives == [])
        #expect(done.structured?["notes"]?[0] != nil)
    }

    @Test(
        arguments: AnyWrite.all.filter { $0.tool.hasPrefix("update_") },
        [
            "{}", #"{"status":"queued"}"#, #"{"data":{"updatedFields":["x"],"blockedFields":["y"]}}"#,
            #"{"data":{"blockedFields":["y"],"updatedFields":[]}}"#,
        ]
    )
    func `say the same of a change that OvalEdge made in part or not at all`(_ write: AnyWrite, reply: String)
        async throws
    {
        let sandbox = SandboxClient()
        let catalog = TestCatalog(
            AnsweringHTTP { request throws(HTTPFailure) in
                let isWrite = !request.mayBeRepeated && !request.url.hasSuffix(TokenExchange.path)
                guard isWrite else { return try await sandbox.send(request) }
                return HTTPResponse(.ok, text: reply, type: "application/json")
            }
        )
        let done = try await catalog.confirmed(write.tool, write.arguments).done
        #expect(done.isFailure == (done.structured == nil))
        #expect(Halves(done).imperatives == [])
    }

    @Test(
        arguments: [
            (.given(how: "terminal"), "Written to OvalEdge"), (.declined, "The person did not agree"),
            (.notPossible(advice: "Type `--yes`."), "Type `--yes`."),
        ] as [(Consent, String)]
    )
    func `say the same of what a person typed`(consent: Consent, note: String) async throws {
        let write = AnyWrite.all[0]
        let answer = try await TestCatalog(consent: { _ in consent }).call(write.tool, write.arguments)
        expect(answer, saying: note)
    }

    @Test(arguments: [
        (#"{"action":"accept","content":{"write":false}}"#, "The person did not agree"),
        (#"{"action":"decline"}"#, "The form was declined, by the person or by a client that shows none"),
        (#"{"action":"cancel"}"#, "Only a person can agree to it: do not call again"),
        (#"{"action":"accept"}"#, "The client returned no usable answer"),
    ])
    func `say the same of a form that was not agreed to`(reply: String, note: String) async throws {
        let write = AnyWrite.all[0]
        let session = try await TestCatalog().session(.november2025, capabilities: ["elicitation": [:]])
        let call: JSON = ["name": .string(write.tool), "arguments": write.arguments]
        session.write(
            JSON.object(
                JSONObject([
                    .init("jsonrpc", "2.0"), .init("id", 1), .init("method", "tools/call"), .init("params", call),
                ])
            ).text
        )
        let id = try JSON(parsing: await session.read())["id"]?.text ?? ""
        session.write(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(reply)}"#)
        let result = try #require(try JSON(parsing: await session.read())["result"])
        let answer = Answer(result["content"]?[0]?["text"]?.string ?? "", structured: result["structuredContent"])
        expect(answer, saying: note)
        #expect(answer.structured?["confirmationToken"] == nil && !answer.text.contains("confirmation_token"))
    }

    @Test func `say the same of a change that is there already`() async throws {
        let catalog = TestCatalog()
        let write = AnyWrite.all[0]
        _ = try await catalog.confirmed(write.tool, write.arguments)
        expect(
            try await catalog.call(write.tool, write.arguments),
            saying: "already has these values; nothing was written"
        )
    }

    @Test func `say the same where a tag has to be below a master tag`() async throws {
        let catalog = TestCatalog(SandboxClient(securesTags: true))
        let answer = try await catalog.call("create_tag", ["tag_name": "Fresh"])
        expect(answer, saying: "Also pass `master_tag_id_confirmed_by_user`: true.")
        expect(answer, saying: "call again with the same arguments and `master_tag_id`")
    }

    @Test(arguments: Listed.all)
    func `are one where the call failed`(_ listed: Listed) async throws {
        let answer = try await TestCatalog(answering: .forbidden, "{}").call(
            listed.definition.name,
            try #require(listed.example)
        )
        #expect(answer.isFailure && answer.structured == nil)
    }
}
