import HTTP
import TestSupport
import Testing

@testable import CurlHTTP

@Suite struct `A failed request` {
    @Test func `times out when the server is silent`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.waitForEnd()
        }
        let client = client { $0.timeout = .milliseconds(50) }
        await #expect(throws: HTTPFailure.timedOut(seconds: 0.05)) {
            try await client.send(HTTPRequest(.get, server.url))
        }
    }

    @Test func `times out earlier when the request says so`() async throws {
        let server = try LoopbackServer { $0.waitForEnd() }
        var request = HTTPRequest(.get, server.url)
        request.timeLimit = .milliseconds(25)
        let sent = request
        await #expect(throws: HTTPFailure.timedOut(seconds: 0.025)) { try await client().send(sent) }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .nanoseconds(1)])
    func `times out when no time is left`(limit: Duration) async throws {
        let server = try LoopbackServer { $0.waitForEnd() }
        var request = HTTPRequest(.get, server.url)
        request.timeLimit = limit
        let sent = request
        await #expect(throws: HTTPFailure.timedOut(seconds: 0.001)) { try await client().send(sent) }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "SSH-2.0-OpenSSH_9\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ])
    func `is cut off by a server that leaves or talks nonsense`(answer: String) async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write(answer)
        }
        let failure = await failure(of: HTTPRequest(.get, server.url), by: client())
        guard case .cutOff(let detail) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(!detail.isEmpty)
    }

    @Test func `is refused where no one listens`() async throws {
        let port = try LoopbackServer.closedPort()
        let failure = await failure(of: HTTPRequest(.get, "http://127.0.0.1:\(port)/"), by: client())
        #expect(failure == .connectionRefused(host: "127.0.0.1"))
    }

    @Test func `has a name that does not exist`() async throws {
        let failure = await failure(of: HTTPRequest(.get, "http://nobody.invalid/"), by: client())
        #expect(failure == .nameNotResolved(host: "nobody.invalid"))
    }

    @Test(arguments: [
        ("nonsense?token=abc", "nonsense"), ("ftp://a.example/x", "ftp://a.example/x"),
        ("http://me:secret@a.example/", "http://••••@a.example/"), ("http://a.example:99999", "http://a.example:99999"),
        ("http://a b/", "http://a b/"), ("file:///etc/passwd", "file:///etc/passwd"),
    ])
    func `has an invalid address, shown without secrets`(url: String, shown: String) async throws {
        #expect(await failure(of: HTTPRequest(.get, url), by: client()) == .addressNotValid(shown))
    }

    @Test func `does not make libcurl send twice what may have been done`() async throws {
        let deeds = Counter()
        let server = try LoopbackServer { connection in
            while let request = connection.request() {
                guard request.line.contains("/deed") else {
                    connection.write(ok("x"))
                    continue
                }
                // It is done, and the connection dies before a byte of the answer.
                deeds.increment()
                return
            }
        }
        let client = client()
        _ = try await client.send(HTTPRequest(.get, server.url))
        #expect(await failure(of: HTTPRequest(.post, "\(server.url)/deed", body: [1]), by: client) != nil)
        #expect(deeds.value == 1)
    }

    @Test func `leaves the client fit for the next one`() async throws {
        let server = try LoopbackServer { connection in
            guard let request = connection.request(), request.line.contains("/good") else { return }
            connection.write(ok("x"))
        }
        let client = client()
        for _ in 1...3 {
            #expect(await failure(of: HTTPRequest(.post, server.url, body: [1]), by: client) != nil)
            #expect(try await client.send(HTTPRequest(.get, "\(server.url)/good")).text == "x")
        }
    }
}

@Suite struct `A response that is too large` {
    static let limit = 100_000

