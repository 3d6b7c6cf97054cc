import HTTP
import TestSupport
import Testing

@testable import CurlHTTP

@Suite struct `A proxy` {
    /// Says what it was asked, in the way of a proxy that answers itself.
    static func echo() throws -> LoopbackServer {
        try LoopbackServer.answering { request in
            ok("\(request.line)|\(request.field("proxy-authorization") ?? "none")|\(request.field("x-own") ?? "none")")
        }
    }

    @Test func `is asked for the whole address, with its credentials`() async throws {
        let proxy = try Self.echo()
        let client = client { $0.proxy = "http://me:p%40ss@127.0.0.1:\(proxy.port)" }
        let request = HTTPRequest(.get, "http://somewhere.invalid/x?y=1", fields: ["X-Own": "1"])
        let response = try await client.send(request)
        #expect(response.text == "GET http://somewhere.invalid/x?y=1 HTTP/1.1|Basic bWU6cEBzcw==|1")
    }

    @Test func `is passed by for the hosts named in no-proxy`() async throws {
        let proxy = try Self.echo()
        let server = try LoopbackServer.answering { _ in ok("direct") }
        let client = client {
            $0.proxy = "http://127.0.0.1:\(proxy.port)"
            $0.noProxy = "a.example,127.0.0.1"
        }
        #expect(try await client.send(HTTPRequest(.get, server.url)).text == "direct")
        #expect(proxy.connectionCount == 0)
        #expect(try await client.send(HTTPRequest(.get, "http://b.invalid/")).text.hasPrefix("GET http://b.invalid/ "))
    }

    @Test func `is asked for a tunnel before TLS, without the request's own fields`() async throws {
        let (asked, ask) = AsyncStream.makeStream(of: Received.self)
        let proxy = try LoopbackServer { connection in
            if let request = connection.request() { ask.yield(request) }
            connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        }
        let client = client { $0.proxy = "http://me:secret-word@127.0.0.1:\(proxy.port)" }
        let request = HTTPRequest(.get, "https://somewhere.invalid/x", fields: ["Authorization": "Bearer t"])
        let failure = await failure(of: request, by: client)
        guard case .proxyFailed(let detail) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(detail.contains("403"))
        var seen = asked.makeAsyncIterator()
        let connect = await seen.next()
        #expect(connect?.line == "CONNECT somewhere.invalid:443 HTTP/1.1")
        #expect(connect?.field("proxy-authorization") != nil)
        #expect(connect?.field("authorization") == nil)
    }

    @Test(arguments: ["http://a.invalid/", "https://a.invalid/"])
    func `that hangs up has failed, and not the server behind it`(url: String) async throws {
        let proxy = try LoopbackServer { _ = $0.request() }
        let client = client { $0.proxy = "http://127.0.0.1:\(proxy.port)" }
        guard case .proxyFailed(let detail) = await failure(of: HTTPRequest(.get, url), by: client) else {
            Issue.record("answered, or another failure")
            return
        }
        #expect(!detail.isEmpty)
    }

    @Test func `that begins to answer and breaks off is as a server that does`() async throws {
        let proxy = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        }
        let client = client { $0.proxy = "http://127.0.0.1:\(proxy.port)" }
        guard case .cutOff = await failure(of: HTTPRequest(.get, "http://a.invalid/"), by: client) else {
            Issue.record("answered, or another failure")
            return
        }
    }

    @Test func `that asks for credentials and breaks off has failed`() async throws {
        let proxy = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 407 Auth\r\nContent-Length: 10\r\n\r\nabc")
        }
        let client = client { $0.proxy = "http://127.0.0.1:\(proxy.port)" }
        let failure = await failure(of: HTTPRequest(.get, "http://a.invalid/"), by: client)
        #expect(failure?.description.contains("407") == true)
    }

    @Test func `that asks for credentials has failed`() async throws {
        let proxy = try LoopbackServer.answering { _ in "HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n" }
        let client = client { $0.proxy = "http://127.0.0.1:\(proxy.port)" }
        let failure = await failure(of: HTTPRequest(.get, "http://a.invalid/"), by: client)
        #expect(failure?.description.contains("407") == true)
        guard case .proxyFailed = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test(arguments: [
        "http://me:secret-word@127.0.0.1:@", "http://me:secret-word@proxy.invalid:3128",
        "foo://me:secret-word@127.0.0.1:9",
    ])
    func `that cannot be reached has failed, and its credentials stay unsaid`(pattern: String) async throws {
        let port = try LoopbackServer.closedPort()
        let address = pattern.hasSuffix(":@") ? "\(pattern.dropLast())\(port)" : pattern
        let client = client { $0.proxy = address }
        let failure = await failure(of: HTTPRequest(.get, "http://a.example/"), by: client)
        guard case .proxyFailed(let detail) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(!detail.isEmpty)
        #expect(!detail.contains("secret-word"))
    }
}
