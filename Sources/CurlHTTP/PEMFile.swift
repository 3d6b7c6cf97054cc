import HTTP
import Text

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file of certificates or keys in PEM form, read before libcurl reads it, which reports only an error's number.
enum PEMFile {
    static func certificates(_ path: String, for file: TrustFile) throws(HTTPFailure) -> [UInt8] {
        let bytes = try contents(path, for: file)
        guard
            bytes.contains(text: "-----BEGIN CERTIFICATE-----")
                || bytes.contains(text: "-----BEGIN TRUSTED CERTIFICATE-----")
        else { throw .fileNotUsable(file, path: path, detail: "it holds no certificate in PEM form") }
        return bytes
    }

    /// Whether there are a certificate and a key that libcurl can read without asking for a pass phrase.
    static func checkClient(certificate: String, key: String?) throws(HTTPFailure) {
        let bytes = try certificates(certificate, for: .clientCertificate)
        guard let key else {
            guard bytes.contains(text: "PRIVATE KEY-----") else {
                let detail = "it holds no key, and no file with one is named"
                throw .fileNotUsable(.clientCertificate, path: certificate, detail: detail)
            }
            return try checkKey(bytes, certificate, for: .clientCertificate)
        }
        try checkKey(contents(key, for: .clientKey), key, for: .clientKey)
    }

    private static func checkKey(_ bytes: [UInt8], _ path: String, for file: TrustFile) throws(HTTPFailure) {
        guard bytes.contains(text: "PRIVATE KEY-----") else {
            throw .fileNotUsable(file, path: path, detail: "it holds no key in PEM form")
        }
        guard !bytes.contains(text: "ENCRYPTED") else {
            throw .fileNotUsable(file, path: path, detail: "the key has a pass phrase; write it without one")
        }
    }

    private static func contents(_ path: String, for file: TrustFile) throws(HTTPFailure) -> [UInt8] {
        guard let bytes = contents(path) else {
            throw .fileNotUsable(file, path: path, detail: String(cString: strerror(errno)))
        }
        return bytes
    }

    /// Some devices never end.
    private static let largest = 16 << 20

    /// Nil, with the reason in `errno`, when the file cannot be read.
    static func contents(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer {
            let reason = errno
            close(file)
            errno = reason
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= largest else {
                errno = EFBIG
                return nil
            }
        }
    }
}

extension [UInt8] {
    fileprivate func contains(text: String) -> Bool { String(decoding: self, as: UTF8.self).holds(text) }
}
