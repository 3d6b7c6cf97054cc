import HTTP
import HTTPServer
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A request` {
    @Test func `is answered at once, and the next one on its connection, too`() async throws {
        let server = try HTTPServer.serving { $0.reply(ok("at \($0.head.target)")) }
        let wire = try Wire(port: server.port)
        wire.write("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        let text = await wire.read { $0.hasSuffix("at /b") }
        #expect(text.contains("at /aHTTP/1.1 200 OK\r\n"))
    }

    @Test func `rests until it is answered from elsewhere`() async throws {
        let exchanges = Events<HTTPExchange>()
        let server = try HTTPServer.serving { exchanges.add($0) }
        let wire = try Wire(port: server.port)
        for number in 0..<20 {
            wire.write(get)
            #expect(await exchanges.next()?.reply(ok("number \(number).")) == true)
            #expect(await wire.read { $0.hasSuffix("number \(number).") }.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `comes with its head as it was sent`() async throws {
        let heads = Events<HTTPRequestHead>()
        let server = try HTTPServer.serving {
            heads.add($0.head)
            $0.reply(ok(""))
        }
        let wire = try Wire(port: server.port)
        wire.write("BREW /a%2Fb//c?q=x%20y&z HTTP/1.1\r\nHost: pot:80\r\nX-Sent: Käse\r\n\r\n")
        let head = try #require(await heads.next())
        #expect(head.method.rawValue == "BREW")
        #expect(head.target == "/a%2Fb//c?q=x%20y&z")
        #expect(head.path == "/a%2Fb//c")
        #expect(head.query == "q=x%20y&z")
        #expect(head.version == "HTTP/1.1")
        #expect(head.fields["x-sent"] == "Käse")
        #expect(head.peer == "127.0.0.1")
        #expect(head.local == "127.0.0.1")
        #expect(!head.isSecure)
    }

    @Test func `has values without the blanks around them`() async throws {
        let heads = Events<HTTPRequestHead>()
        let server = try HTTPServer.serving {
            heads.add($0.head)
            $0.reply(ok(""))
        }
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: a.example\r\nX-Sent: \t a \t b \t \r\nX-Empty:  \r\n\r\n")
        let head = try #require(await heads.next())
        #expect(head.fields["x-sent"] == "a \t b")
        #expect(head.fields["x-empty"] == "")
    }

    @Test(arguments: [
        ("http://a.example/x/y?z=1", "/x/y", "z=1" as String?), ("http://a.example", "/", nil),
        ("https://a.example?z", "/", "z"), ("*", "*", nil), ("/?", "/", ""),
    ])
    func `has the path and the query of its target`(target: String, path: String, query: String?) async throws {
        let heads = Events<HTTPRequestHead>()
        let server = try HTTPServer.serving {
            heads.add($0.head)
            $0.reply(ok(""))
        }
        let wire = try Wire(port: server.port)
        wire.write("OPTIONS \(target) HTTP/1.1\r\nHost: a.example\r\n\r\n")
        let head = try #require(await heads.next())
        #expect(head.path == path)
        #expect(head.query == query)
    }

    @Test(arguments: [false, true]) func `has its body read when the service asks for it`(later: Bool) async throws {
        let exchanges = Events<HTTPExchange>()
        let server = try HTTPServer.serving { exchange in
            if later { return exchanges.add(exchange) }
            exchange.readBody(upTo: 10) { exchange.reply(ok("<\(String(decoding: $0, as: UTF8.self))>")) }
        }
        let wire = try Wire(port: server.port)
        for body in ["", "short", "just right"] {
            wire.write(post(body))
            if later, let exchange = await exchanges.next() {
                exchange.readBody(upTo: 10) { exchange.reply(ok("<\(String(decoding: $0, as: UTF8.self))>")) }
            }
            #expect(await wire.read { $0.hasSuffix("<\(body)>") }.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `is answered from elsewhere after its body was read`() async throws {
        let bodies = Events<(HTTPExchange, [UInt8])>()
        let server = try HTTPServer.serving { exchange in
            exchange.readBody(upTo: 1 << 20) { bodies.add((exchange, $0)) }
        }
        let wire = try Wire(port: server.port)
        let piece = String(repeating: "x", count: 100_000)
        wire.write("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n\(piece)\r\n0\r\n\r\n")
        let (exchange, body) = try #require(await bodies.next())
        #expect(body == Array(piece.utf8))
        exchange.reply(ok("done"))
        #expect(await wire.read { $0.hasSuffix("done") }.hasPrefix("HTTP/1.1 200"))
    }

    @Test func `that announces too large a body is refused before it is asked to send it`() async throws {
        let server = try HTTPServer.serving { exchange in
            exchange.readBody(upTo: 4) { _ in exchange.reply(ok("")) }
        }
        let wire = try Wire(port: server.port)
        wire.write("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        let text = await wire.read()
        #expect(text.hasPrefix("HTTP/1.1 413"))
        #expect(text.hasSuffix(#"{"refused":"413"}"#))
        #expect(text.contains("Connection: close"))
    }

    @Test func `is asked to send its body only once the service wants it`() async throws {
        let exchanges = Events<HTTPExchange>()
        let server = try HTTPServer.serving { exchanges.add($0) }
        let wire = try Wire(port: server.port)
        wire.write("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        let exchange = try #require(await exchanges.next())
        exchange.readBody(upTo: 5) { exchange.reply(ok(String(decoding: $0, as: UTF8.self))) }
        #expect(await wire.read { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
        wire.write("hello")
        #expect(await wire.read { $0.hasSuffix("hello") }.hasPrefix("HTTP/1.1 200"))
    }

    @Test func `that is refused at once is read to its end, so that a client that still sends has its answer`()
        async throws
    {
        let server = try HTTPServer.serving { $0.reply(HTTPResponse(.unauthorized, text: "who?")) }
        let wire = try Wire(port: server.port)
        for size in [5000, 1_000_000, 5000] {
            wire.write(post(String(repeating: "x", count: size)))
            #expect(await wire.read { $0.hasSuffix("who?") }.hasPrefix("HTTP/1.1 401"))
        }
        // A body that is too large for that is not waited for.
        wire.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n")
        let text = await wire.read()
        #expect(text.hasPrefix("HTTP/1.1 401") && text.contains("Connection: close"))
    }

    @Test func `has one answer, the first`() async throws {
        let server = try HTTPServer.serving { exchange in
            let answers = [exchange.reply(ok("first")), exchange.reply(ok("second"))]
            let stream = exchange.stream(ok("third"))
            if answers != [true, false] || !stream.isOver { Issue.record("A later answer was taken.") }
        }
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(await wire.read().hasSuffix("first"))
    }

    @Test func `may have a head of 32 KiB, and not one of 64`() async throws {
        let server = try HTTPServer.serving { $0.reply(ok("fine")) }
        func answer(_ count: Int) async throws -> String {
            let wire = try Wire(port: server.port)
            let field = "X-Filler: \(String(repeating: "x", count: 1000))\r\n"
            let head = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            let rest = count - head.utf8.count - 2
            let fields = String(repeating: field, count: rest / field.utf8.count)
            let last = "X: \(String(repeating: "y", count: max(rest - fields.utf8.count - 5, 0)))\r\n"
            wire.write("\(head)\(fields)\(last)\r\n")
            return await wire.read()
        }
        #expect(try await answer(32 << 10).hasSuffix("fine"))
        #expect(try await answer(64 << 10).hasPrefix("HTTP/1.1 431"))
        #expect(try await answer(2 << 10).hasSuffix("fine"))
    }

    @Test func `that two could read in two ways is refused in the words of the service`() async throws {
        let server = try HTTPServer.serving { _ in Issue.record("It was handed over.") }
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")
        let text = await wire.read()
        #expect(text.hasPrefix("HTTP/1.1 400"))
        #expect(text.hasSuffix(#"{"refused":"400"}"#))
    }

    @Test func `leaves a record`() async throws {
        let records = Events<HTTPRecord>()
        let server = try HTTPServer.serving(onEnd: { records.add($0) }) { exchange in
            exchange.readBody(upTo: 100) { _ in exchange.reply(ok("four")) }
        }
        let wire = try Wire(port: server.port)
        wire.write(post("seven77"))
        let record = try #require(await records.next())
        #expect(record.status == .ok)
        #expect(record.bytesReceived == 7)
        #expect(record.bytesSent == 4)
        #expect(!record.wasCutOff)
        #expect(record.duration > .zero && record.duration < .seconds(300))
    }
}
