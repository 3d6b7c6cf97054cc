import CCurl
import HTTP
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CurlHTTP

@Suite struct `A libcurl that reports a failure` {
    @Test(arguments: [true, false])
    func `of its loop fails what is under way, is logged once, and serves what comes later`(
        isWaiting: Bool
    ) async throws {
        let server = try LoopbackServer.answering { _ in ok("x") }
        let lines = Mutex<[String]>([])
        let failuresLeft = Mutex(3)
        var configuration = CurlConfiguration(proxy: "")
        let fault: @Sendable () -> CURLMcode? = {
            failuresLeft.withLock { left in
                guard left > 0 else { return nil }
                left -= 1
                return CURLM_INTERNAL_ERROR
            }
        }
        if isWaiting { configuration.faults.wait = fault } else { configuration.faults.perform = fault }
        let client = CurlClient(configuration, log: Log(.error) { line in lines.withLock { $0.append(line) } })
        guard case .cutOff(let detail) = await failure(of: HTTPRequest(.get, server.url), by: client) else {
            Issue.record("The request did not fail.")
            return
        }
        #expect(detail.hasPrefix("libcurl could not "))
        var answer: HTTPResponse?
        while answer == nil { answer = try? await client.send(HTTPRequest(.get, server.url)) }
        #expect(answer?.text == "x")
        #expect(lines.withLock { $0.count } == 1)
    }

    @Test func `has none of the system's hidden from it`() {
        let sockets = oe_sockets(set: -1, waker: -1)
        var ready = oe_ready_socket()
        #expect(oe_sockets_wait(sockets, &ready, 0) == -1)
        #expect(!oe_sockets_watch(sockets, 0, CURL_POLL_IN) && oe_sockets_watch(sockets, 0, CURL_POLL_REMOVE))
    }

    @Test func `of its loop for good does not make it spin`() async {
        let calls = Counter()
        let start = ContinuousClock.now
        var configuration = CurlConfiguration(proxy: "")
        configuration.faults.perform = {
            calls.increment()
            return CURLM_BAD_HANDLE
        }
        let client = CurlClient(configuration, log: .none)
        for _ in 1...5 { _ = await failure(of: HTTPRequest(.get, "http://127.0.0.1:9/"), by: client) }
        // At most one call in 50 milliseconds, besides those that the requests cause.
        let most = 10 + 20 * ((ContinuousClock.now - start) / .seconds(1))
        #expect(calls.value >= 5 && Double(calls.value) <= most)
    }

    @Test(
        .enabled(if: CertificateAuthority.isPossible),
        arguments: [
            CURLOPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYHOST, CURLOPT_SSLCERT, CURLOPT_SSLKEY, CURLOPT_PROXY,
            CURLOPT_NOPROXY,
            CURLOPT_CAINFO, CURLOPT_URL, CURLOPT_TIMEOUT_MS, CURLOPT_HTTPHEADER,
        ].map { $0.rawValue }
    )
    func `of an option sends nothing without it`(number: UInt32) async throws {
        let server = try LoopbackServer.answering { _ in ok("x") }
        let authority = try await CertificateAuthority(named: "localhost")
        var configuration = CurlConfiguration(
            systemCertificates: authority.caBundle,
            proxy: "",
            noProxy: "*",
            clientCertificate: authority.clientCertificate,
            clientKey: authority.clientKey
        )
        configuration.faults.setOption = { $0.rawValue == number ? CURLE_UNKNOWN_OPTION : nil }
        let client = CurlClient(configuration, log: .none)
        let failure = await failure(of: HTTPRequest(.get, server.url), by: client)
        guard case .noClient(let detail) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(detail.hasPrefix("libcurl refused the option \(number): "))
        #expect(server.connectionCount == 0)
    }
}

@Suite struct `Answers that are under way together` {
    @Test func `hold no more memory than they may, and give it back`() async throws {
        let server = try LoopbackServer.answering { request in
            ok(String(repeating: "x", count: request.line.contains("long") ? 100_000 : 40_000))
        }
        let client = client { $0.maxBytesAtOnce = 50_000 }
        for _ in 1...5 {
            let failure = await failure(of: HTTPRequest(.get, server.url + "/long"), by: client)
            #expect(failure == .tooMuchAtOnce(limit: 50_000))
            #expect(try await client.send(HTTPRequest(.get, server.url)).body.count == 40_000)
        }
    }
}

@Suite struct `What is said of a connection` {
    @Test func `that cannot be made is not that it was refused`() async {
        // A connection to many at once is impossible, and nothing leaves the machine.
        let failure = await failure(of: HTTPRequest(.get, "http://224.0.0.1:9/"), by: client())
        guard case .notReached(host: "224.0.0.1", let detail) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(!detail.isEmpty)
    }

    @Test func `with an endless header line is not that libcurl is missing`() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nX: ")
            let part = String(repeating: "x", count: 1 << 16)
            for _ in 1...64 { guard connection.write(part) else { break } }
            connection.waitForEnd()
        }
        let failure = await failure(of: HTTPRequest(.get, server.url), by: client())
        #expect(failure == .cutOff(detail: "the header of the answer is too large"))
    }

    @Test(
        arguments: [
            (10, "certificate has expired", "OpenSSL/3.0.2", .time), (9, "x", "LibreSSL/3.3.6", .time),
            (10, "x", "GnuTLS/3.7.3", .authority), (10, "x", "SecureTransport", .authority),
            (0, "server certificate has expired", "GnuTLS/3.7.3", .time),
            (0, "certificate subject name 'a' does not match target host name 'b'", "OpenSSL/3.0.2", .name),
            (0, "no alternative certificate subject name matches target host name 'b'", "GnuTLS/3.7.3", .name),
            (20, "unable to get local issuer certificate", "OpenSSL/3.0.2", .authority),
        ] as [(Int, String, String, TLSFailureReason)]
    )
    func `without trust follows the numbers of OpenSSL, and of others the words`(
        result: Int,
        detail: String,
        library: String,
        reason: TLSFailureReason
    ) {
        #expect(CurlFailure.mistrust(result, detail: detail, library: "libcurl/8.5.0 \(library)") == reason)
    }
}
