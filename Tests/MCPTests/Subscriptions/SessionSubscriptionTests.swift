import JSON
import Logging
import MCP
import TestSupport
import Testing

@Suite struct `A session that is notified of changes` {
    private static let handshake = Revision.allCases.filter { !$0.isStateless }
    private let world = ChangingServer()

    /// Rows: G048, G139, G142.
    @Test(arguments: handshake)
    func `subscribes and unsubscribes as often as it likes`(revision: Revision) async throws {
        let session = TestSession(world.server)
        let capabilities = try await session.capabilities(revision)
        #expect(capabilities["resources"] == ["subscribe": true, "listChanged": true])
        #expect(capabilities["tools"] == ["listChanged": true])
        #expect(capabilities["prompts"] == ["listChanged": true])
        for method in ["unsubscribe", "subscribe", "subscribe", "unsubscribe", "unsubscribe"] {
            let reply = try await session.request("resources/\(method)", ["uri": .string(ChangingServer.note)])
            #expect(reply["result"] == [:])
        }
    }

    /// Rows: G140.
    @Test(arguments: ["resources/subscribe", "resources/unsubscribe"])
    func `cannot subscribe where nothing is said to change, or in 2026-07-28`(method: String) async throws {
        let silent = TestSession(ChangingServer([.tools, .resources]).server)
        try await silent.open()
        let params: JSON = ["uri": .string(ChangingServer.note)]
        #expect(try await silent.request(method, params)["error"]?["code"] == -32601)
        let stateless: JSON = ["uri": .string(ChangingServer.note), "_meta": .stateless()]
        #expect(try await TestSession(world.server).request(method, stateless)["error"]?["code"] == -32601)
    }

    @Test func `cannot subscribe to what is not there, or is no URI`() async throws {
        let session = TestSession(world.server)
        try await session.open()
        var error = try await session.request("resources/subscribe", ["uri": "test://nothing"])["error"]
        #expect(error?["code"] == -32002)
        #expect(error?["data"] == ["uri": "test://nothing"])
        for uri in ["no uri", 7, .null] as [JSON] {
            error = try await session.request("resources/subscribe", ["uri": uri])["error"]
            #expect(error?["code"] == -32602)
        }
    }

