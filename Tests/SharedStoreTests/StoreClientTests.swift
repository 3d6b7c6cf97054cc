import HTTP
import Logging
import Synchronization
import TestSupport
import Testing

@testable import SharedStore

/// A store that answers each command by a function, as bytes of its protocol.
private final class FakeStore: Sendable {
    private struct State {
        var connections = 0
        var said: [[String]] = []
        var refusal: HTTPFailure?
        var closes = false
    }

    private let state = Mutex(State())
    private let answer: @Sendable ([String]) -> String

    init(_ answer: @escaping @Sendable ([String]) -> String = { "+\($0.last ?? "")\r\n" }) { self.answer = answer }

    var connections: Int { state.withLock { $0.connections } }
    var said: [[String]] { state.withLock { $0.said } }

    func refuses(with failure: HTTPFailure?) { state.withLock { $0.refusal = failure } }
    /// The connections that are open are closed by the store.
    func closesConnections() { state.withLock { $0.closes = true } }

    func connect() throws(HTTPFailure) -> any StoreConnection {
        let refusal = state.withLock { state in
            state.connections += 1
            state.closes = false
            return state.refusal
        }
        if let refusal { throw refusal }
        return Connection(store: self)
    }

    fileprivate var isQuiet: Bool { state.withLock { !$0.closes } }

    fileprivate func reply(to commands: [[String]]) -> [UInt8] {
        state.withLock { $0.said += commands }
        return Array(commands.map { answer($0) }.joined().utf8)
    }

    private final class Connection: StoreConnection {
        private let store: FakeStore
        private var waiting: [UInt8] = []

        init(store: FakeStore) { self.store = store }

        var isQuiet: Bool { store.isQuiet }

        func send(_ bytes: [UInt8], until end: ContinuousClock.Instant) throws(HTTPFailure) {
            waiting += store.reply(to: Self.commands(in: String(decoding: bytes, as: UTF8.self)))
        }

        /// In pieces of three bytes.
        func receive(until end: ContinuousClock.Instant) throws(HTTPFailure) -> [UInt8] {
            guard !waiting.isEmpty else { throw .timedOut(seconds: 1) }
            defer { waiting.removeFirst(min(3, waiting.count)) }
            return Array(waiting.prefix(3))
        }

        /// `*2`, `$3`, `GET`, `$1`, `a` in lines, one command after the other.
        private static func commands(in text: String) -> [[String]] {
            var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }[...]
            var commands: [[String]] = []
            while let head = lines.popFirst(), let count = Int(head.dropFirst()) {
                // Each word has a line with its length before it.
                commands.append(lines.prefix(2 * count).enumerated().filter { $0.offset % 2 == 1 }.map { $0.element })
                lines = lines.dropFirst(2 * count)
            }
            return commands
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A client of a store` {
    private final class Lines: Sendable { let all = Mutex<[String]>([]) }

    private let lines = Lines()

    private func client(
        _ store: FakeStore,
        _ configuration: StoreConfiguration = StoreConfiguration()
    ) -> StoreClient {
        let log = Log(.info) { [lines] line in lines.all.withLock { $0.append(line) } }
        return StoreClient(configuration, log: log, remedy: { _ in "Do this." }) { () throws(HTTPFailure) in
            try store.connect()
        }
    }

    private var logged: [String] { lines.all.withLock { $0 } }

    @Test func `gives each of many who ask at once their own answer, over a few connections`() async throws {
        let store = FakeStore()
        let client = client(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let reply = try await client.reply(to: StoreCommand("GET", "\(number)"))
                    #expect(reply == .bytes(Array("\(number)".utf8)))
                }
            }
            try await group.waitForAll()
        }
        #expect(store.connections <= 2 && client.health.commands == 200 && client.health.isAvailable)
    }

    @Test(arguments: [
        (":7\r\n", StoreReply.integer(7)), ("$-1\r\n", .nothing), ("$3\r\na\0b\r\n", .bytes([97, 0, 98])),
        ("*2\r\n:1\r\n+x\r\n", .list([.integer(1), .bytes([120])])),
    ])
    func `reads replies of each kind`(text: String, reply: StoreReply) async throws {
        #expect(try await client(FakeStore { _ in text }).reply(to: StoreCommand("GET", "a")) == reply)
    }

    @Test func `signs in and chooses its database first, on each connection`() async throws {
        let store = FakeStore()
        let client = client(store, StoreConfiguration(user: "ann", password: Secret("p w"), database: 3))
        _ = try await client.reply(to: StoreCommand("PING"))
        #expect(store.said == [["AUTH", "ann", "p w"], ["SELECT", "3"], ["PING"]])
    }

    @Test func `reports a wrong password as such, and sends nothing`() async throws {
        let store = FakeStore { $0.first == "AUTH" ? "-WRONGPASS no\r\n" : "+OK\r\n" }
        let client = client(store, StoreConfiguration(password: Secret("p")))
        let failure = await #expect(throws: StoreFailure.self) { try await client.reply(to: StoreCommand("PING")) }
        #expect(failure == .notSignedIn("WRONGPASS no") && store.said == [["AUTH", "p"]])
    }

    @Test func `connects again where the store has closed the connection, and no one notices`() async throws {
        let store = FakeStore()
        let client = client(store)
        for _ in 0..<3 {
            _ = try await client.reply(to: StoreCommand("PING"))
            store.closesConnections()
        }
        #expect(store.connections == 3 && client.health.errors == 0)
    }

    @Test func `leaves a store alone that fails, with one line, and one when it is back`() async throws {
        let store = FakeStore()
        store.refuses(with: .connectionRefused(host: "a"))
        let client = client(store)
        for _ in 0..<8 {
            await #expect(throws: StoreFailure.self) { try await client.reply(to: StoreCommand("PING")) }
        }
        #expect(store.connections == Breaker.limit && client.health.errors == 8)
        #expect(logged.count == 1 && logged.first?.contains("Do this.") == true)
    }

    @Test func `takes a refused command for that command's failure, and the store for used`() async throws {
        let store = FakeStore { $0.first == "SET" ? "-OOM no\r\n" : "+OK\r\n" }
        let client = client(store)
        for _ in 0..<5 {
            await #expect(throws: StoreFailure.full) { try await client.reply(to: StoreCommand("SET", "a", "b")) }
            _ = try await client.reply(to: StoreCommand("GET", "a"))
        }
        // A second one is opened where the first has answered and is not waiting again yet.
        #expect(store.connections <= 2 && client.health.problem == .full && logged.count == 1)
    }

    @Test func `leaves a replica that was the primary`() async throws {
        let store = FakeStore { $0.first == "SET" ? "-READONLY no\r\n" : "+OK\r\n" }
        let client = client(store)
        for _ in 0..<2 {
            await #expect(throws: StoreFailure.readOnly) { try await client.reply(to: StoreCommand("SET", "a", "b")) }
        }
        #expect(store.connections == 2)
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", ""])
    func `does not wait for what is no reply, or never comes`(text: String) async throws {
        let client = client(FakeStore { _ in text })
        await #expect(throws: StoreFailure.self) { try await client.reply(to: StoreCommand("PING")) }
        #expect(!client.health.isAvailable)
    }

    @Test func `looks at the store no more than once a second`() async throws {
        let store = FakeStore()
        let client = client(store)
        let start = ContinuousClock.now
        for _ in 0..<20 { #expect(await client.examined().isAvailable) }
        #expect(store.said.count <= 1 + Int((ContinuousClock.now - start) / .seconds(1)))
    }
}
