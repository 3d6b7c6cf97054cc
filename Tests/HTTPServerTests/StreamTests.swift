import HTTP
import HTTPServer
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A streamed answer` {
    /// A server that begins to answer with `begun` and hands over the rest.
    private func server(_ streams: Events<HTTPBodyStream>, _ records: Events<HTTPRecord> = Events()) throws
        -> HTTPServer
    {
        try HTTPServer.serving(onEnd: { records.add($0) }) { streams.add($0.stream(ok("begun\n"))) }
    }

    @Test func `arrives piece by piece, until its end`() async throws {
        let (streams, records) = (Events<HTTPBodyStream>(), Events<HTTPRecord>())
        let server = try server(streams, records)
        let wire = try Wire(port: server.port)
        for round in 0..<3 {
            wire.write(get)
            let stream = try #require(await streams.next())
            let beginning = await wire.read { $0.contains("begun\n") }
            #expect(beginning.contains("Transfer-Encoding: chunked"))
            #expect(!beginning.contains("Content-Length"))
            for number in 0..<5 {
                stream.write(Array("piece \(round).\(number)".utf8))
                _ = await wire.read { $0.contains("piece \(round).\(number)") }
            }
            #expect(!stream.isOver)
            stream.end()
            #expect(stream.isOver)
            #expect(await wire.read { $0.hasSuffix("0\r\n\r\n") }.hasSuffix("0\r\n\r\n"))
            let record = try #require(await records.next())
            #expect(record.bytesSent == 6 + 5 * 9)
            #expect(!record.wasCutOff)
        }
    }

    @Test func `can begin and end later`() async throws {
        let exchanges = Events<HTTPExchange>()
        let server = try HTTPServer.serving { exchanges.add($0) }
        let wire = try Wire(port: server.port)
        wire.write(get)
        let stream = try #require(await exchanges.next()).stream(HTTPResponse(.ok))
        stream.write(Array("all".utf8))
        stream.end()
        stream.write(Array("late".utf8))
        let text = await wire.read { $0.hasSuffix("0\r\n\r\n") }
        #expect(text.hasSuffix("\r\n\r\n3\r\nall\r\n0\r\n\r\n"))
    }

    @Test func `ends with the connection for a client that knows no chunks`() async throws {
        let streams = Events<HTTPBodyStream>()
        let server = try server(streams)
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.0\r\n\r\n")
        let stream = try #require(await streams.next())
        stream.write(Array(String(repeating: "x", count: 10_000).utf8))
        stream.end()
        let text = await wire.read()
        #expect(text.hasSuffix("\r\n\r\nbegun\n" + String(repeating: "x", count: 10_000)))
    }

    /// As a proxy asks that is set up as it comes, with other connections open all the time.
    @Test(arguments: [true, false]) func `for a client that knows no chunks leaves nothing behind`(
        itEnds: Bool
    ) async throws {
        let streams = Events<HTTPBodyStream>()
        var limits = HTTPServerLimits()
        (limits.head, limits.idle) = (.seconds(600), .seconds(600))
        let server = try HTTPServer.serving(limits: limits) { streams.add($0.stream(ok("begun\n"))) }
        let open = try Wire(port: server.port)
        try await wait { server.openConnections == 1 }
        for _ in 0..<20 {
            let wire = try Wire(port: server.port)
            wire.write("GET / HTTP/1.0\r\n\r\n")
            let stream = try #require(await streams.next())
            _ = await wire.read { $0.contains("begun") }
            if itEnds { stream.end() } else { wire.hangUp() }
            _ = await wire.read()
        }
        try await wait { server.openConnections == 1 }
        open.hangUp()
    }

    @Test func `has no body where it answers HEAD`() async throws {
        let (streams, records) = (Events<HTTPBodyStream>(), Events<HTTPRecord>())
        let server = try server(streams, records)
        let wire = try Wire(port: server.port)
        wire.write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        let stream = try #require(await streams.next())
        #expect(await records.next() != nil)
        #expect(stream.isOver)
        #expect(await wire.read { $0.hasSuffix("\r\n\r\n") }.hasPrefix("HTTP/1.1 200"))
    }

    @Test func `is written without waiting, however large, and says when it has been taken`() async throws {
        let (streams, written) = (Events<HTTPBodyStream>(), Events<Int>())
        let server = try server(streams)
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        let stream = try #require(await streams.next())
        let count = 4 << 20
        stream.write([UInt8](repeating: UInt8(ascii: "~"), count: count)) { written.add(1) }
        stream.write(Array("last".utf8)) { written.add(2) }
        stream.end()
        let text = await wire.read()
        #expect(text.contains("last"))
        #expect(text.utf8.count { $0 == UInt8(ascii: "~") } == count)
        #expect(await written.next() == 1)
        #expect(await written.next() == 2)
        #expect(stream.waitingBytes == 0)
    }

    @Test func `waits for a client that does not read, and is counted`() async throws {
        let (streams, written, records) = (Events<HTTPBodyStream>(), Events<String>(), Events<HTTPRecord>())
        let server = try server(streams, records)
        let wire = try Wire(port: server.port)
        wire.write(get)
        let stream = try #require(await streams.next())
        // More than the system keeps for both ends.
        stream.write([UInt8](repeating: 0, count: 64 << 20)) { written.add("never") }
        #expect(stream.waitingBytes > 32 << 20)
        wire.hangUp()
        #expect(await written.next() == "never")
        #expect(stream.waitingBytes == 0)
        #expect(stream.isOver)
        #expect(await records.next()?.wasCutOff == true)
    }

    @Test func `ends when its client hangs up`() async throws {
        let (streams, gone, records) = (Events<HTTPBodyStream>(), Events<Void>(), Events<HTTPRecord>())
        let server = try HTTPServer.serving(onEnd: { records.add($0) }) { exchange in
            let stream = exchange.stream(ok("begun\n"))
            exchange.whenGone {
                #expect(stream.isOver)
                gone.add(())
            }
            streams.add(stream)
        }
        let wire = try Wire(port: server.port)
        wire.write(get)
        let stream = try #require(await streams.next())
        _ = await wire.read { $0.contains("begun\n") }
        wire.hangUp()
        #expect(await gone.next() != nil)
        #expect(await records.next()?.wasCutOff == true)
        let dropped = Events<Void>()
        stream.write([1]) { dropped.add(()) }
        #expect(await dropped.next() != nil)
        try await wait { server.openConnections == 0 }
    }

    @Test func `ends in order when the server stops`() async throws {
        let (exchanges, gone) = (Events<HTTPBodyStream>(), Events<Int>())
        let server = try HTTPServer.serving { exchange in
            let stream = exchange.stream(ok("begun\n"))
            exchange.whenGone { gone.add(1) }
            exchanges.add(stream)
        }
        let wires = try (0..<20).map { _ in try Wire(port: server.port) }
        for wire in wires {
            wire.write(get)
            #expect(await exchanges.next() != nil)
        }
        server.stop()
        for wire in wires {
            #expect(await wire.read().hasSuffix("\r\n0\r\n\r\n"))
            #expect(await gone.next() == 1)
        }
        #expect(throws: WireError.self) { try Wire(port: server.port) }
    }

    @Test func `is one of a thousand that are written to from many sides at once`() async throws {
        let server = try HTTPServer.serving { exchange in
            let stream = exchange.stream(ok(""))
            Task {
                for number in 0..<20 { stream.write(Array("<\(number)>".utf8)) }
                stream.end()
            }
        }
        let wires = try (0..<200).map { _ in try Wire(port: server.port) }
        for _ in 0..<2 {
            for wire in wires { wire.write(get) }
            for wire in wires {
                let text = await wire.read { $0.hasSuffix("0\r\n\r\n") }
                let pieces = text.split(separator: "<").dropFirst().map { Int($0.prefix { $0 != ">" }) }
                #expect(pieces == Array(0..<20), "\(text)")
            }
        }
    }
}
