import JSON
import OvalEdge
import Testing

private func read<Reply: Model>(_ text: String, as type: Reply.Type = Reply.self) throws -> Reply {
    try Reply(JSON(parsing: text))
}

@Suite struct `Catalog replies` {
    @Test(arguments: [
        #"{"ok":true,"data":{"page":1,"total":"7","items":[{"objectId":501,"objectType":"oetable"}]}}"#,
        #"{"ok":true,"total":7,"items":[{"objectId":"501","objectType":"oetable"}]}"#,
        #"{"data":[{"objectId":501,"objectType":"oetable"}],"totalCount":7}"#,
    ])
    func `hold their hits nested, flat or bare`(text: String) throws {
        let page: AssetPage = try read(text)
        #expect(page.items.map { $0.id } == ["501"])
        #expect(page.items.first?.objectType == .oetable)
        #expect(page.total == 7)
    }

    @Test func `may hold none, and may not say how many there are`() throws {
        let page: AssetPage = try read(#"{"ok":true}"#)
        #expect(page.items.isEmpty && page.glossaryTerms.isEmpty && page.tags.isEmpty)
        #expect(page.total == nil)
    }

    @Test(arguments: [#"{"objectId":77,"objectName":"Revenue"}"#, #"[{"businessGlossaryId":"77","name":"Revenue"}]"#])
    func `hold terms as an object or a list`(terms: String) throws {
        let page: AssetPage = try read(#"{"data":{"items":[],"glossaryTerms":\#(terms)}}"#)
        #expect(page.glossaryTerms.map { $0.id } == ["77"])
        #expect(page.glossaryTerms.map { $0.name } == ["Revenue"])
    }

    @Test func `are refused when a hit is no object`() {
        #expect(throws: JSONMismatch.self) { _ = try read(#"{"data":{"items":[7]}}"#, as: AssetPage.self) }
        #expect(throws: JSONMismatch.self) { _ = try read(#"{"data":"nothing"}"#, as: AssetPage.self) }
    }

    @Test(arguments: [
        (##"{"objectId":8,"navLink":"#nav/tag?id=8&objectType=oetag"}"##, "#nav/tag?id=8&objectType=oetag"),
        (##"{"objectId":8,"navLink":"#nav/tag?id=8"}"##, "#nav/tag?id=8&objectType=oetag"),
        (##"{"objectId":8,"tagDetails":[{"masterTagId":3}]}"##, "#nav/tag?id=8&objectType=oetag&masterTagId=3"),
        (##"{"objectId":8,"isMasterTag":true}"##, "#nav/tag?id=8&objectType=mastertag&masterTagId=8"),
        (##"{"objectId":8,"tagDetails":[{"isRootTag":true}]}"##, "#nav/tag?id=8&objectType=mastertag&masterTagId=8"),
    ])
    func `lead to a tag's page by the rules of tags`(tag: String, link: String) throws {
        let page: AssetPage = try read(#"{"data":{"tags":\#(tag)}}"#)
        #expect(page.tags.first?.link?.fragment == link)
    }

    @Test func `keep a tag's parent and children`() throws {
        let tag: CatalogTag = try read(
            #"{"objectId":8,"objectName":"PII","parentTag":{"objectId":7,"objectName":"Privacy"},"#
                + #""childTags":[{"objectId":9,"objectName":"Email"}]}"#
        )
        #expect(tag.parent?.name == "Privacy")
        #expect(tag.children.map { $0.name } == ["Email"])
    }

    @Test(arguments: [
        #"{"data":{"details":{"objectId":5,"owner":"ann"},"profile":{"columns":[{"name":"id"}]},"relationships":[{"a":1}]}}"#,
        #"{"data":{"objectId":"5","owner":{"displayName":"ann"},"profile":[{"name":"id"}],"relationships":{"items":[{"a":1}]}}}"#,
        #"{"objectId":5,"owner":"ann","columns":[{"name":"id"}],"relationships":[{"a":1}]}"#,
    ])
    func `hold the details of an asset nested or flat`(text: String) throws {
        let details: AssetRecord = try read(text)
        #expect(details.asset.id == "5")
        #expect(details.asset.owner == "ann")
        #expect(details.columns.count == 1)
        #expect(details.relationships.count == 1)
    }

    @Test(arguments: [
        (#"{"businessDescription":{"plainText":"A","wikitext":"<p>A</p>"}}"#, RichText("A", .plain)),
        (#"{"businessDescription":{"plainText":"  ","wikiText":"<p>A</p>"}}"#, RichText("<p>A</p>", .html)),
        (#"{"description":"A &amp; B"}"#, RichText("A &amp; B", .html)),
    ])
    func `prefer the plain variant of a description`(text: String, expected: RichText) throws {
        let asset: Asset = try read(text)
        #expect(asset.descriptions.map { $0.text } == [expected])
    }

    @Test(arguments: [#"{"businessDescription":{"plainText":""}}"#, #"{"description":" "}"#, #"{"description":null}"#])
    func `have no description where none says anything`(text: String) throws {
        #expect(try read(text, as: Asset.self).descriptions.isEmpty)
    }

    @Test func `take a link from whatever member holds one`() throws {
        let other: Asset = try read(##"{"navLink":null,"hyperlink":"https://h/#nav/a"}"##)
        #expect(other.link?.fragment == "#nav/a")
        let term: Asset = try read(##"{"termDetails":"x#nav/g?id=1"}"##)
        #expect(term.link?.fragment == "#nav/g?id=1")
        #expect(try read(#"{"termDetails":{"id":1}}"#, as: Asset.self).link == nil)
    }
}

@Suite struct `An envelope` {
    @Test(arguments: [
        (#"{"ok":false,"message":"Not yours."}"#, "OvalEdge refused the request: “Not yours”."),
        (#"{"ok":false}"#, "OvalEdge refused the request without saying why."),
        (#"{"error":"no such object","status_code":404}"#, "OvalEdge refused the request: “no such object”."),
        (#"{"ok":true,"error":{"message":"broken","code":"x.y"}}"#, "OvalEdge refused the request: “broken”."),
    ])
    func `that refuses becomes an error with the message`(text: String, what: String) throws {
        let envelope: Envelope<JSON> = try read(text)
        let error = #expect(throws: OvalEdgeError.self) { _ = try envelope.opened() }
        #expect(error?.what == what)
    }

    @Test func `keeps the product's own code`() throws {
        let envelope: Envelope<JSON> = try read(#"{"ok":false,"code":"mcp.x","message":"no"}"#)
        #expect(#expect(throws: OvalEdgeError.self) { _ = try envelope.opened() }?.code == "mcp.x")
    }

    @Test(arguments: [#"{"ok":true,"data":1}"#, #"{"error":null}"#, #"{"error":false}"#, #"{"error":""}"#, "[]"])
    func `that agrees is opened`(text: String) throws {
        let envelope: Envelope<JSON> = try read(text)
        #expect(try envelope.opened() == JSON(parsing: text))
    }
}
