import CCurl
import HTTP
import Synchronization
import TestSupport
import Testing
import Threads

@testable import CurlHTTP

@Suite(.timeLimit(.minutes(1))) struct `A response taken while it arrives` {
    @Test func `comes in pieces, its header first`() async throws {
        let isRead = Monitor(false)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 100 Continue\r\n\r\n")
            connection.write("HTTP/1.1 201 Created\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            _ = isRead.wait { $0 ? true : nil }
            connection.write("5\r\nworld\r\n0\r\n\r\n")
        }
        let sink = KeptPieces {
            guard $0 == "hello" else { return }
            isRead.withLock { $0 = true }
            isRead.notify()
        }
        try await client().send(HTTPRequest(.get, server.url), to: sink)
        #expect(sink.heads.map { $0.status } == [201])
        #expect(sink.heads.first?.fields["x-one"] == "1")
        #expect(sink.text == "helloworld")
    }

    @Test func `ends where the sink has enough, which is no failure`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\n\r\nendless")
            connection.waitForEnd()
        }
        let sink = KeptPieces(goesOn: false)
        try await client().send(HTTPRequest(.get, server.url), to: sink)
        #expect(sink.text == "endless")
    }

    @Test func `fails where it is cut off, after what had come`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        let sink = KeptPieces()
        let failure = await #expect(throws: HTTPFailure.self) {
            try await client().send(HTTPRequest(.get, server.url), to: sink)
        }
        #expect(failure?.mayHaveBeenSent == true)
        #expect(sink.text == "half")
    }

    @Test func `may take longer than the time limit once it has begun`() async throws {
        let server = try LoopbackServer { connection in
            guard let request = connection.request(), request.line.contains("begun") else {
                return connection.waitForEnd()
            }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
            // Longer than the limit: there is nothing to wait for but the clock.
            Threads.pause(seconds: 0.3)
            connection.write("b")
        }
        let client = client { $0.timeout = .milliseconds(100) }
        var request = HTTPRequest(.get, "\(server.url)/begun")
        request.timeLimit = .milliseconds(200)
        let sink = KeptPieces()
        try await client.send(request, to: sink)
        #expect(sink.text == "ab")
        request.url = "\(server.url)/silent"
        await #expect(throws: HTTPFailure.timedOut(seconds: 0.2)) { try await client.send(request, to: KeptPieces()) }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `What may go out only once` {
    /// Answers one request on each connection, and ends it in the midst of the second.
    private func dyingServer(_ seen: Counter) throws -> LoopbackServer {
        try LoopbackServer { connection in
            guard connection.request() != nil else { return }
            seen.increment()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            if connection.request() != nil { seen.increment() }
            connection.end()
        }
    }

    @Test func `uses a kept connection`() async throws {
        let server = try LoopbackServer.answering { ok(String(decoding: $0.body, as: UTF8.self)) }
        let client = client()
        for number in 0..<5 {
            let sink = KeptPieces()
            try await client.send(HTTPRequest(.post, server.url, body: Array("body \(number)".utf8)), to: sink)
            #expect(sink.text == "body \(number)")
        }
        #expect(server.connectionCount == 1)
    }

    @Test(arguments: [1, 100, 300_000], [true, false])
    func `is not sent again where that connection dies, however old libcurl is`(count: Int, asksFirst: Bool)
        async throws
    {
        let seen = Counter()
        let server = try dyingServer(seen)
        let client = client { if !asksFirst { $0.faults.setOption = { $0 == .gate ? CURLE_UNKNOWN_OPTION : nil } } }
        let request = HTTPRequest(.post, server.url, body: [UInt8](repeating: 1, count: count))
        try await client.send(request, to: KeptPieces())
        let failure = await #expect(throws: HTTPFailure.self) { try await client.send(request, to: KeptPieces()) }
        #expect(failure?.mayHaveBeenSent == true)
        #expect(failure.map { "\($0)".contains("callback") } == false)
        // libcurl may connect again before it notices that it cannot begin again.
        #expect(seen.value == 2)
    }

    @Test func `may have arrived where its connection dies, though no other is to be had`() async throws {
        let server = try dyingServer(Counter())
        let client = client()
        let request = HTTPRequest(.post, server.url, body: [1])
        try await client.send(request, to: KeptPieces())
        server.refuse()
        let failure = await #expect(throws: HTTPFailure.self) { try await client.send(request, to: KeptPieces()) }
        #expect(failure?.mayHaveBeenSent == true)
    }

    @Test func `may be sent again where it only reads, however often that was so before`() async throws {
        let seen = Counter()
        let server = try dyingServer(seen)
        let client = client()
        for _ in 1...20 { _ = try await client.send(HTTPRequest(.get, server.url)) }
        #expect(seen.value == 39)
    }

    @Test func `may be sent again where it only reads`() async throws {
        let seen = Counter()
        let server = try dyingServer(seen)
        let client = client()
        let request = HTTPRequest(.post, server.url, body: [1], mayBeRepeated: true)
        try await client.send(request, to: KeptPieces())
        try await client.send(request, to: KeptPieces())
        #expect(seen.value == 3)
    }

    @Test func `goes over a connection of its own when the kept ones are forgotten`() async throws {
        let server = try LoopbackServer.answering { _ in ok("") }
        let client = client()
        try await client.send(HTTPRequest(.post, server.url, body: [1]), to: KeptPieces())
        client.forgetConnections()
        try await client.send(HTTPRequest(.post, server.url, body: [1]), to: KeptPieces())
        #expect(server.connectionCount == 2)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The wait for a connection` {
    @Test func `has a limit of its own`() async throws {
        let server = try LoopbackServer { $0.waitForEnd() }
        // The connection is there, but no secure one.
        let url = "https://127.0.0.1:\(server.port)"
        let client = client { $0.connectTimeout = .milliseconds(200) }
        let failure = await #expect(throws: HTTPFailure.self) {
            try await client.send(HTTPRequest(.post, url, body: [1]), to: KeptPieces())
        }
        #expect(failure?.mayHaveBeenSent == false)
    }

    @Test func `ends for a request whose handle has been used before, too`() async throws {
        let count = Counter()
        let server = try LoopbackServer { connection in
            while connection.request() != nil {
                count.increment()
                guard count.value <= 2 else { return connection.waitForEnd() }
                connection.write(ok(""))
            }
        }
        let client = client {
            $0.connectTimeout = .seconds(1)
            $0.maxConnections = 1
        }
        let request = HTTPRequest(.post, server.url, body: [1])
        async let one: Void = client.send(request, to: KeptPieces())
        async let other: Void = client.send(request, to: KeptPieces())
        _ = try await (one, other)
        let held = Task { try await client.send(request, to: KeptPieces()) }
        try await wait { count.value == 3 }
        let failure = await #expect(throws: HTTPFailure.self) { try await client.send(request, to: KeptPieces()) }
        #expect(failure?.isAllInUse == true)
        held.cancel()
        _ = try? await held.value
    }

    @Test func `ends where none becomes free`() async throws {
        let server = try LoopbackServer { connection in
            if connection.request() != nil { connection.waitForEnd() }
        }
        let client = client {
            $0.connectTimeout = .milliseconds(200)
            $0.maxConnections = 1
        }
        let began = Latch()
        let first = Task {
            began.pass()
            try await client.send(HTTPRequest(.post, server.url, body: [1]), to: KeptPieces())
        }
        await began.passed()
        try await wait { server.connectionCount == 1 }
        let failure = await #expect(throws: HTTPFailure.self) {
            try await client.send(HTTPRequest(.post, server.url, body: [1]), to: KeptPieces())
        }
        #expect(failure?.mayHaveBeenSent == false)
        #expect(server.connectionCount == 1)
        first.cancel()
        _ = try? await first.value
    }
}

/// Keeps what arrives.
private final class KeptPieces: HTTPResponseSink {
    private struct State {
        var heads: [HTTPResponse] = []
        var body: [UInt8] = []
    }

    private let state = Mutex(State())
    private let goesOn: Bool
    private let piece: @Sendable (String) -> Void

    init(goesOn: Bool = true, _ piece: @escaping @Sendable (String) -> Void = { _ in }) {
        self.goesOn = goesOn
        self.piece = piece
    }

    var heads: [HTTPResponse] { state.withLock { $0.heads } }
    var text: String { state.withLock { String(decoding: $0.body, as: UTF8.self) } }

    func began(_ response: HTTPResponse) { state.withLock { $0.heads.append(response) } }

    func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { $0.body.append(contentsOf: bytes) }
        piece(String(decoding: bytes, as: UTF8.self))
        return goesOn
    }
}
