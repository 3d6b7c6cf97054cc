import CurlHTTP
import HTTP
import HTTPServer
import Logging
import TestSupport
import Testing

/// A client that goes through no proxy.
func localClient(seconds: Double = RunningProgram.patience) -> CurlClient {
    CurlClient(CurlConfiguration(timeout: .seconds(seconds), proxy: ""), log: .none)
}

@Suite(.timeLimit(.minutes(5))) struct `The HTTP server` {
    private func server(_ answer: @escaping HTTPServer.Answer) throws -> HTTPServer {
        try HTTPServer(answer: answer)
    }

    /// Says what it was asked.
    private func echo() throws -> HTTPServer {
        try server { request in
            var response = HTTPResponse(.ok, text: "\(request.method) \(request.url)\n")
            response.body += request.body
            response.fields["X-Seen"] = request.fields["X-Sent"]
            return .response(response)
        }
    }

    private func url(_ server: HTTPServer, _ path: String = "/") -> String { "http://127.0.0.1:\(server.port)\(path)" }

    @Test func `chooses a port of its own and hands over the whole request`() async throws {
        let server = try echo()
        #expect(server.port > 0)
        let address = url(server, "/a%2Fb/c?q=x%20y&z=%C3%A9&empty=")
        let body = Array("hello".utf8)
        let request = HTTPRequest(.post, address, fields: ["X-Sent": "yes", "Content-Type": "text/plain"], body: body)
        let response = try await localClient().send(request)
        #expect(response.status == .ok)
        #expect(response.text == "POST \(address)\nhello")
        #expect(response.fields["x-seen"] == "yes")
        #expect(response.mediaType == "text/plain")
    }

    @Test(arguments: ["GET", "DELETE", "OPTIONS", "PUT", "BREW"])
    func `takes any method`(method: String) async throws {
        let server = try echo()
        let response = try await localClient().send(HTTPRequest(HTTPMethod(rawValue: method), url(server)))
        #expect(response.text.hasPrefix("\(method) "))
    }

    @Test(arguments: [200, 204, 302, 401, 405, 429, 500, 503])
    func `sends any status, with and without a body`(status: Int) async throws {
        let server = try server { _ in
            .response(HTTPResponse(HTTPStatus(rawValue: status), fields: ["Location": "/x", "Content-Length": "77"]))
        }
        let response = try await localClient().send(HTTPRequest(.get, url(server)))
        #expect(response.status.rawValue == status)
        #expect(response.body == [])
        #expect(response.fields["Location"] == "/x")
    }

    @Test func `answers many at once, and a slow one holds up no one`() async throws {
        let gate = AsyncStream.makeStream(of: Void.self)
        let server = try server { request in
            if request.url.hasSuffix("/slow") { for await _ in gate.stream { break } }
            return .response(HTTPResponse(.ok, text: request.url))
        }
        let client = localClient()
        let slow = Task { try await client.send(HTTPRequest(.get, url(server, "/slow"))).status }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let address = url(server, "/\(number)")
                    return try await client.send(HTTPRequest(.get, address)).text == address
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        gate.continuation.finish()
        #expect(try await slow.value == .ok)
    }

    @Test func `keeps a connection, also for requests sent ahead`() async throws {
        let server = try echo()
        let wire = try Wire(port: server.port)
        wire.write("GET /one HTTP/1.1\r\nHost: LOCALHOST:81\r\n\r\n")
        #expect(await wire.read { $0.contains("http://LOCALHOST:81/one\n") }.hasPrefix("HTTP/1.1 200"))
        wire.write("GET /two HTTP/1.1\r\nHost: localhost\r\n\r\nGET /three HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let both = await wire.read { $0.contains("/three\n") }
        #expect(both.contains("GET http://localhost/two\n"))
    }

    @Test func `falls back to its own name when a client of HTTP 1.0 names none`() async throws {
        let server = try echo()
        let wire = try Wire(port: server.port)
        wire.write("GET /p HTTP/1.0\r\nX: y\r\n\r\n")
        #expect(await wire.read().hasSuffix("GET http://127.0.0.1:\(server.port)/p\n"))
    }

    @Test func `refuses a body that is announced too large before it comes`() async throws {
        let server = try echo()
        let wire = try Wire(port: server.port)
        wire.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(HTTPServer.bodyLimit + 1)\r\n\r\n")
        #expect(await wire.read { $0.contains("MiB") }.hasPrefix("HTTP/1.1 413"))
    }

    @Test func `refuses a body that turns out too large, and takes one that just fits`() async throws {
        let server = try server { .response(HTTPResponse(.ok, text: "\($0.body.count)")) }
        let wire = try Wire(port: server.port)
        let piece = String(repeating: "x", count: 1 << 20)
        let chunk = "100000\r\n\(piece)\r\n"
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        wire.write(head + String(repeating: chunk, count: 16) + "0\r\n\r\n")
        #expect(await wire.read { $0.hasSuffix("\(HTTPServer.bodyLimit)") }.hasPrefix("HTTP/1.1 200"))
        wire.write(head + String(repeating: chunk, count: 16) + "1\r\nx\r\n0\r\n\r\n")
        #expect(await wire.read { $0.contains("MiB") }.hasPrefix("HTTP/1.1 413"))
    }

    @Test(arguments: [0, 10, 20_000])
    func `cuts an answer off in the middle of its body`(count: Int) async throws {
        let whole = HTTPResponse(.ok, text: String(repeating: "y", count: 50_000))
        let server = try server { _ in .cutOff(whole, after: count) }
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let text = await wire.read()
        #expect(text.contains("Content-Length: 50000"))
        #expect(text.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().joined().count == count)
        await #expect {
            _ = try await localClient().send(HTTPRequest(.get, url(server)))
        } throws: { error in
            if case .cutOff? = error as? HTTPFailure { true } else { false }
        }
    }

    /// An answer that waits until it is cancelled, and says when that begins and ends.
    private func patient(_ events: AsyncStream<String>.Continuation) throws -> HTTPServer {
        try server { _ in
            events.yield("began")
            try? await Task.sleep(for: .seconds(600))
            events.yield(Task.isCancelled ? "cancelled" : "woke")
            return .response(HTTPResponse(.ok))
        }
    }

    @Test func `cancels an answer when its client hangs up`() async throws {
        let (events, source) = AsyncStream.makeStream(of: String.self)
        let server = try patient(source)
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        var seen = events.makeAsyncIterator()
        #expect(await seen.next() == "began")
        wire.hangUp()
        #expect(await seen.next() == "cancelled")
        // The server lives on.
        let next = try Wire(port: server.port)
        next.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(await seen.next() == "began")
    }

    @Test func `answers what rests with 503 when it stops, and frees the port`() async throws {
        let (events, source) = AsyncStream.makeStream(of: String.self)
        let server = try patient(source)
        let wire = try Wire(port: server.port)
        wire.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        var seen = events.makeAsyncIterator()
        #expect(await seen.next() == "began")
        server.stop()
        server.stop()
        #expect(await seen.next() == "cancelled")
        #expect(throws: WireError.self) { try Wire(port: server.port) }
    }

    @Test func `stops while answers are about to go out`() async throws {
        for _ in 0..<30 {
            let (events, source) = AsyncStream.makeStream(of: Void.self)
            let server = try server { _ in
                source.yield()
                return .response(HTTPResponse(.ok, text: "quick"))
            }
            let wires = try (0..<8).map { _ in try Wire(port: server.port) }
            for wire in wires { wire.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            for await _ in events { break }
            server.stop()
            for wire in wires { _ = await wire.read() }
        }
    }

    @Test func `says why it cannot listen`() throws {
        let first = try echo()
        let taken = #expect(throws: HTTPServerError.self) {
            try HTTPServer(port: first.port) { _ in .response(HTTPResponse(.ok)) }
        }
        #expect(taken?.description.contains("in use") == true)
        #expect(throws: HTTPServerError.self) {
            try HTTPServer(address: "nowhere") { _ in .response(HTTPResponse(.ok)) }
        }
        #expect(throws: HTTPServerError.self) { try HTTPServer(port: 70_000) { _ in .response(HTTPResponse(.ok)) } }
    }

    @Test func `survives what is not HTTP`() async throws {
        let server = try echo()
        for text in [
            "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
            "\u{16}\u{3}\u{1}",
        ] {
            let wire = try Wire(port: server.port)
            wire.write(text)
            wire.hangUp()
            _ = await wire.read()
        }
        #expect(try await localClient().send(HTTPRequest(.get, url(server))).status == .ok)
    }
}
