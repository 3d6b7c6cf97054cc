import JSON
import OvalEdge
import Testing

@Suite struct `Lineage replies` {
    @Test(arguments: [
        #"{"rootObjectId":1,"nodes":[{"id":1,"name":"a","hop":0},{"id":"2","objectName":"b","hop":1,"direction":"UPSTREAM"}],"edges":[{"fromId":2,"toId":"1"}]}"#,
        #"{"data":{"nodes":[{"id":"1","name":"a","hop":"0"},{"id":2,"name":"b","hop":1,"direction":"upstream"}],"edges":[{"from":2,"to":1}]}}"#,
        #"{"data":{"lineage":{"rootId":1,"nodes":[{"objectId":1,"name":"a"},{"objectId":2,"name":"b","direction":"Upstream","hop":1}],"edges":[{"source":2,"target":1},{"from":1}]}}}"#,
    ])
    func `are read from every shape`(text: String) throws {
        let lineage = try Lineage(JSON(parsing: text))
        #expect(lineage.rootID == "1")
        #expect(lineage.nodes.map { $0.asset.name } == ["a", "b"])
        #expect(lineage.nodes.last?.direction == .upstream)
        #expect(lineage.edges.map { [$0.from.id, $0.to.id] } == [["2", "1"]])
    }

    @Test(arguments: [
        #"{"fromId":2,"toId":"1","fromObjectType":"oefile","toObjectType":"TABLE"}"#,
        #"{"source":2,"target":1,"sourceType":"FILE","targetType":"oetable"}"#,
        #"{"from":{"id":2,"objectType":"oefile","name":"x"},"to":{"objectId":1,"type":"table"}}"#,
    ])
    func `have the kinds of both ends of a flow, whichever way these are written`(edge: String) throws {
        let lineage = try Lineage(JSON(parsing: #"{"nodes":[],"edges":[\#(edge)]}"#))
        #expect(lineage.edges.map { $0.from.key } == [Lineage.Key(2, .oefile)])
        #expect(lineage.edges.map { $0.to.key } == [Lineage.Key(1, .oetable)])
    }

    @Test func `leave out what has no id, and count it`() throws {
        let lineage = try Lineage([
            "nodes": [["name": "a"], ["id": 2, "name": "b"]], "edges": [["fromId": 2], ["fromId": 2, "toId": 3]],
        ])
        #expect(lineage.nodes.map { $0.id } == ["2"] && lineage.edges.map { $0.to.id } == ["3"])
        #expect(lineage.unidentified == 2)
    }

    @Test func `may be empty`() throws {
        let lineage = try Lineage([:])
        #expect(lineage.nodes.isEmpty && lineage.edges.isEmpty && lineage.rootID == nil)
    }
}

@Suite struct `Knowledge replies` {
    static let story =
        ##"{"metadata":{"storyName":"Retention","storyZoneName":"Legal"},"content":{"story":"<p>All</p>"},"accessControl":{"authorizedRoles":["OE_PUBLIC"]},"storyTitleLink":"[Retention](#nav/story?id=5)"}"##

    @Test(arguments: [
        #"{"data":{"dataStories":\#(story)}}"#, #"{"data":{"dataStories":[\#(story)]}}"#,
        #"{"data":{"dataStories":{"items":[\#(story)]}}}"#, #"{"data":\#(story)}"#,
    ])
    func `hold one story or several`(text: String) throws {
        let knowledge = try Knowledge(JSON(parsing: text))
        let story = try #require(knowledge.stories.first)
        #expect(knowledge.stories.count == 1)
        #expect(story.title == "Retention")
        #expect(story.zone == "Legal")
        #expect(story.content == RichText("<p>All</p>", .html))
        #expect(story.roles == ["OE_PUBLIC"])
        #expect(story.link?.fragment == "#nav/story?id=5")
    }

    @Test(arguments: [
        #"{"data":{"platformDocs":{"chunks":[{"text":"Do it","url":"https://d/x"},{"url":"https://d/y"}]}}}"#,
        #"{"data":{"platformDocs":[{"content":"Do it","source":"https://d/x"}]}}"#,
        #"{"chunks":[{"text":"Do it","url":"https://d/x"}]}"#,
    ])
    func `hold passages with their sources`(text: String) throws {
        let knowledge = try Knowledge(JSON(parsing: text))
        #expect(knowledge.passages.map { $0.text } == ["Do it"])
        #expect(knowledge.passages.map { $0.url } == ["https://d/x"])
        #expect(knowledge.stories.isEmpty)
    }
}