    /// Rows: G141.
    @Test func `is notified of the resources it subscribed to, and of no others`() async throws {
        let (subscriber, bystander) = (TestSession(world.server), TestSession(world.server))
        for session in [subscriber, bystander] { try await session.open() }
        _ = try await subscriber.request("resources/subscribe", ["uri": .string(ChangingServer.note)])
        world.server.updated(resource: ChangingServer.other)
        world.server.updated(resource: ChangingServer.note)
        #expect(
            subscriber.unread == [
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://note"}}"#
            ]
        )
        _ = await subscriber.read()
        _ = try await subscriber.request("resources/unsubscribe", ["uri": .string(ChangingServer.note)])
        world.server.updated(resource: ChangingServer.note)
        #expect(subscriber.unread.isEmpty && bystander.unread.isEmpty)
    }

    /// Rows: G143.
    @Test func `is notified of a changed list, and then sees it`() async throws {
        let session = TestSession(world.server)
        try await session.open()
        #expect(try await session.tools() == ["work", "write", "grow"])
        world.add(tool: "rest")
        #expect(await session.read() == #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        #expect(try await session.tools() == ["work", "write", "grow", "rest"])
        world.server.changed([.prompts, .resources])
        #expect(
            session.unread == [
                #"{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}"#,
                #"{"jsonrpc":"2.0","method":"notifications/resources/list_changed"}"#,
            ]
        )
    }

    /// Rows: G123.
    @Test func `is notified of nothing that was not advertised, but sees it`() async throws {
        let world = ChangingServer([.prompts])
        let session = TestSession(world.server)
        #expect(try await session.capabilities(.november2025)["tools"] == [:])
        try await session.open()
        #expect(try await session.tools() == ["work", "write", "grow"])
        world.add(tool: "rest")
        world.server.changed(.resources)
        world.server.updated(resource: ChangingServer.note)
        #expect(session.unread.isEmpty)
        #expect(try await session.tools() == ["work", "write", "grow", "rest"])
    }

    /// Rows: G050.
    @Test func `is notified once it is ready of what changed before, once`() async throws {
        let session = TestSession(world.server)
        _ = try await session.capabilities(.november2025)
        _ = try await session.request("resources/subscribe", ["uri": .string(ChangingServer.note)])
        world.changeAll()
        world.changeAll()
        #expect(session.unread.isEmpty)
        session.write(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        #expect(
            session.unread.methods == [
                "tools/list_changed", "prompts/list_changed", "resources/list_changed", "resources/updated",
            ]
        )
    }

    /// Rows: G187, G311.
    @Test func `is the only one to be notified unasked`() async throws {
        let session = TestSession(world.server)
        _ = try await session.request("tools/list", ["_meta": .stateless()])
        session.write(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        world.changeAll()
        #expect(session.unread.isEmpty)
    }

    @Test func `starts without subscriptions when it starts again`() async throws {
        let session = TestSession(world.server)
        try await session.open()
        _ = try await session.request("resources/subscribe", ["uri": .string(ChangingServer.note)])
        try await session.open()
        world.server.updated(resource: ChangingServer.note)
        #expect(session.unread.isEmpty)
        world.server.changed(.tools)
        #expect(session.unread.methods == ["tools/list_changed"])
    }

    @Test func `is notified of each change once, however often it came while no one read`() async throws {
        let session = TestSession(world.server)
        try await session.open()
        _ = try await session.request("resources/subscribe", ["uri": .string(ChangingServer.note)])
        session.stall()
        for _ in 1...1000 { world.changeAll() }
        #expect(session.unread.methods == ["tools/list_changed"])
        session.unstall()
        #expect(
            session.unread.methods.dropFirst()
                == ["prompts/list_changed", "resources/list_changed", "resources/updated", "tools/list_changed"]
        )
    }

    /// Rows: G191.
    @Test func `cannot subscribe to more than this side is ready to remember`() async throws {
        let session = TestSession(Server.remembering(ChangingServer.note))
        try await session.open()
        var refusal: JSON?
        var count = 0
        while refusal == nil, count < 100 {
            count += 1
            let uri = "test://" + String(repeating: "x", count: 60_000) + "\(count)"
            refusal = try await session.request("resources/subscribe", ["uri": .string(uri)])["error"]
        }
        #expect(refusal?["code"] == -32603)
        #expect((30..<40).contains(count))
        let last = "test://" + String(repeating: "x", count: 60_000) + "1"
        _ = try await session.request("resources/unsubscribe", ["uri": .string(last)])
        #expect(try await session.request("resources/subscribe", ["uri": .string(last)])["result"] == [:])
    }
}

extension Server {
    /// With a registry that cannot say which resources there are.
    fileprivate static func remembering(_ uri: String) -> Server {
        struct Anything: ResourceRegistry {
            let listed: [Resource]
            func resources(in context: RequestContext) -> Listed<Resource> { .now(listed) }
            func read(_ uri: String, in context: RequestContext) async throws -> ResourceAnswer? { nil }
        }
        return Server(
            info: ServerInfo(name: "test", version: "1", instructions: ""),
            resources: Anything(listed: [Resource(uri, name: uri)]),
            changes: .contents,
            log: .none
        )
    }
}

extension TestSession {
    fileprivate func tools() async throws -> [String?] {
        try await request("tools/list")["result"]?["tools"]?.array?.map { $0["name"]?.string } ?? []
    }
}

extension [String] {
    /// The methods of these messages, without what all have in common.
    var methods: [String] {
        compactMap { (try? JSON(parsing: $0))?["method"]?.string?.replacing("notifications/", with: "") }
    }
}
