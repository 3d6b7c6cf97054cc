import HTTP
import Logging
import Synchronization
import TestSupport
import Testing
import Threads

@testable import CurlHTTP

@Suite struct `A curl client` {
    @Test func `sends a GET and reads status, fields and body`() async throws {
        let server = try LoopbackServer.answering { request in
            ok("\(request.line)|\(request.field("x-one") ?? "")|\(request.field("accept") ?? "")", "X-Two: b")
        }
        let request = HTTPRequest(.get, "\(server.url)/p?q=1", fields: ["X-One": "a", "Accept": "text/plain"])
        let response = try await client().send(request)
        #expect(response.status == 200)
        #expect(response.fields["x-two"] == "b")
        #expect(response.text == "GET /p?q=1 HTTP/1.1|a|text/plain")
    }

    @Test(arguments: [HTTPMethod.post, HTTPMethod(rawValue: "PUT"), HTTPMethod(rawValue: "PATCH"), .delete])
    func `sends a body as it is`(method: HTTPMethod) async throws {
        let server = try LoopbackServer.answering { request in
            let fields = ["content-type", "expect"].map { request.field($0) ?? "none" }
            return ok("\(request.line)|\(fields.joined(separator: "|"))|\(request.body.count)")
        }
        let body = [UInt8](repeating: 0, count: 2_000_000)
        let response = try await client().send(HTTPRequest(method, server.url, body: body))
        #expect(response.text == "\(method) / HTTP/1.1|none|none|2000000")
    }

    @Test func `sends a POST without a body as one of no bytes`() async throws {
        let server = try LoopbackServer.answering { ok("\($0.line) \($0.field("content-length") ?? "none")") }
        let response = try await client().send(HTTPRequest(.post, server.url))
        #expect(response.text == "POST / HTTP/1.1 0")
    }

