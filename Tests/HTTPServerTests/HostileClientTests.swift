import HTTP
import HTTPServer
import TestSupport
import Testing

@Suite struct `A server among hostile clients` {
    private func server(_ limits: HTTPServerLimits = HTTPServerLimits()) throws -> HTTPServer {
        try HTTPServer(limits: limits) { .response(HTTPResponse(.ok, text: "answered \($0.url) \($0.body.count)\n")) }
    }

    private func limits(_ change: (inout HTTPServerLimits) -> Void) -> HTTPServerLimits {
        var limits = HTTPServerLimits()
        change(&limits)
        return limits
    }

    /// What a bare connection is answered until the server ends it.
    private func answer(_ server: HTTPServer, to request: String) async throws -> String {
        let wire = try Wire(port: server.port)
        wire.write(request)
        return await wire.read()
    }

    private func status(_ answer: String) -> String {
        answer.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    }

    @Test(arguments: ["127.0.0.1", "localhost", "LocalHost:81", "[::1]", "[::1]:8080"])
    func `answers under the names of this machine`(host: String) async throws {
        let text = try await answer(server(), to: "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        #expect(status(text) == "200")
    }

    /// A page whose name leads to this machine sends its own name.
    @Test(arguments: [
        "rebind.example", "rebind.example:80", "127.0.0.1.rebind.example", "localhost.rebind.example", "10.0.0.1",
        "[::2]",
        "localhost.", "127.1", "0",
    ])
    func `refuses every other name, and the connection ends`(host: String) async throws {
        let text = try await answer(server(), to: "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(status(text) == "403")
        #expect(!text.contains("answered"))
    }

    @Test(arguments: ["http://rebind.example/", "http://rebind.example:80/x"])
    func `refuses another name in the target, too`(target: String) async throws {
        let text = try await answer(server(), to: "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(status(text) == "403")
    }

    @Test func `answers under the names that it is given`() async throws {
        let server = try HTTPServer(hosts: ["catalog.example"]) { _ in .response(HTTPResponse(.ok)) }
        #expect(status(try await answer(server, to: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")) == "403")
        let named = "GET / HTTP/1.1\r\nHost: Catalog.example:443\r\nConnection: close\r\n\r\n"
        #expect(status(try await answer(server, to: named)) == "200")
    }

    /// Each of them is read in two ways by some two programs; the request behind it must never be answered.
    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 45\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\ncontent-length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0, 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0x0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length : 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nTransfer-Encoding : chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nX: no host\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: local host\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\n: x\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\n:\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\n\0\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\n\0X: y\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\nContent-Length: 4\r\n\r\n",
    ])
    func `ends the connection with 400 where two could read a request in two ways`(request: String) async throws {
        let hidden = "GET /hidden HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let text = try await answer(server(), to: request + hidden)
        #expect(status(text) == "400", "\(text)")
        #expect(!text.contains("answered"), "\(text)")
    }

    @Test func `takes a request that is in order after another`() async throws {
        let text = try await answer(
            server(),
            to: "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
                + "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n"
                + "2\r\nab\r\n0\r\n\r\n"
        )
        #expect(text.contains("/ 3\n") && text.contains("/ 2\n"), "\(text)")
    }

    @Test(arguments: ["16777217", "999999999999999999", "9223372036854775807", "9223372036854775808"])
    func `refuses a body that is announced too large`(length: String) async throws {
        let text = try await answer(
            server(),
            to: "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\r\n"
        )
        #expect(["413", "400"].contains(status(text)), "\(text)")
    }

    @Test(arguments: ["", "GET / HT", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
    func `ends a connection whose head does not come`(beginning: String) async throws {
        let text = try await answer(server(limits { $0.head = .milliseconds(50) }), to: beginning)
        #expect(!text.contains("answered"))
    }

    @Test(arguments: ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"])
    func `ends a connection whose body does not come`(end: String) async throws {
        let text = try await answer(
            server(limits { $0.body = .milliseconds(50) }),
            to: "POST / HTTP/1.1\r\nHost: localhost\r\n\(end)"
        )
        #expect(!text.contains("answered"))
    }

    @Test func `lets an answer take longer than its request may`() async throws {
        let (events, source) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServer(
            limits: limits { ($0.head, $0.body) = (.milliseconds(50), .milliseconds(50)) }
        ) { _ in
            for await _ in events { break }
            return .response(HTTPResponse(.ok, text: "answered"))
        }
        let patient = try Wire(port: server.port)
        patient.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        // Two that were opened later have been ended meanwhile.
        for _ in 0..<2 { _ = try await answer(server, to: "GET / HTTP/1.1\r\n") }
        source.yield()
        #expect(await patient.read().hasSuffix("answered"))
    }

    @Test func `lets others in where half-sent requests take all places`() async throws {
        let server = try server(limits { $0.connections = 20 })
        let half = try (0..<200).map { _ in
            let wire = try Wire(port: server.port)
            wire.write("GET / HTTP/1.1\r\nX: ")
            return wire
        }
        for _ in 0..<30 {
            let text = try await answer(server, to: "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(status(text) == "200")
        }
        #expect(half.count == 200)
    }

    @Test func `takes so many connections from one address`() async throws {
        let server = try server(limits { ($0.connectionsPerAddress, $0.head) = (2, .seconds(600)) })
        let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let wires = try (0..<2).map { _ in try Wire(port: server.port) }
        for wire in wires {
            wire.write(request)
            #expect(status(await wire.read { $0.hasSuffix("0\n") }) == "200")
        }
        #expect(try await answer(server, to: request) == "")
        #expect(wires.count == 2)
    }

    @Test func `keeps no more of all bodies together than it may`() async throws {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServer(limits: limits { $0.allBodies = 1 << 20 }) { request in
            if request.url.hasSuffix("/first") {
                begin.yield()
                for await _ in ends { break }
            }
            return .response(HTTPResponse(.ok, text: "answered \(request.body.count)"))
        }
        func request(_ path: String) -> String {
            let body = String(repeating: "x", count: 700_000)
            return
                "POST \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 700000\r\n\r\n\(body)"
        }
        let first = try Wire(port: server.port)
        first.write(request("/first"))
        for await _ in begun { break }
        #expect(status(try await answer(server, to: request("/second"))) == "503")
        end.yield()
        #expect(await first.read().hasSuffix("answered 700000"))
        // Its room is given back when it has ended.
        var last = ""
        for _ in 0..<100 where status(last) != "200" { last = try await answer(server, to: request("/third")) }
        #expect(last.hasSuffix("answered 700000"))
    }
}
