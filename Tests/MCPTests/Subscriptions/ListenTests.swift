import JSON
import TestSupport
import Testing

@testable import MCP

@Suite struct `A request that listens` {
    private static let all: JSON = [
        "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
        "resourceSubscriptions": [.string(ChangingServer.note)],
    ]
    private let world = ChangingServer()

    /// Rows: G182.
    @Test func `is acknowledged before it is notified of what changes meanwhile`() throws {
        let session = TestSession(world.server)
        session.stall()
        session.listen("a", Self.all)
        world.changeAll()
        #expect(session.unread.methods == ["subscriptions/acknowledged"])
        session.unstall()
        #expect(
            session.unread.methods == [
                "subscriptions/acknowledged", "tools/list_changed", "prompts/list_changed",
                "resources/list_changed", "resources/updated",
            ]
        )
    }

    /// Rows: G183, G192.
    @Test(
        arguments: [
            (ChangeKinds.tools, ["toolsListChanged": true]),
            ([.prompts, .resources], ["promptsListChanged": true, "resourcesListChanged": true]),
            (.contents, ["resourceSubscriptions": ["test://note"]]),
        ] as [(ChangeKinds, [String: JSON])]
    )
    func `learns which part of its filter will be met`(changes: ChangeKinds, honoured: [String: JSON]) async throws {
        let world = ChangingServer(changes)
        let session = TestSession(world.server)
        session.listen("a", Self.all)
        let members = try JSON(parsing: await session.read())["params"]?["notifications"]?.object?.members ?? []
        #expect(Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) }) == honoured)
        world.changeAll()
        #expect(session.unread.count == honoured.count)
    }

    @Test func `is not notified of a resource that does not exist, and stays open with nothing to report`() async throws
    {
        let session = TestSession(world.server)
        session.listen("a", ["resourceSubscriptions": ["test://nothing", "no uri"], "toolsListChanged": false])
        #expect(try JSON(parsing: await session.read())["params"]?["notifications"] == [:])
        world.changeAll()
        await session.idle()
        #expect(session.unread.isEmpty)
        session.end()
        #expect(session.unread.count == 1)
    }

    /// Rows: G184, G186.
    @Test func `gets its own copy, under its id as it wrote it`() throws {
        let session = TestSession(world.server)
        let ids: [JSON] = [7, "7", "listen"]
        for id in ids { session.listen(id, ["toolsListChanged": true]) }
        world.server.changed(.tools)
        let messages = try session.unread.map { try JSON(parsing: $0) }
        #expect(messages.count == 6)
        for id in ids {
            let own = messages.filter { $0["params"]?["_meta"] == ["io.modelcontextprotocol/subscriptionId": id] }
            #expect(
                own.map { $0["method"]?.string } == [
                    "notifications/subscriptions/acknowledged", "notifications/tools/list_changed",
                ]
            )
        }
    }

    /// Rows: G185.
    @Test func `is notified only of what it asked for`() async throws {
        let session = TestSession(world.server)
        session.listen("a", ["promptsListChanged": true, "resourceSubscriptions": [.string(ChangingServer.other)]])
        _ = await session.read()
        world.changeAll()
        #expect(session.unread.methods == ["prompts/list_changed", "resources/updated"])
        #expect(session.unread.last?.contains(ChangingServer.other) == true)
    }

    /// Rows: G167, G189.
    @Test func `is not notified of what belongs to other requests`() async throws {
        let session = TestSession(world.server)
        let logging: JSON = ["io.modelcontextprotocol/logLevel": "debug"]
        session.listen("a", Self.all, .stateless(logging))
        _ = await session.read()
        let meta = JSON.stateless(["io.modelcontextprotocol/logLevel": "debug", "progressToken": 1])
        session.write(
            JSON.members(
                ("jsonrpc", "2.0"),
                ("id", 1),
                ("method", "tools/call"),
                ("params", ["name": "work", "_meta": meta])
            ).text
        )
        await session.idle()
        #expect(session.unread.methods == ["progress", "message", "message"])
        #expect(!session.unread.contains { $0.contains("subscriptionId") })
    }

    /// Rows: G176.
    @Test func `is silent once it is cancelled, and its id is free again`() async throws {
        let session = TestSession(world.server)
        session.listen(1, Self.all)
        session.listen(2, ["toolsListChanged": true])
        _ = (await session.read(), await session.read())
        session.cancel(1)
        session.cancel(1)
        world.changeAll()
        let notice = await session.read()
        #expect(notice.contains(#""io.modelcontextprotocol/subscriptionId":2"#))
        #expect(session.unread.isEmpty)
        session.cancel(2)
        session.listen(1, ["promptsListChanged": true])
        world.changeAll()
        #expect(session.unread.methods == ["subscriptions/acknowledged", "prompts/list_changed"])
    }

    /// Rows: G175, G188.
    @Test func `is answered in order when the server ends, and gets nothing after that`() async throws {
        let session = TestSession(world.server)
        session.listen("a", Self.all)
        _ = await session.read()
        session.end()
        #expect(
            session.unread == [
                #"{"jsonrpc":"2.0","id":"a","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":"a","io.modelcontextprotocol/serverInfo":{"name":"test","version":"1"}}}}"#
            ]
        )
        _ = await session.read()
        world.changeAll()
        #expect(session.unread.isEmpty)
    }

    /// Rows: G190.
    @Test(
        arguments: [
            [:], ["notifications": .null], ["notifications": []], ["notifications": ["toolsListChanged": "yes"]],
            ["notifications": ["resourceSubscriptions": "test://note"]],
            ["notifications": ["resourceSubscriptions": [7]]],
        ] as [JSON]
    )
    func `names the changes it listens to, in its form`(params: JSON) async throws {
        var params = params
        params["_meta"] = .stateless()
        let session = TestSession(world.server)
        #expect(try await session.request("subscriptions/listen", params)["error"]?["code"] == -32602)
        world.changeAll()
        #expect(session.unread.isEmpty)
    }

    @Test func `is bounded with what its ids take`() async throws {
        let session = TestSession(world.server)
        let id = String(repeating: "x", count: 1 << 19)
        for number in 1...2 { session.listen(.string(id + String(number)), Self.all) }
        let answers = try session.unread.map { try JSON(parsing: $0) }
        #expect(answers.map { $0["method"] } == ["notifications/subscriptions/acknowledged", nil])
        #expect(answers.last?["error"]?["code"] == -32603)
    }

    @Test func `honours a resource behind texts that only look like its address`() async throws {
        let session = TestSession(ChangingServer().server)
        let filter: JSON = ["resourceSubscriptions": ["\u{212A}:x", "no address", "K:x", "test://note"]]
        session.listen("a", filter)
        let acknowledged = try JSON(parsing: await session.read())
        let honoured = acknowledged["params"]?["notifications"]?["resourceSubscriptions"]
        #expect(honoured?.array?.contains("test://note") == true)
    }

    @Test func `is not known where nothing changes, nor in a session`() async throws {
        let session = TestSession()
        let params: JSON = ["notifications": Self.all, "_meta": .stateless()]
        #expect(try await session.request("subscriptions/listen", params)["error"]?["code"] == -32601)
        let other = TestSession(world.server)
        try await other.open()
        let reply = try await other.request("subscriptions/listen", ["notifications": Self.all])
        #expect(reply["error"]?["code"] == -32601)
    }

    @Test func `takes no place of another, and no one waits for it`() async throws {
        let session = TestSession(world.server)
        for id in 1...100 { session.listen(.int(-id), Self.all) }
        for _ in 1...100 { _ = await session.read() }
        await session.idle()
        let call: JSON = ["name": "work", "_meta": .stateless()]
        #expect(try await session.request("tools/call", call)["result"]?["resultType"] == "complete")
    }

    /// Rows: G191.
    @Test func `is refused when there are too many`() async throws {
        let session = TestSession(world.server)
        for id in 1...2000 { session.listen(.int(id), ["toolsListChanged": true]) }
        let messages = try session.unread.map { try JSON(parsing: $0) }
        let refused = messages.filter { $0["error"] != nil }
        #expect(refused.count == 2000 - 1024)
        #expect(refused.allSatisfy { $0["error"]?["code"] == -32603 })
        session.cancel(1)
        session.listen("a", ["toolsListChanged": true])
        #expect(session.unread.last?.contains("acknowledged") == true)
    }

    /// Rows: G191.
    @Test func `cannot make this side remember more by cancelling what it does not read`() async throws {
        let session = TestSession(world.server)
        session.stall()
        for id in 1...1024 {
            session.listen(.int(id), Self.all)
            session.cancel(id)
        }
        let acknowledged = session.unread.count
        #expect((500...1024).contains(acknowledged))
        session.listen("a", ["toolsListChanged": true])
        session.unstall()
        await session.idle()
        #expect(session.unread.last?.contains(#""id":"a","error":{"code":-32603"#) == true)
        session.listen("b", ["toolsListChanged": true])
        #expect(session.unread.last?.contains("acknowledged") == true)
    }

    @Test func `misses nothing, whatever changes at the same time`() async throws {
        let session = TestSession(world.server)
        session.listen("steady", ["toolsListChanged": true])
        await withTaskGroup { group in
            for worker in 1...4 {
                group.addTask { [world] in
                    for round in 1...200 {
                        world.server.changed([.tools, .prompts])
                        session.listen(.int(worker), Self.all)
                        if round % 3 == 0 { session.cancel(worker) }
                    }
                }
            }
        }
        let before = session.unread.count
        for worker in 1...4 { session.cancel(worker) }
        world.server.changed(.tools)
        #expect(session.unread.count == before + 1)
        #expect(session.unread.last?.contains(#"subscriptionId":"steady""#) == true)
    }

    /// Rows: G193.
    @Test func `is forgotten with its connection`() async throws {
        var session: TestSession? = TestSession(world.server)
        try await session?.open()
        session?.stall()
        session?.listen("a", Self.all)
        world.changeAll()
        #expect(world.server.subscribers.count == 1)
        session = nil
        #expect(world.server.subscribers.count == 0)
        world.changeAll()
        let next = TestSession(world.server)
        world.changeAll()
        #expect(next.unread.isEmpty)
    }
}

extension TestSession {
    fileprivate func listen(_ id: JSON, _ filter: JSON, _ meta: JSON = .stateless()) {
        let params: JSON = ["notifications": filter, "_meta": meta]
        write(
            JSON.members(("jsonrpc", "2.0"), ("id", id), ("method", "subscriptions/listen"), ("params", params)).text
        )
    }

    fileprivate func cancel(_ id: Int) {
        write(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
    }
}
