import CurlHTTP
import HTTP
import Logging
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

@Suite(.timeLimit(.minutes(5))) struct `A request that comes by no connection` {
    private static func head(_ method: HTTPMethod = .post, _ fields: HTTPFields = ["Host": "x"]) -> HTTPRequestHead {
        HTTPRequestHead(
            method: method,
            target: "/mcp",
            version: "HTTP/1.1",
            fields: fields,
            peer: "192.0.2.7",
            local: "",
            isSecure: true
        )
    }

    /// What was delivered: a response, with all that its source gave.
    private func answer(
        of service: TestService,
        to body: String = "",
        _ head: HTTPRequestHead = head(),
        within patience: Duration? = nil,
        isDelivered: Bool = true
    ) async -> HTTPResponse? {
        let delivered = Mutex<HTTPResponse?>(nil)
        await InProcessServer(service: service).serve(head, Array(body.utf8), within: patience) { response, source in
            var whole = response
            if let source { whole.body = await collected(source) }
            delivered.withLock { $0 = whole }
            return isDelivered
        }
        return delivered.withLock { $0 }
    }

    private func collected(_ source: any HTTPBodySource) async -> [UInt8] {
        var body: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 7)
        while true {
            let (ready, isReady) = AsyncStream.makeStream(of: Void.self)
            guard let count = buffer.withUnsafeMutableBytes({ source.read(into: $0) { isReady.finish() } }) else {
                return body
            }
            if count == 0 { for await _ in ready {} }
            body += buffer.prefix(count)
        }
    }

    @Test func `is answered at once`() async {
        let response = await answer(of: TestService { $0.reply(ok("at \($0.head.target) for \($0.head.peer)")) })
        #expect(response?.text == "at /mcp for 192.0.2.7")
    }

    @Test func `rests until it is answered from elsewhere`() async {
        let service = TestService { exchange in
            Task { exchange.readBody(upTo: 10) { body in Task { exchange.reply(HTTPResponse(.ok, body: body)) } } }
        }
        let response = await answer(of: service, to: "body")
        #expect(response?.text == "body")
    }

    @Test(arguments: ["", "short", "just right"]) func `has its body read`(body: String) async {
        let service = TestService { exchange in
            exchange.readBody(upTo: 10) { exchange.reply(HTTPResponse(.ok, body: $0)) }
        }
        #expect(await answer(of: service, to: body)?.text == body)
        #expect(await answer(of: service, to: "longer than that")?.status == .contentTooLarge)
    }

    @Test func `is refused as it would be on a port`() async {
        let service = TestService { $0.reply(ok("")) }
        #expect(await answer(of: service, Self.head(.get, [:]))?.text == #"{"refused":"400"}"#)
        #expect(await answer(of: service, Self.head(.get, ["Host": "x", "bad name": "y"]))?.status == .badRequest)
    }

    @Test func `has its answer streamed as it comes into being`() async {
        let service = TestService { exchange in
            let stream = exchange.stream(ok("first,"))
            Task {
                for number in 0..<100 {
                    await Task.yield()
                    stream.write(Array("\(number),".utf8))
                }
                stream.end()
            }
        }
        let response = await answer(of: service)
        #expect(response?.text == "first," + (0..<100).map { "\($0)," }.joined())
    }

    @Test func `is told that its time is about to be over, and can still answer`() async {
        let service = TestService { exchange in exchange.whenOverdue { exchange.reply(ok("in time")) } }
        let response = await answer(of: service, within: .milliseconds(10))
        #expect(response?.text == "in time")
    }

    @Test func `that is not answered in time is refused, and so does the work on it end`() async {
        let gone = Events<Void>()
        let service = TestService { exchange in exchange.whenGone { gone.add(()) } }
        let response = await answer(of: service, within: .milliseconds(10))
        #expect(response?.text == #"{"refused":"504"}"#)
        await gone.next()
    }

    @Test func `has its stream ended in time`() async {
        let response = await answer(of: TestService { _ = $0.stream(ok("begun")) }, within: .milliseconds(10))
        #expect(response?.text == "begun")
    }

    @Test(arguments: [true, false]) func `is recorded with its outcome`(isDelivered: Bool) async {
        let records = Events<HTTPRecord>()
        let service = TestService(onEnd: { records.add($0) }) { exchange in
            exchange.readBody(upTo: 10) { _ in exchange.reply(ok("answer")) }
        }
        _ = await answer(of: service, to: "four", isDelivered: isDelivered)
        let record = await records.next()
        #expect(record?.status == .ok)
        #expect(record?.bytesReceived == 4)
        #expect(record?.wasCutOff == !isDelivered)
    }

    private struct Forgotten {
        weak var exchange: HTTPExchange?
    }

    @Test func `is let go with its answer`() async throws {
        let detector = Mutex<Forgotten>(Forgotten())
        let service = TestService { exchange in
            detector.withLock { $0.exchange = exchange }
            exchange.stream(ok("")).end()
        }
        _ = await answer(of: service, within: .seconds(60))
        try await wait { detector.withLock { $0.exchange == nil } }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A body that comes into being while it is sent` {
    /// Gives one piece after the other, and between them nothing for a while.
    private final class Pieces: HTTPBodySource {
        private let pieces: Mutex<[[UInt8]]>
        private let rests = Atomic(true)

        init(_ pieces: [String]) { self.pieces = Mutex(pieces.map { Array($0.utf8) }) }

        func read(into buffer: UnsafeMutableRawBufferPointer, ready: @escaping @Sendable () -> Void) -> Int? {
            if rests.exchange(false, ordering: .relaxed) {
                Task { ready() }
                return 0
            }
            return pieces.withLock { pieces in
                guard var piece = pieces.first else { return nil }
                let part = piece.prefix(buffer.count)
                buffer.copyBytes(from: part)
                piece.removeFirst(part.count)
                pieces[0] = piece
                if piece.isEmpty {
                    pieces.removeFirst()
                    rests.store(true, ordering: .relaxed)
                }
                return part.count
            }
        }
    }

    private func server() throws -> HTTPServer {
        try HTTPServer.serving { exchange in
            exchange.readBody(upTo: 10 << 20) { body in
                var response = HTTPResponse(.ok, body: body)
                response.fields["X-Coding"] = exchange.head.fields["Transfer-Encoding"] ?? "none"
                exchange.reply(response)
            }
        }
    }

    @Test(arguments: [[], ["one"], ["a", "b", "c"], [String(repeating: "x", count: 3_000_000), "end"]])
    func `arrives whole, in chunks`(pieces: [String]) async throws {
        let server = try server()
        let client = CurlClient(CurlConfiguration(proxy: ""), log: .none)
        let request = HTTPRequest(.post, "http://127.0.0.1:\(server.port)/")
        let response = try await client.send(request, body: Pieces(pieces))
        #expect(response.text == pieces.joined())
        #expect(response.fields["X-Coding"] == "chunked")
    }

    @Test func `leaves nothing behind for the next request of its client`() async throws {
        let server = try server()
        let client = CurlClient(CurlConfiguration(proxy: ""), log: .none)
        for _ in 0..<3 {
            var request = HTTPRequest(.post, "http://127.0.0.1:\(server.port)/", mayBeRepeated: true)
            #expect(try await client.send(request, body: Pieces(["streamed"])).text == "streamed")
            request.body = Array("whole".utf8)
            let response = try await client.send(request)
            #expect(response.text == "whole")
            #expect(response.fields["X-Coding"] == "none")
        }
    }

    @Test func `ends with its request when that is cancelled`() async throws {
        final class Silent: HTTPBodySource {
            let asked = Events<Void>()
            func read(into buffer: UnsafeMutableRawBufferPointer, ready: @escaping @Sendable () -> Void) -> Int? {
                asked.add(())
                return 0
            }
        }
        let server = try server()
        let (client, source) = (CurlClient(CurlConfiguration(proxy: ""), log: .none), Silent())
        let task = Task {
            try await client.send(HTTPRequest(.post, "http://127.0.0.1:\(server.port)/"), body: source)
        }
        await source.asked.next()
        task.cancel()
        await #expect(throws: HTTPFailure.cancelled) { try await task.value }
    }
}
