import HTTP
import TestSupport
import Testing

@testable import CurlHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.enabled(if: CertificateAuthority.isPossible, "the command openssl is not installed"))
struct `A TLS server` {
    @Test func `of an unknown authority is not trusted, and the authority is named`() async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let server = try await authority.server()
        let failure = await failure(of: server.get(), by: client())
        guard case .notTrusted(let host, let issuer, let detail, .authority) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(host == "localhost")
        #expect(issuer == "Private Test Root")
        #expect(detail.contains("certificate"))
    }

    /// With the system's hashed directory, and as if it were missing.
    @Test(arguments: ["/etc/ssl/certs", "/nonexistent"])
    func `of an authority in the bundle is trusted`(directory: String) async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let server = try await authority.server()
        let client = client {
            $0.caBundle = authority.caBundle
            $0.certificateDirectory = directory
        }
        let response = try await client.send(server.get())
        #expect(response.status == 200)
        #expect(response.text.contains("s_server"))
    }

    @Test(arguments: ["/etc/ssl/certs", "/nonexistent"])
    func `of another authority than the bundle's is not trusted`(directory: String) async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let other = try await CertificateAuthority(named: "Another Root")
        let server = try await authority.server()
        let client = client {
            $0.caBundle = other.caBundle
            $0.certificateDirectory = directory
        }
        guard case .notTrusted(_, "Private Test Root", _, .authority) = await failure(of: server.get(), by: client)
        else {
            Issue.record("trusted, or another failure")
            return
        }
    }

    /// Alone, and with the bundle.
    @Test func `of an authority in the file that replaces the system's is trusted`() async throws {
        let (authority, other) = try await (CertificateAuthority(named: "A"), CertificateAuthority(named: "B"))
        let (first, second) = try await (authority.server(), other.server())
        let alone = client { $0.systemCertificates = authority.caBundle }
        #expect(try await alone.send(first.get()).status == 200)
        guard case .notTrusted(_, "B", _, .authority) = await failure(of: second.get(), by: alone) else {
            Issue.record("trusted, or another failure")
            return
        }
        let both = client {
            $0.systemCertificates = authority.caBundle
            $0.caBundle = other.caBundle
        }
        #expect(try await both.send(first.get()).status == 200)
        #expect(try await both.send(second.get()).status == 200)
    }

    @Test func `under another name than its certificate's is not trusted`() async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let server = try await authority.server()
        let client = client { $0.caBundle = authority.caBundle }
        let failure = await failure(of: server.get(host: "127.0.0.1"), by: client)
        guard case .notTrusted("127.0.0.1", "Private Test Root", let detail, .name) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(detail.contains("127.0.0.1"))
    }

    @Test func `that asks who we are is shown the client's certificate`() async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let server = try await authority.server("-Verify", "1", "-verify_return_error")
        let client = client {
            $0.caBundle = authority.caBundle
            $0.clientCertificate = authority.clientCertificate
            $0.clientKey = authority.clientKey
        }
        #expect(try await client.send(server.get()).status == 200)
    }

    @Test func `that asks who we are lets no one in without a certificate`() async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let server = try await authority.server("-Verify", "1", "-verify_return_error")
        let client = client { $0.caBundle = authority.caBundle }
        guard case .notTrusted("localhost", nil, _, .client) = await failure(of: server.get(), by: client) else {
            Issue.record("let in, or another failure")
            return
        }
    }

    @Test func `is called with a certificate and a key that belong together`() async throws {
        let (authority, other) = try await (CertificateAuthority(named: "A"), CertificateAuthority(named: "B"))
        let server = try await authority.server("-Verify", "1", "-verify_return_error")
        let client = client {
            $0.caBundle = authority.caBundle
            $0.clientCertificate = authority.clientCertificate
            $0.clientKey = other.clientKey
        }
        guard case .fileNotUsable(.clientKey, other.clientKey, let detail) = await failure(of: server.get(), by: client)
        else {
            Issue.record("let in, or another failure")
            return
        }
        #expect(detail.contains("key"))
    }

    @Test func `that speaks no TLS at all is not trusted`() async throws {
        let server = try LoopbackServer { connection in
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForEnd()
        }
        let failure = await failure(of: HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"), by: client())
        guard case .notTrusted("127.0.0.1", nil, _, .handshake) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }
}

extension TLSServer {
    fileprivate func get(host: String = "localhost") -> HTTPRequest { HTTPRequest(.get, "https://\(host):\(port)/") }
}

@Suite struct `A page of what is in front of the server` {
    @Test(arguments: [
        ("<title>400 No required SSL certificate was sent</title>", TLSFailureReason.client),
        ("<h1>400 Bad Request</h1>The SSL certificate error", .client),
        ("<title>400 The plain HTTP request was sent to HTTPS port</title>", .handshake),
        ("You're speaking plain HTTP to an SSL-enabled server port.<br />", .handshake),
    ])
    func `says why there is no secure connection`(page: String, reason: TLSFailureReason) async throws {
        let server = try LoopbackServer.answering { _ in Self.page(400, page) }
        guard case .notTrusted("127.0.0.1", nil, let detail, reason) = await failure(of: server.get(), by: client())
        else {
            Issue.record("answered, or another failure")
            return
        }
        #expect(page.contains(detail.dropFirst("it answered: ".count)))
    }

    @Test(arguments: [
        (400, "<title>400 Bad Request</title>"), (200, "<p>No required SSL certificate was sent</p>"),
    ])
    func `is an answer like any other when it is not about that`(status: Int, page: String) async throws {
        let server = try LoopbackServer.answering { _ in Self.page(status, page) }
        #expect(try await client().send(server.get()).text == page)
    }

    private static func page(_ status: Int, _ text: String) -> String {
        "HTTP/1.1 \(status) X\r\nContent-Type: text/html\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }
}

extension LoopbackServer {
    fileprivate func get() -> HTTPRequest { HTTPRequest(.get, url) }
}

@Suite struct `A directory of certificates` {
    @Test(arguments: [
        ("0a1b2c3d.0", true), ("0a1b2c3d.1", false), ("0A1B2C3D.0", false), ("0a1b2c3d0.0", false), ("a.0", false),
        ("readme.txt.0", false), ("ca-certificates.crt", false),
    ])
    func `is hashed when a name says so`(name: String, isHashed: Bool) throws {
        var template = Array("/tmp/oe-mcp-certificates.XXXXXX".utf8CString)
        let path = try template.withUnsafeMutableBufferPointer { buffer in
            try #require(buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) })
        }
        defer { rmdir(path) }
        #expect(mkdir("\(path)/\(name)", 0o700) == 0)
        defer { rmdir("\(path)/\(name)") }
        #expect(TrustedCertificates.isHashed(path) == isHashed)
    }

    @Test func `that does not exist is not hashed`() {
        #expect(!TrustedCertificates.isHashed("/nonexistent"))
    }
}
