import JSON
import TestSupport
import Testing

@Suite(.ownThread) struct `A list of messages` {
    private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    /// Rows: G068.
    @Test(arguments: `Any line whatever`.states.filter { $0 != "2025-03-26" }, ["[\(ping)]", "[]", "[1]", "[[]]"])
    func `is refused as one where the revision has no lists`(state: String?, line: String) throws {
        let client = try Conversation(["--sandbox"], revision: state)
        client.send(line)
        let answers = try client.everything()
        #expect(answers.map { $0["error"]?["code"] } == [-32600])
    }

    /// Rows: G062, G066.
    @Test(arguments: [
        ("[\(ping),\(ping)]", 2),
        ("[\(ping),{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unknown\"}]", 1),
        ("[1,null,[],{},\(ping)]", 5),
        (#"[{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}]"#, 1),
    ])
    func `is answered with one list`(line: String, count: Int) throws {
        let client = try Conversation(["--sandbox"], revision: "2025-03-26")
        client.send(line)
        let answers = try client.everything()
        #expect(answers.count == 1)
        #expect(answers.first?.array?.count == count)
    }

    /// Rows: G063, G067.
    @Test(arguments: [
        #"[{"jsonrpc":"2.0","method":"notifications/unknown"}]"#, #"[{"jsonrpc":"2.0","id":404,"result":{}}]"#,
    ])
    func `is answered with silence when nothing in it asks`(line: String) throws {
        let client = try Conversation(["--sandbox"], revision: "2025-03-26")
        client.send(line)
        #expect(try client.everything() == [])
    }

    @Test func `that is empty is answered with one error`() throws {
        let client = try Conversation(["--sandbox"], revision: "2025-03-26")
        client.send("[]")
        #expect(try client.everything().map { $0["error"]?["code"] } == [-32600])
    }

    @Test func `may hold more calls than are worked on at a time`() throws {
        let client = try Conversation(["--sandbox"], revision: "2025-03-26")
        let calls = (1...100).map {
            #"{"jsonrpc":"2.0","id":\#($0),"method":"tools/call","params":{"name":"asset_explorer","arguments":{"limit":1}}}"#
        }
        client.send("[\(calls.joined(separator: ","))]")
        let answers = try client.answer().array ?? []
        #expect(Set(answers.compactMap { $0["id"]?.int }) == Set(1...100))
        #expect(answers.allSatisfy { $0.isSuccess })
    }

    @Test func `is answered without the calls that were cancelled`() throws {
        let backEnd = try OwnBackEnd { request, connection in
            if request.line.contains("hang") { return connection.waitForEnd() }
            OwnBackEnd.send(#"{"ok":true,"data":{"platformDocs":[]}}"#, to: connection)
        }
        let client = try Conversation(with: backEnd, revision: "2025-03-26")
        let calls = ["hang", "go", "hang"].enumerated().map { id, query in
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"knowledge_search","arguments":{"query":"\#(query)"}}}"#
        }
        client.send("[\(calls.joined(separator: ","))]")
        #expect(try client.everything() == [])
        client.cancel(0)
        client.cancel(2)
        #expect(try client.answer().array?.map { $0["id"] } == [1])
    }
}
