import CurlHTTP
import HTTP
import HTTPServer
import Logging
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.timeLimit(.minutes(5))) struct `A listening server` {
    private static let service = TestService {
        $0.reply(ok("\($0.head.isSecure ? "secret" : "open") \($0.head.local)"))
    }

    private func server(_ configuration: HTTPServerConfiguration) throws -> HTTPServer {
        try HTTPServer(configuration, log: .none, service: Self.service)
    }

    /// A socket as systemd hands one over.
    private func listeningSocket() throws -> (descriptor: Int32, port: Int) {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(isListening)
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    @Test func `takes the socket that it is handed, and those who have connected already`() async throws {
        let (descriptor, port) = try listeningSocket()
        let early = try Wire(port: port)
        early.write(get)
        let server = try server(HTTPServerConfiguration(listeningDescriptor: descriptor))
        #expect(server.port == port)
        #expect(server.address == "127.0.0.1")
        #expect(await early.read { $0.hasSuffix("open 127.0.0.1") }.hasPrefix("HTTP/1.1 200"))
        server.stop()
        #expect(throws: WireError.self) { try Wire(port: port) }
    }

    @Test func `refuses a descriptor that does not listen`() throws {
        let error = #expect(throws: HTTPServerError.self) {
            try server(HTTPServerConfiguration(listeningDescriptor: 0))
        }
        #expect(error?.description.contains("no socket that listens") == true)
    }

    @Test func `listens on all addresses of both kinds at once`() async throws {
        let server: HTTPServer
        do { server = try self.server(HTTPServerConfiguration(address: "::")) } catch {
            // A machine without IPv6.
            return
        }
        #expect(server.address == "::")
        let wire = try Wire(port: server.port)
        wire.write(get)
        #expect(await wire.read { $0.hasSuffix("open 127.0.0.1") }.hasPrefix("HTTP/1.1 200"))
    }

    @Test func `holds a thousand connections`() async throws {
        var configuration = HTTPServerConfiguration()
        // On a busy machine it takes its time until all have been served.
        configuration.limits.head = .seconds(300)
        configuration.limits.idle = .seconds(300)
        let server = try server(configuration)
        let wires = try (0..<1000).map { _ in try Wire(port: server.port) }
        for wire in wires { wire.write(get) }
        for wire in wires { #expect(await wire.read { $0.hasSuffix("127.0.0.1") }.hasPrefix("HTTP/1.1 200")) }
        #expect(server.openConnections == 1000)
        server.stop()
        #expect(server.openConnections == 0)
    }
}

@Suite(.enabled(if: CertificateAuthority.isPossible, "the command openssl is not installed"), .timeLimit(.minutes(5)))
struct `A server with a certificate` {
    private func identity(_ authority: CertificateAuthority) throws -> TLSIdentity {
        let directory = TemporaryDirectory.contents(of: authority.directory)
        return TLSIdentity(certificates: try directory("server.pem"), key: Secret(try directory("server.key")))
    }

    private func server(_ identity: TLSIdentity) throws -> HTTPServer {
        try HTTPServer(
            HTTPServerConfiguration(tls: identity),
            log: .none,
            service: TestService { exchange in
                if exchange.head.path == "/stream" {
                    let stream = exchange.stream(ok("begun\n"))
                    exchange.whenGone { stream.end() }
                    return
                }
                exchange.readBody(upTo: 100) { _ in exchange.reply(ok("secure: \(exchange.head.isSecure)")) }
            }
        )
    }

    private func client(_ authority: CertificateAuthority) -> CurlClient {
        var configuration = CurlConfiguration(timeout: .seconds(RunningProgram.patience), proxy: "")
        configuration.caBundle = authority.caBundle
        configuration.systemCertificates = authority.caBundle
        return CurlClient(configuration, log: .none)
    }

    private func request(_ server: HTTPServer) -> HTTPRequest {
        HTTPRequest(.post, "https://localhost:\(server.port)/", body: Array("x".utf8))
    }

    @Test func `is trusted by those who know its authority`() async throws {
        let authority = try await CertificateAuthority(named: "Private Test Root")
        let server = try server(identity(authority))
        #expect(try await client(authority).send(request(server)).text == "secure: true")
    }

    @Test func `shows a new one from the next connection on, while streams live on`() async throws {
        let (before, after) = try await (CertificateAuthority(named: "Before"), CertificateAuthority(named: "After"))
        let server = try server(identity(before))
        let streaming = try Process(
            "/bin/sh",
            [
                "-c",
                #"printf 'GET /stream HTTP/1.1\r\nHost: x\r\n\r\n' | openssl s_client -quiet -connect 127.0.0.1:"$1" 2>/dev/null"#,
                "sh", "\(server.port)",
            ]
        )
        defer { streaming.kill() }
        #expect(await streaming.line(startingWith: "begun") != nil)
        #expect(try await client(before).send(request(server)).status == .ok)
        try server.reload(tls: identity(after))
        #expect(try await client(after).send(request(server)).status == .ok)
        await #expect(throws: HTTPFailure.self) { try await client(before).send(request(server)) }
        #expect(server.openConnections >= 1)
        server.stop()
        #expect(await streaming.line(startingWith: "0") != nil)
    }

    @Test func `says what is wrong with it, and keeps the one it has`() async throws {
        let (authority, other) = try await (CertificateAuthority(named: "A"), CertificateAuthority(named: "B"))
        let good = try identity(authority)
        let crossed = TLSIdentity(certificates: good.certificates, key: try identity(other).key)
        for bad in [
            TLSIdentity(certificates: "", key: good.key), TLSIdentity(certificates: "x", key: good.key), crossed,
        ] {
            let error = #expect(throws: HTTPServerError.self) { try self.server(bad) }
            #expect(error?.description.contains("cannot be used") == true)
            #expect(error.map { !$0.description.contains(good.key.revealed) } == true)
        }
        let server = try server(good)
        #expect(throws: HTTPServerError.self) { try server.reload(tls: crossed) }
        #expect(try await client(authority).send(request(server)).status == .ok)
        #expect("\(good)".contains("PRIVATE") == false)
    }
}

extension TemporaryDirectory {
    /// Reads the files of a directory as text.
    fileprivate static func contents(of directory: String) -> (String) throws -> String {
        { name in
            let file = try #require(fopen("\(directory)/\(name)", "r"))
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let count = fread(&bytes, 1, bytes.count, file)
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }
}
