import JSON
import OvalEdge
import Testing

@Suite struct `A reply that holds nothing` {
    private static let nothing = [
        "{}", #"{"data":null}"#, #"{"data":{}}"#, #"{"ok":true}"#, #"{"ok":true,"data":null}"#,
        #"{"message":"Success"}"#, #"{"status":"success","data":{}}"#,
    ]

    @Test(
        arguments: nothing + [
            #"{"data":{"details":null,"relationships":[]}}"#, #"{"data":{"details":{}}}"#, #"{"data":[]}"#,
        ]
    )
    func `is no asset`(text: String) throws {
        try expectNotFound(AssetRecord.self, text)
    }

    @Test(arguments: nothing + [#"{"data":{"lineage":{}}}"#, #"{"data":{"lineage":null}}"#])
    func `is no lineage`(text: String) throws {
        try expectNotFound(Lineage.self, text)
    }

    @Test(arguments: nothing)
    func `says nothing of rights, queries and changes`(text: String) throws {
        try expectNotFound(Access.self, text)
        try expectNotFound(GeneratedQueries.self, text)
        try expectNotFound(MetadataChanges.self, text)
    }

    @Test(arguments: [
        "{}", #"{"data":null}"#, #"{"data":{}}"#, #"{"message":"The index is being rebuilt"}"#,
        #"{"ok":true,"data":null}"#, #"{"status":"success","data":null}"#,
    ])
    func `is no empty list unless it says that it succeeded`(text: String) throws {
        for error in [
            try failure(AssetPage.self, text), try failure(QualityRules.self, text), try failure(Knowledge.self, text),
            try failure(GlossaryPlaces.self, text), try failure(CustomFields.self, text),
        ] {
            #expect(error?.kind == .notUnderstood)
            #expect(error?.what.hasPrefix("OvalEdge returned neither results nor an empty result") == true)
        }
        let success = #"{"ok":true,"data":{}}"#
        #expect(try Envelope<AssetPage>(JSON(parsing: success)).opened().items.isEmpty)
        #expect(try Envelope<QualityRules>(JSON(parsing: success)).opened().rules.isEmpty)
        #expect(try Envelope<Knowledge>(JSON(parsing: success)).opened().stories.isEmpty)
    }

    @Test func `quotes what OvalEdge says of it`() throws {
        let error = try failure(AssetRecord.self, #"{"ok":true,"message":"No such table","data":null}"#)
        let words =
            "OvalEdge answered nothing for what was asked for: “No such table”; it may not exist or not be visible"
        #expect(error?.what == "\(words) to this account.")
    }

    private func expectNotFound<Content: Model>(_ type: Content.Type, _ text: String) throws {
        #expect(try failure(type, text)?.kind == .notFound, "\(type)")
    }

    private func failure<Content: Model>(_ type: Content.Type, _ text: String) throws -> OvalEdgeError? {
        #expect(throws: OvalEdgeError.self) { try Envelope<Content>(JSON(parsing: text)).opened() }
    }
}

@Suite struct `A list of another form` {
    private static let forms = [#"{"a":1}"#, #""x""#, "7", "true"]

    @Test(arguments: forms)
    func `is an error wherever lists are read`(form: String) {
        refuses(AssetPage.self, #"{"data":{"items":\#(form)}}"#)
        refuses(AssetPage.self, #"{"items":\#(form)}"#)
        refuses(Lineage.self, #"{"data":{"nodes":\#(form),"edges":[]}}"#)
        refuses(Lineage.self, #"{"data":{"nodes":[],"edges":\#(form)}}"#)
        refuses(Knowledge.self, #"{"data":{"dataStories":{"items":\#(form)}}}"#)
        refuses(Knowledge.self, #"{"data":{"platformDocs":{"chunks":\#(form)}}}"#)
        refuses(QualityRules.self, #"{"data":{"rules":\#(form)}}"#)
        refuses(QualityAssessment.self, #"{"data":{"rows":\#(form)}}"#)
        refuses(CustomFields.self, #"{"data":{"fields":\#(form)}}"#)
        refuses(GlossaryPlaces.self, #"{"data":{"domains":\#(form)}}"#)
        refuses(ServiceRequestTemplate.self, #"{"data":{"ticketTemplateId":5,"fields":\#(form)}}"#)
        refuses(TagOptions.self, #"{"data":{"parentTagChoices":\#(form)}}"#)
        refuses(Access.self, #"{"data":{"grants":\#(form)}}"#)
        refuses(MetadataChanges.self, #"{"data":{"columnChanges":\#(form)}}"#)
        refuses(GeneratedQueries.self, #"{"data":{"status":"code_found","matchingCodeObjects":\#(form)}}"#)
        refuses(AssetRecord.self, #"{"data":{"details":{"objectId":5},"profile":{"columns":\#(form)}}}"#)
    }

    @Test(arguments: [#""x""#, "7", "true"])
    func `is one where a single object is taken, too`(form: String) {
        refuses(AssetPage.self, #"{"data":{"items":[],"glossaryTerms":\#(form)}}"#)
        refuses(AssetPage.self, #"{"data":{"items":[],"tags":\#(form)}}"#)
        refuses(Knowledge.self, #"{"data":{"dataStories":\#(form)}}"#)
        refuses(QualityRules.self, #"{"data":\#(form)}"#)
    }

    private func refuses<Reply: Model>(_ type: Reply.Type, _ text: String) {
        let error = #expect(throws: JSONMismatch.self, "\(type): \(text)") { _ = try Reply(JSON(parsing: text)) }
        #expect(error?.expected == "a list", "\(type): \(text)")
    }
}
