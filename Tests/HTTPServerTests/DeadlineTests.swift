import HTTP
import HTTPServer
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A server in a hurry` {
    private static let limits: HTTPServerLimits = {
        var limits = HTTPServerLimits()
        limits.head = .milliseconds(50)
        limits.body = .milliseconds(50)
        return limits
    }()

    private func server(_ records: Events<HTTPRecord> = Events()) throws -> HTTPServer {
        try HTTPServer.serving(limits: Self.limits, onEnd: { records.add($0) }) { exchange in
            exchange.readBody(upTo: 1 << 20) { _ in exchange.reply(ok("answered")) }
        }
    }

    @Test(arguments: ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"])
    func `says so where a body does not come`(end: String) async throws {
        let records = Events<HTTPRecord>()
        let server = try server(records)
        let wire = try Wire(port: server.port)
        wire.write("POST / HTTP/1.1\r\nHost: localhost\r\n\(end)")
        let text = await wire.read()
        #expect(text.hasPrefix("HTTP/1.1 408"))
        #expect(text.hasSuffix(#"{"refused":"408"}"#))
        let record = try #require(await records.next())
        #expect(record.status == .requestTimeout)
        #expect(record.bytesReceived == 3)
    }

    @Test func `ends a body that comes byte by byte`() async throws {
        let server = try server()
        let wire = try Wire(port: server.port)
        wire.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
        let dripping = Task {
            for _ in 0..<900_000 where !Task.isCancelled {
                wire.write("x")
                await Task.yield()
            }
        }
        let text = await wire.read()
        dripping.cancel()
        #expect(!text.contains("answered"))
    }

    @Test func `ends a second request whose head does not come`() async throws {
        let server = try server()
        let wire = try Wire(port: server.port)
        wire.write(get)
        #expect(await wire.read { $0.hasSuffix("answered") }.hasPrefix("HTTP/1.1 200"))
        wire.write("GET / HTTP/1.1\r\nHost: loc")
        #expect(await wire.read() == "")
    }

    @Test func `lets a connection be silent between two requests, and a stream for as long as it lasts`() async throws {
        let streams = Events<HTTPBodyStream>()
        var limits = HTTPServerLimits()
        limits.head = .milliseconds(400)
        let server = try HTTPServer.serving(limits: limits) { exchange in
            if exchange.head.path == "/stream" { return streams.add(exchange.stream(ok("begun"))) }
            exchange.reply(ok("answered"))
        }
        let silent = try Wire(port: server.port)
        silent.write(get)
        _ = await silent.read { $0.hasSuffix("answered") }
        let streaming = try Wire(port: server.port)
        streaming.write("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        let stream = try #require(await streams.next())
        // One that was opened later has been ended meanwhile.
        let late = try Wire(port: server.port)
        late.write("GET")
        _ = await late.read()
        silent.write(get)
        #expect(await silent.read { $0.hasSuffix("answered") }.hasPrefix("HTTP/1.1 200"))
        stream.end()
        #expect(await streaming.read { $0.hasSuffix("0\r\n\r\n") }.contains("begun"))
    }

    @Test func `ends a connection on which nothing follows`() async throws {
        var limits = HTTPServerLimits()
        limits.idle = .seconds(1)
        let server = try HTTPServer.serving(limits: limits) { $0.reply(ok("answered")) }
        let wire = try Wire(port: server.port)
        wire.write(get)
        #expect(await wire.read().hasSuffix("answered"))
    }
}
