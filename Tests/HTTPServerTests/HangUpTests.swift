import HTTP
import HTTPServer
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A client that hangs up` {
    @Test func `is noticed while its request rests`() async throws {
        let (exchanges, gone, records) = (Events<HTTPExchange>(), Events<Void>(), Events<HTTPRecord>())
        let server = try HTTPServer.serving(onEnd: { records.add($0) }) { exchange in
            exchange.whenGone { gone.add(()) }
            exchanges.add(exchange)
        }
        let wire = try Wire(port: server.port)
        wire.write(get)
        let exchange = try #require(await exchanges.next())
        wire.hangUp()
        #expect(await gone.next() != nil)
        #expect(!exchange.reply(ok("too late")))
        #expect(await records.next() != nil)
        try await wait { server.openConnections == 0 }
    }

    @Test func `is noticed by who asks afterwards, too`() async throws {
        let (exchanges, gone) = (Events<HTTPExchange>(), Events<Int>())
        let server = try HTTPServer.serving { exchange in
            exchange.whenGone { gone.add(1) }
            exchanges.add(exchange)
        }
        let wire = try Wire(port: server.port)
        wire.write(get)
        wire.hangUp()
        let exchange = try #require(await exchanges.next())
        #expect(await gone.next() == 1)
        exchange.whenGone { gone.add(2) }
        #expect(await gone.next() == 2)
        exchange.reply(ok(""))
    }

    @Test func `is noticed while it sends its body`() async throws {
        let (begun, gone, records) = (Events<Void>(), Events<Void>(), Events<HTTPRecord>())
        let server = try HTTPServer.serving(onEnd: { records.add($0) }) { exchange in
            exchange.whenGone { gone.add(()) }
            exchange.readBody(upTo: 1000) { _ in Issue.record("The body was not complete.") }
            begun.add(())
        }
        let wire = try Wire(port: server.port)
        wire.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        #expect(await begun.next() != nil)
        wire.hangUp()
        #expect(await gone.next() != nil)
        let record = try #require(await records.next())
        #expect(record.wasCutOff)
        #expect(record.status == 499)
    }

    @Test func `is not reported when all of its answer is out`() async throws {
        let gone = Events<String>()
        let server = try HTTPServer.serving { exchange in
            exchange.whenGone { gone.add("gone") }
            exchange.reply(ok("all"))
        }
        let wire = try Wire(port: server.port)
        wire.write(get)
        _ = await wire.read { $0.hasSuffix("all") }
        wire.hangUp()
        try await wait { server.openConnections == 0 }
        gone.add("nothing before")
        #expect(await gone.next() == "nothing before")
    }

    /// It has said all it will ever say, which is how a connection ends; what it is answered, it still reads.
    @Test func `on its own side only counts as gone, and is still answered`() async throws {
        let exchanges = Events<HTTPExchange>()
        let server = try HTTPServer.serving { exchange in exchange.whenGone { exchanges.add(exchange) } }
        let wire = try Wire(port: server.port)
        wire.write(get)
        wire.closeWriting()
        let exchange = try #require(await exchanges.next())
        #expect(!exchange.reply(ok("still")))
        #expect(await wire.read().hasSuffix("still"))
    }

    @Test func `a thousand times leaves nothing behind`() async throws {
        let server = try HTTPServer.serving { exchange in
            if exchange.head.path == "/rest" { return exchange.whenGone { exchange.reply(ok("")) } }
            if exchange.head.path == "/stream" { return _ = exchange.stream(ok("begun")) }
            exchange.reply(ok("answered"))
        }
        for round in 0..<10 {
            let wires = try (0..<100).map { _ in try Wire(port: server.port) }
            for (number, wire) in wires.enumerated() {
                wire.write("GET /\(["rest", "stream", "x"][(number + round) % 3]) HTTP/1.1\r\nHost: x\r\n\r\n")
            }
            try await wait { server.openConnections == 100 }
            for wire in wires { wire.hangUp() }
            try await wait { server.openConnections == 0 }
        }
    }
}
