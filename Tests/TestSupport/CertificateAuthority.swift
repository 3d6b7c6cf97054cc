#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A certificate authority of one test, made by the `openssl` command in a directory of its own.
///
/// It signs one server, for `localhost`, and one client.
package final class CertificateAuthority: Sendable {
    package static let isPossible = Process.path(of: "openssl") != nil

    package let directory: String

    /// `name` is the common name of the authority.
    package init(named name: String) async throws {
        var template = Array("/tmp/oe-mcp-tls.XXXXXX".utf8CString)
        directory = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
        guard try await Process("/bin/sh", ["-euc", Self.script, "sh", directory, name]).status() == 0 else {
            throw ProcessError()
        }
    }

    deinit { onThread { [directory] in _ = try? Process("/bin/rm", ["-rf", directory]).wait() } }

    package var caBundle: String { "\(directory)/ca.pem" }
    package var clientCertificate: String { "\(directory)/client.pem" }
    package var clientKey: String { "\(directory)/client.key" }

    /// A server that shows a status page to all it lets in.
    package func server(_ options: String...) async throws -> TLSServer {
        let files = ["-cert", "\(directory)/server.pem", "-key", "\(directory)/server.key", "-CAfile", caBundle]
        return try await TLSServer(["s_server", "-www", "-accept", "127.0.0.1:0"] + files + options)
    }

    private static let script = """
        cd "$1"
        exec 2>log
        printf 'subjectAltName=DNS:localhost\\n' > extensions
        for name in ca server client; do
            openssl ecparam -name prime256v1 -genkey -noout -out $name.key
        done
        openssl req -x509 -new -key ca.key -days 2 -subj "/O=Example/CN=$2" -out ca.pem
        for name in server client; do
            openssl req -new -key $name.key -subj "/O=Example/CN=$name" -out $name.csr
            openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \\
                -extfile extensions -out $name.pem
        done
        """
}

/// `openssl s_server` on a port of the kernel's choice; ends with its last reference.
package final class TLSServer: Sendable {
    package let port: UInt16
    private let process: Process

    package init(_ arguments: [String]) async throws {
        process = try Process(Process.path(of: "openssl") ?? "openssl", arguments)
        // It says `ACCEPT 127.0.0.1:41234` once it listens.
        guard let line = await process.line(startingWith: "ACCEPT"), let port = line.split(separator: ":").last,
            let number = UInt16(port)
        else { throw ProcessError() }
        self.port = number
    }

    deinit { process.kill() }
}

package struct ProcessError: Error {
    package init() {}
}