    @Test func `sends one request after another of any kind, each without traces of the one before`() async throws {
        let server = try LoopbackServer.answering { request in
            ok("\(request.line) \(request.body.count) \(request.field("a") ?? "none")")
        }
        let client = client()
        // What may not be repeated would not share a connection.
        let post = HTTPRequest(.post, server.url, fields: ["A": "1"], body: [1, 2, 3], mayBeRepeated: true)
        #expect(try await client.send(post).text == "POST / HTTP/1.1 3 1")
        #expect(try await client.send(HTTPRequest(.get, server.url)).text == "GET / HTTP/1.1 0 none")
        let delete = HTTPRequest(.delete, server.url, mayBeRepeated: true)
        #expect(try await client.send(delete).text == "DELETE / HTTP/1.1 0 none")
        #expect(try await client.send(post).text == "POST / HTTP/1.1 3 1")
        #expect(
            try await client.send(HTTPRequest(HTTPMethod(rawValue: "HEAD"), server.url, mayBeRepeated: true)).body
                .isEmpty
        )
        #expect(server.connectionCount == 1)
    }

    @Test func `lets a task go on where a short reply arrived, and elsewhere after a long one`() async throws {
        let server = try LoopbackServer.answering { request in
            ok(String(repeating: "x", count: request.line.contains("long") ? 100_000 : 10))
        }
        let client = client()
        let executor = try #require(client.executor as? ReplyExecutor)
        try await Task(executorPreference: executor) {
            var wasThere = false
            let end = ContinuousClock.now + .seconds(30)
            // A reply that comes at once may be read by who has sent the request.
            while !wasThere, .now < end {
                _ = try await client.send(HTTPRequest(.get, server.url))
                wasThere = executor.isOnItsThread
            }
            #expect(wasThere)
            for _ in 0..<5 {
                _ = try await client.send(HTTPRequest(.get, "\(server.url)/long"))
                #expect(!executor.isOnItsThread)
            }
        }.value
    }

    @Test func `sends a request on the thread that begins it, once it has been used`() async throws {
        let server = try LoopbackServer.answering { _ in ok("x") }
        let client = client()
        _ = try await client.send(HTTPRequest(.get, server.url))
        var isSame = false
        let end = ContinuousClock.now + .seconds(30)
        // The loop's own thread may be at it at any moment, but not whenever one begins.
        while !isSame, .now < end {
            let body = WitnessedBody()
            let beginner = try await Task(executorPreference: WorkerPool.shared) {
                let beginner = Threads.current
                _ = try await client.send(HTTPRequest(.post, server.url, mayBeRepeated: true), body: body)
                return beginner
            }.value
            isSame = body.reader == beginner
        }
        #expect(isSame)
    }

    @Test func `ends each of many requests of several threads, cancelled or not`() async throws {
        let server = try LoopbackServer.answering { ok(String($0.line.split(separator: " ")[1])) }
        let client = client()
        await withTaskGroup(of: Void.self) { group in
            for worker in 1...8 {
                group.addTask(executorPreference: worker.isMultiple(of: 2) ? client.executor : WorkerPool.shared) {
                    for number in 1...100 {
                        let path = "/\(worker)-\(number)"
                        let task = Task { try await client.send(HTTPRequest(.get, server.url + path)).text }
                        let isWanted = !number.isMultiple(of: 10)
                        if !isWanted { task.cancel() }
                        let text = try? await task.value
                        #expect(text == path || !isWanted && text == nil)
                    }
                }
            }
        }
    }

    @Test func `says who it is unless the request does`() async throws {
        let server = try LoopbackServer.answering { ok($0.field("user-agent") ?? "none") }
        let client = client { $0.userAgent = "oe-mcp/9" }
        #expect(try await client.send(HTTPRequest(.get, server.url)).text == "oe-mcp/9")
        let own = HTTPRequest(.get, server.url, fields: ["User-Agent": "other"])
        #expect(try await client.send(own).text == "other")
    }

    @Test func `sends fields without a value, and leaves the length to itself`() async throws {
        let server = try LoopbackServer.answering { request in
            ok("\(request.field("x-empty") ?? "none")|\(request.field("content-length") ?? "none")")
        }
        let fields: HTTPFields = ["X-Empty": "", "Content-Length": "99", "Transfer-Encoding": "chunked"]
        let response = try await client().send(HTTPRequest(.post, server.url, fields: fields, body: [1]))
        #expect(response.text == "|1")
    }

    @Test func `keeps the connection for the next request`() async throws {
        let server = try LoopbackServer.answering { _ in ok("x") }
        let client = client()
        for _ in 1...5 { #expect(try await client.send(HTTPRequest(.get, server.url)).text == "x") }
        #expect(server.connectionCount == 1)
    }

    @Test func `unpacks a gzip body`() async throws {
        let packed: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0xA0,
            0x3B, 0x09, 0x00, 0x2F, 0xFA, 0xF8, 0x48, 0x78, 0x00, 0x00, 0x00,
        ]
        let server = try LoopbackServer.sending(packed: packed)
        let response = try await client().send(HTTPRequest(.get, server.url))
        #expect(response.text == String(repeating: "hello ", count: 20))
    }

    @Test func `joins chunks and ignores trailers`() async throws {
        let server = try LoopbackServer.answering { _ in
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n"
                + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Late: 1\r\n\r\n"
        }
        let response = try await client().send(HTTPRequest(.get, server.url))
        #expect(response.text == "abcde")
        #expect(response.fields["X-Late"] == nil)
    }

    @Test func `reads a body that ends with the connection`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")
        }
        #expect(try await client().send(HTTPRequest(.get, server.url)).text == "abc")
    }

    @Test func `reads a stream that stays open up to what was asked for`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: open\n\ndata: 1\n\n")
            connection.waitForEnd()
        }
        var request = HTTPRequest(.get, server.url)
        request.bodyEnd = "data:"
        let (client, sent) = (client(), request)
        for _ in 0..<2 {
            let response = try await client.send(sent)
            #expect(response.status == 200 && response.mediaType == "text/event-stream")
            #expect(response.text.hasPrefix(": open\n\ndata:"))
        }
    }

    @Test func `reads a body to its end that does not have what was asked for`() async throws {
        let server = try LoopbackServer.answering { _ in ok("x") }
        var request = HTTPRequest(.get, server.url)
        request.bodyEnd = "data:"
        #expect(try await client().send(request).text == "x")
    }

    @Test func `skips what comes before the final answer`() async throws {
        let server = try LoopbackServer.answering { _ in
            "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + ok("x", "X-Final: 1")
        }
        let response = try await client().send(HTTPRequest(.get, server.url))
        #expect(response.status == 200)
        #expect(response.fields["X-Early"] == nil)
        #expect(response.fields["X-Final"] == "1")
    }

    @Test(arguments: [HTTPStatus.found, .unauthorized, .internalServerError, .serviceUnavailable])
    func `returns an answer of any status, redirects too`(status: HTTPStatus) async throws {
        let server = try LoopbackServer.answering { request in
            request.line == "GET / HTTP/1.1"
                ? "HTTP/1.1 \(status) X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n" : ok("followed")
        }
        let response = try await client().send(HTTPRequest(.get, server.url))
        #expect(response.status == status)
        #expect(response.fields["Location"] == "/elsewhere")
    }

    @Test func `sends fifty requests at once`() async throws {
        let server = try LoopbackServer.answering { ok(String($0.line.split(separator: " ")[1])) }
        let client = client()
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 1...50 {
                group.addTask { (number, try await client.send(HTTPRequest(.get, "\(server.url)/\(number)")).text) }
            }
            for try await (number, text) in group { #expect(text == "/\(number)") }
        }
    }

    @Test func `brings a request to its end when no one else holds the client`() async throws {
        let server = try LoopbackServer.answering { _ in ok("x") }
        #expect(try await client().send(HTTPRequest(.get, server.url)).text == "x")
    }

    @Test func `closes its connections when it is dropped`() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write(ok("x"))
            connection.waitForEnd()
            end.finish()
        }
        var client: CurlClient? = client()
        _ = try await client?.send(HTTPRequest(.get, server.url))
        client = nil
        for await _ in ended {}
    }

    @Test func `can be dropped without ever having been used`() {
        _ = client()
    }
}

/// A body of nothing, which knows who has asked for it.
private final class WitnessedBody: HTTPBodySource {
    private let thread = Atomic<UInt>(0)

    var reader: UInt { thread.load(ordering: .acquiring) }

    func read(into buffer: UnsafeMutableRawBufferPointer, ready: @escaping @Sendable () -> Void) -> Int? {
        thread.store(Threads.current, ordering: .releasing)
        return nil
    }
}

/// A client that no proxy of the environment stands before.
func client(_ change: (inout CurlConfiguration) -> Void = { _ in }) -> CurlClient {
    var configuration = CurlConfiguration(timeout: .seconds(30), userAgent: "test", proxy: "")
    change(&configuration)
    return CurlClient(configuration, log: .none)
}

/// An answer with a length.
func ok(_ body: String, _ fields: String...) -> String {
    let lines = ["HTTP/1.1 200 OK", "Content-Length: \(body.utf8.count)"] + fields
    return lines.map { "\($0)\r\n" }.joined() + "\r\n\(body)"
}
