import HTTP
import TestSupport
import Testing

@testable import CurlHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct `A file of certificates or keys` {
    typealias Change = @Sendable (inout CurlConfiguration, String) -> Void

    static let roles: [(TrustFile, Change)] = [
        (.caBundle, { $0.caBundle = $1 }),
        (.systemCertificates, { $0.systemCertificates = $1 }),
        (.clientCertificate, { $0.clientCertificate = $1 }),
        (
            .clientKey,
            {
                $0.clientCertificate = $1 + ".certificate"
                $0.clientKey = $1
            }
        ),
    ]

    @Test(arguments: roles.indices)
    func `that is missing is named, and nothing is called`(role: Int) async throws {
        let (file, change) = Self.roles[role]
        let folder = try Folder()
        let path = folder.path + "/missing"
        try folder.write(certificate, to: "missing.certificate")
        let client = client { change(&$0, path) }
        let failure = await failure(of: HTTPRequest(.get, "http://127.0.0.1:9/"), by: client)
        #expect(failure == .fileNotUsable(file, path: path, detail: "No such file or directory"))
    }

    @Test(arguments: [
        ("no PEM at all", "it holds no certificate in PEM form"), ("", "it holds no certificate in PEM form"),
        (key, "it holds no certificate in PEM form"),
    ])
    func `must hold what it is for`(text: String, detail: String) async throws {
        let folder = try Folder()
        let path = try folder.write(text, to: "bundle.pem")
        let client = client { $0.caBundle = path }
        let failure = await failure(of: HTTPRequest(.get, "http://127.0.0.1:9/"), by: client)
        #expect(failure == .fileNotUsable(.caBundle, path: path, detail: detail))
    }

    @Test(arguments: [
        (certificate, "it holds no key, and no file with one is named"),
        (certificate + lockedKey, "the key has a pass phrase; write it without one"),
        (certificate + oldLockedKey, "the key has a pass phrase; write it without one"),
    ])
    func `with the client's certificate needs a key that is open`(text: String, detail: String) async throws {
        let folder = try Folder()
        let path = try folder.write(text, to: "client.pem")
        let client = client { $0.clientCertificate = path }
        let failure = await failure(of: HTTPRequest(.get, "http://127.0.0.1:9/"), by: client)
        #expect(failure == .fileNotUsable(.clientCertificate, path: path, detail: detail))
    }

    @Test func `with the key needs one that is open`() async throws {
        let folder = try Folder()
        let (certificate, key) = try (folder.write(certificate, to: "a"), folder.write(lockedKey, to: "b"))
        let client = client {
            $0.clientCertificate = certificate
            $0.clientKey = key
        }
        let failure = await failure(of: HTTPRequest(.get, "http://127.0.0.1:9/"), by: client)
        let detail = "the key has a pass phrase; write it without one"
        #expect(failure == .fileNotUsable(.clientKey, path: key, detail: detail))
    }

    @Test func `may be a device that never ends only by mistake`() async throws {
        let client = client { $0.caBundle = "/dev/zero" }
        let failure = await failure(of: HTTPRequest(.get, "http://127.0.0.1:9/"), by: client)
        #expect(failure == .fileNotUsable(.caBundle, path: "/dev/zero", detail: "File too large"))
    }

    @Test func `may be a folder only by mistake`() async throws {
        let folder = try Folder()
        let client = client { $0.caBundle = folder.path }
        let failure = await failure(of: HTTPRequest(.get, "http://127.0.0.1:9/"), by: client)
        #expect(failure == .fileNotUsable(.caBundle, path: folder.path, detail: "Is a directory"))
    }

    @Test func `is read with the next request when it comes late`() async throws {
        let folder = try Folder()
        let path = folder.path + "/bundle.pem"
        let server = try LoopbackServer.answering { _ in ok("x") }
        let client = client { $0.caBundle = path }
        #expect(await failure(of: HTTPRequest(.get, server.url), by: client) != nil)
        try folder.write(certificate, to: "bundle.pem")
        #expect(try await client.send(HTTPRequest(.get, server.url)).text == "x")
    }
}

private let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
private let key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"
private let lockedKey = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"
private let oldLockedKey =
    "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMAA=\n-----END EC PRIVATE KEY-----\n"

private func writeAll(_ descriptor: Int32, _ bytes: [UInt8], _ count: Int) -> Int { write(descriptor, bytes, count) }

/// A folder of one test, which leaves with it.
private final class Folder {
    let path: String
    private var files: [String] = []

    init() throws {
        var template = Array("/tmp/oe-mcp-files.XXXXXX".utf8CString)
        path = try template.withUnsafeMutableBufferPointer { buffer in
            try #require(buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) })
        }
    }

    deinit {
        for file in files { unlink(file) }
        rmdir(path)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        files.append(file)
        let bytes = Array(text.utf8)
        try #require(writeAll(descriptor, bytes, bytes.count) == bytes.count)
        return file
    }
}
