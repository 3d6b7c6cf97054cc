import CCurl

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The certificates that are trusted: the system's, and those of one more file.
///
/// A directory of hashed links is read by libcurl one certificate at a time, in 2 ms where the whole bundle takes 26.
/// Without one the default bundle is named alone, because libcurl keeps a parsed bundle only when no directory is set.
final class TrustedCertificates {
    private enum Source {
        case directory(String)
        case bundle
        /// The default bundle and the extra file in one; lives as long as the handles that point at it.
        case bytes(UnsafeMutableRawBufferPointer)
    }

    private let source: Source
    private let extraBundle: String?

    init(beside extraBundle: String?, in directory: String) {
        self.extraBundle = extraBundle
        if Self.isHashed(directory) {
            source = .directory(directory)
        } else if let extraBundle, let extra = Self.contents(extraBundle), let usual = Self.defaultBundle() {
            let both = usual + [UInt8(ascii: "\n")] + extra
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: both.count, alignment: 1)
            copy.copyBytes(from: both)
            source = .bytes(copy)
        } else {
            source = .bundle
        }
    }

    deinit {
        if case .bytes(let bytes) = source { bytes.deallocate() }
    }

    /// An extra file that cannot be read is named to libcurl all the same, so that the request fails and says so.
    func apply(to easy: UnsafeMutableRawPointer) {
        switch source {
        case .directory(let path):
            oe_easy_set_text(easy, CURLOPT_CAPATH, path)
            oe_easy_set_text(easy, CURLOPT_CAINFO, extraBundle)
        case .bundle:
            oe_easy_set_text(easy, CURLOPT_CAPATH, nil)
            if let extraBundle { oe_easy_set_text(easy, CURLOPT_CAINFO, extraBundle) }
        case .bytes(let bytes):
            oe_easy_set_text(easy, CURLOPT_CAPATH, nil)
            let isTaken = oe_easy_set_blob(easy, .bundleBytes, bytes.baseAddress, bytes.count) == CURLE_OK
            if !isTaken { oe_easy_set_text(easy, CURLOPT_CAINFO, extraBundle) }
        }
    }

    /// Whether there is a name such as `4042bcee.0`, by which OpenSSL finds a certificate without reading the others.
    static func isHashed(_ directory: String) -> Bool {
        guard let stream = opendir(directory) else { return false }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let isLink = withUnsafeBytes(of: &entry.pointee.d_name) { isHashedName($0.prefix { $0 != 0 }) }
            if isLink { return true }
        }
        return false
    }

    private static func isHashedName(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
        let isHexadecimal = name.prefix(8).allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        return name.count == 10 && isHexadecimal
            && name.suffix(2).elementsEqual([UInt8(ascii: "."), UInt8(ascii: "0")])
    }

    private static func defaultBundle() -> [UInt8]? {
        let builtIn = oe_curl_default_bundle().map { String(cString: $0) }
        let usual = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
        return ([builtIn].compactMap { $0 } + usual).lazy.compactMap { contents($0) }.first
    }

    private static func contents(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}
