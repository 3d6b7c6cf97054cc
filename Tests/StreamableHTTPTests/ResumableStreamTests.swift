import HTTP
import HTTPServer
import JSONRPC
import Logging
import TestSupport
import Testing

@testable import StreamableHTTP

/// Hands over each request as it comes.
private struct Handing: HTTPService {
    let requests: AsyncStream<HTTPExchange>.Continuation

    func receive(_ exchange: HTTPExchange) { requests.yield(exchange) }
}

/// A client that reads a stream of events, and the server's end of it.
private struct Listener {
    let wire: Wire
    let events: EventStream
}

@Suite(.timeLimit(.minutes(2))) struct `A stream that can be gone on with` {
    private let keepAlive = KeepAlive(every: .seconds(3600))
    private let stream = ResumableStream(7)
    private let server: HTTPServer
    private let requests: AsyncStream<HTTPExchange>

    init() throws {
        let (requests, continuation) = AsyncStream.makeStream(of: HTTPExchange.self)
        self.requests = requests
        server = try HTTPServer(HTTPServerConfiguration(), log: .none, service: Handing(requests: continuation))
    }

    private func listener() async throws -> Listener {
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        var iterator = requests.makeAsyncIterator()
        let exchange = try #require(await iterator.next())
        return Listener(wire: wire, events: EventStream(exchange, [:], keepAlive: keepAlive))
    }

    private func send(_ texts: String...) {
        for text in texts { stream.send(Array(text.utf8), as: .notification, written: nil) }
    }

    private func events(_ text: String) -> [String] {
        text.split(separator: "\r\n").flatMap { $0.split(separator: "\n") }
            .filter { $0.hasPrefix("id: ") || $0.hasPrefix("data: ") }
            .map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    /// Rows: G258.
    @Test func `numbers its events, and says what came before`() async throws {
        send("one")
        let first = try await listener()
        stream.attach(first.events)
        send("two", "three")
        stream.detach()
        #expect(events(await first.wire.read()) == ["7-1", "one", "7-2", "two", "7-3", "three"])
        send("four")
        let second = try await listener()
        stream.attach(second.events, after: 2)
        stream.complete()
        #expect(events(await second.wire.read()) == ["7-3", "three", "7-4", "four"])
        #expect(stream.isDelivered)
    }

    @Test func `goes on after what went out, where no place is named`() async throws {
        let first = try await listener()
        stream.attach(first.events)
        send("one")
        stream.detach()
        _ = await first.wire.read()
        send("two")
        #expect(!stream.isDelivered)
        let second = try await listener()
        stream.attach(second.events)
        stream.detach()
        #expect(events(await second.wire.read()) == ["7-2", "two"])
    }

    @Test func `ends the connection before for the next one`() async throws {
        let (first, second) = (try await listener(), try await listener())
        stream.attach(first.events)
        stream.attach(second.events)
        #expect(events(await first.wire.read()) == [])
        send("one")
        #expect(await second.wire.read { $0.contains("data: one") }.contains("id: 7-1"))
        #expect(stream.isAttached)
        stream.detach()
        #expect(!stream.isAttached)
    }

    @Test func `ends at once for those who come after its end`() async throws {
        send("one")
        stream.complete()
        let late = try await listener()
        stream.attach(late.events, after: 0)
        #expect(events(await late.wire.read()) == ["7-1", "one"])
    }

    @Test func `keeps the last events, and a large one alone`() async throws {
        for number in 1...300 { send("\(number)") }
        let first = try await listener()
        stream.attach(first.events, after: 0)
        stream.detach()
        let kept = events(await first.wire.read())
        #expect(kept.count == 512 && kept.prefix(2) == ["7-45", "45"])
        send(String(repeating: "x", count: 300 << 10))
        let second = try await listener()
        stream.attach(second.events, after: 0)
        stream.detach()
        #expect(events(await second.wire.read()).count == 2)
    }

    @Test func `says when a message has left, also where no one reads`() async throws {
        let left = Counter()
        stream.send(Array("one".utf8), as: .notification) { left.increment() }
        #expect(left.value == 1)
        let listener = try await listener()
        stream.attach(listener.events)
        listener.events.end()
        _ = await listener.wire.read()
        stream.send(Array("two".utf8), as: .notification) {
            left.increment()
            // Who waits for that may send the next at once.
            stream.send(Array("three".utf8), as: .notification) { left.increment() }
        }
        #expect(left.value == 3)
    }

    @Test func `keeps its order, however many send at once`() async throws {
        let listener = try await listener()
        stream.attach(listener.events)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 { group.addTask { send("\(number)") } }
        }
        stream.complete()
        let ids = events(await listener.wire.read()).enumerated().filter { $0.offset.isMultiple(of: 2) }.map {
            $0.element
        }
        #expect(ids == (1...200).map { "7-\($0)" })
    }

    @Test(arguments: ["", "7", "7-", "-7-1", "7-1-2", "a-b", "7-x", "99999999999999999999-1", "7--1"])
    func `does not take every text for a place`(text: String) { #expect(ResumableStream.place(in: text) == nil) }

    @Test func `finds the place that an id names`() throws {
        let place = try #require(ResumableStream.place(in: "7-12"))
        #expect(place == (7, 12))
    }

    /// Rows: G284.
    @Test func `has a comment where there is nothing to say`() async throws {
        let listener = try await listener()
        #expect(
            await listener.wire.read { $0.contains("\n\n: stream") || $0.contains(": stream\n") }.hasPrefix(
                "HTTP/1.1 200"
            )
        )
        #expect(keepAlive.count == 1)
        keepAlive.tick()
        #expect(await listener.wire.read { $0.contains("keep-alive") }.contains(": keep-alive\n\n"))
        listener.events.end()
        #expect(keepAlive.count == 0)
    }

    @Test func `has a comment by itself, and none is sent to those who are gone`() async throws {
        let quick = KeepAlive(every: .milliseconds(1))
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        var iterator = requests.makeAsyncIterator()
        let exchange = try #require(await iterator.next())
        let events = EventStream(exchange, [:], keepAlive: quick)
        _ = await wire.read { $0.contains("keep-alive") }
        wire.hangUp()
        try await wait { quick.count == 0 }
        #expect(events.isOver)
    }
}