    @Test func `is refused by its announced length`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(Self.limit + 1)\r\n\r\n")
            connection.waitForEnd()
        }
        #expect(await failure(of: server) == .tooLarge(limit: Self.limit))
    }

    @Test func `is cut at the limit when it has no length`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "1000\r\n" + String(repeating: "x", count: 0x1000) + "\r\n"
            while connection.write(chunk) {}
        }
        #expect(await failure(of: server) == .tooLarge(limit: Self.limit))
    }

    @Test func `is counted after it is unpacked`() async throws {
        let server = try LoopbackServer.sending(packed: Self.packedZeros)
        #expect(await failure(of: server) == .tooLarge(limit: Self.limit))
        let client = client { $0.maxResponseBytes = 200_000 }
        #expect(try await client.send(HTTPRequest(.get, server.url)).body == [UInt8](repeating: 0, count: 200_000))
    }

    @Test func `does not occur when it just fits`() async throws {
        let server = try LoopbackServer.answering { _ in ok(String(repeating: "x", count: Self.limit)) }
        let client = client { $0.maxResponseBytes = Self.limit }
        #expect(try await client.send(HTTPRequest(.get, server.url)).body.count == Self.limit)
    }

    private func failure(of server: LoopbackServer) async -> HTTPFailure? {
        await CurlHTTPTests.failure(of: HTTPRequest(.get, server.url), by: client { $0.maxResponseBytes = Self.limit })
    }

    /// 200,000 zeros in 229 bytes of gzip: a head, a run of equal bytes, a tail.
    static let packedZeros: [UInt8] =
        [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xED, 0xC1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xC2,
            0xA0, 0xF5, 0x4F, 0x6D, 0x06, 0x7F, 0xA0,
        ]
        + [UInt8](repeating: 0, count: 193)
        + [0x80, 0xD7, 0x00, 0x7B, 0x58, 0xE0, 0x5C, 0x40, 0x0D, 0x03, 0x00]
}

@Suite struct `A cancelled request` {
    @Test func `ends at once and closes its connection`() async throws {
        let (steps, step) = AsyncStream.makeStream(of: String.self)
        let server = try LoopbackServer { connection in
            _ = connection.request()
            step.yield("asked")
            connection.waitForEnd()
            step.yield("left")
        }
        let client = client()
        let task = Task { try await client.send(HTTPRequest(.get, server.url)) }
        var seen = steps.makeAsyncIterator()
        #expect(await seen.next() == "asked")
        task.cancel()
        await #expect(throws: HTTPFailure.cancelled) { try await task.value }
        #expect(await seen.next() == "left")
    }

    @Test func `never begins when its task was cancelled before`() async throws {
        let server = try LoopbackServer.answering { _ in ok("x") }
        let client = client()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(HTTPRequest(.get, server.url))
        }
        await #expect(throws: HTTPFailure.cancelled) { try await task.value }
        #expect(server.connectionCount == 0)
    }

    @Test func `does not disturb the others`() async throws {
        let server = try LoopbackServer { connection in
            while let request = connection.request() {
                guard request.line.contains("/good") else { return connection.waitForEnd() }
                connection.write(ok("x"))
            }
        }
        let client = client()
        await withTaskGroup(of: Void.self) { group in
            for number in 1...100 {
                group.addTask {
                    let isGood = number.isMultiple(of: 2)
                    let url = "\(server.url)/\(isGood ? "good" : "silent")"
                    let task = Task { try await client.send(HTTPRequest(.get, url)).text }
                    if !isGood { task.cancel() }
                    let outcome = await task.result
                    #expect((try? outcome.get()) == (isGood ? "x" : nil))
                }
            }
        }
    }
}

@Suite struct `What libcurl says` {
    @Test(arguments: [
        ("plain words", "plain words"),
        ("Unsupported proxy scheme for 'foo://me:pw@proxy:80'", "Unsupported proxy scheme for 'foo://••••@proxy:80'"),
        ("cannot use me:p@w@proxy:80 now", "cannot use ••••@proxy:80 now"),
        ("http://me:a/b@proxy", "http://••••@proxy"),
    ])
    func `is repeated without credentials`(text: String, kept: String) {
        #expect(CurlFailure.withoutCredentials(text) == kept)
    }

    @Test(
        arguments: [
            ("C = DE, O = Acme, CN = Acme Root", "Acme Root"), ("CN=Acme Root,O=Acme", "Acme Root"),
            ("O = Acme", "Acme"),
            ("OU = x", "OU = x"), ("", nil), ("CN = ", "CN = "),
        ] as [(String, String?)]
    )
    func `of an issuer becomes a short name`(text: String, name: String?) {
        #expect(DistinguishedName.shortest(text) == name)
    }

    @Test func `in header lines becomes fields of the last block`() {
        var head = ResponseHead()
        let lines = [
            "HTTP/1.1 100 Continue", "A: early", "", "HTTP/2 200", "B:  two words \t", "no colon", "c: 1", " and more",
            "D:", "b: again", "Ä: ö", "", "Trailer: late",
        ]
        for line in lines { Array("\(line)\r\n".utf8).withUnsafeBytes { head.append($0) } }
        let fields = head.fields.all.map { "\($0.name)=\($0.value)" }
        #expect(fields == ["B=two words", "c=1 and more", "D=", "b=again", "Ä=ö"])
    }
}

/// How `request` fails, or nil when it does not.
func failure(of request: HTTPRequest, by client: CurlClient) async -> HTTPFailure? {
    do throws(HTTPFailure) {
        _ = try await client.send(request)
        return nil
    } catch {
        return error
    }
}
