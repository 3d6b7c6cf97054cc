import JSON
import Synchronization
import TestSupport
import Testing

@Suite(.ownThread) struct `A call that is cancelled` {
    private static let found = #"{"ok":true,"data":{"platformDocs":[{"text":"found"}]}}"#

    /// Answers all but the query `hang`; says which came, and when connections that waited were closed.
    private final class HangingBackEnd: Sendable {
        let queries = Report<String>()
        let ends = Report<ContinuousClock.Instant>()

        func open() throws -> OwnBackEnd {
            try OwnBackEnd { [queries, ends] request, connection in
                queries.add(request.line)
                guard request.line.contains("hang") else { return OwnBackEnd.send(found, to: connection) }
                connection.waitForEnd()
                ends.add(.now)
            }
        }
    }

    /// Rows: G173.
    @Test func `ends its request within 50 milliseconds and is never answered`() throws {
        let hanging = HangingBackEnd()
        let client = try Conversation(with: hanging.open())
        var delays: [Double] = []
        for id in 1...11 {
            client.search(id, "hang")
            #expect(hanging.queries.reaches(id))
            let start = ContinuousClock.now
            client.cancel(id)
            #expect(hanging.ends.reaches(id))
            delays.append((hanging.ends.all[id - 1] - start) / .milliseconds(1))
        }
        // The median, since the machine may have had something else to do.
        #expect(delays.sorted()[5] < 50)
        #expect(try client.everything() == [])
    }

    @Test func `makes room for one that waits`() throws {
        let hanging = HangingBackEnd()
        let client = try Conversation(with: hanging.open())
        for id in 1...40 { client.search(id, "hang") }
        client.search(41, "go")
        #expect(hanging.queries.reaches(32))
        #expect(try client.everything() == [])
        #expect(hanging.queries.all.count == 32)
        // Those that wait behind the first go before it does, so that none takes its place.
        for id in Array(33...40) + [1] { client.cancel(id) }
        #expect(try client.answer()["id"] == 41)
        #expect(hanging.queries.all.count == 33)
        for id in 2...32 { client.cancel(id) }
        #expect(hanging.ends.reaches(32))
        #expect(try client.everything() == [])
    }

    @Test func `may have its id used again at once`() throws {
        let hanging = HangingBackEnd()
        let client = try Conversation(with: hanging.open())
        for round in 1...20 {
            client.search(1, "hang")
            #expect(hanging.queries.reaches(2 * round - 1))
            client.cancel(1)
            client.search(1, "go")
            #expect(try client.answer()["result"]?["content"]?[0]?["text"]?.string?.contains("found") == true)
        }
    }

    @Test func `ends its request even while no one reads`() throws {
        let hanging = HangingBackEnd()
        let client = try Conversation(with: hanging.open())
        client.search(1, "hang")
        #expect(hanging.queries.reaches(1))
        client.program.write((2...9000).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"tools/list"}"# + "\n" }.joined())
        client.cancel(1)
        #expect(hanging.ends.reaches(1))
        var lists: Set<[UInt8]> = []
        for _ in 2...9000 { lists.insert(Array(client.program.readBytes()?.prefix(30) ?? [])) }
        #expect(lists.count == 8999)
        #expect(try client.everything() == [])
    }
}

extension Conversation {
    /// A call that passes `query` on to the back end.
    func search(_ id: Int, _ query: String) { call(id, "knowledge_search", ["query": .string(query)]) }
}
