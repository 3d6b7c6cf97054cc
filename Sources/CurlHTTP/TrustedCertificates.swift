import CCurl
import HTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The certificates that are trusted: the system's or those of a file in their place, and those of one more file.
///
/// A directory of hashed links is read by libcurl one certificate at a time, in 2 ms where the whole bundle takes 26.
/// Without one a single file is named alone, because libcurl keeps a parsed file only when no directory is set.
final class TrustedCertificates {
    private enum Source {
        case directory(String, extra: String?)
        case file(String)
        case usual
        /// Two files in one; lives as long as the handles that point at it.
        case bytes(UnsafeMutableRawBufferPointer)
    }

    private let source: Source

    /// Throws when a file that was asked for cannot be read or holds no certificate.
    init(_ configuration: CurlConfiguration) throws(HTTPFailure) {
        let path = configuration.caBundle
        let extra = try path.map { path throws(HTTPFailure) in try PEMFile.certificates(path, for: .caBundle) }
        if let instead = configuration.systemCertificates {
            let system = try PEMFile.certificates(instead, for: .systemCertificates)
            source = extra.map { .bytes(Self.joined(system, $0)) } ?? .file(instead)
        } else if Self.isHashed(configuration.certificateDirectory) {
            source = .directory(configuration.certificateDirectory, extra: path)
        } else if let path, let extra {
            source = Self.defaultBundle().map { .bytes(Self.joined($0, extra)) } ?? .file(path)
        } else {
            source = .usual
        }
    }

    deinit {
        if case .bytes(let bytes) = source { bytes.deallocate() }
    }

    /// For the server and for a proxy that is spoken to over TLS.
    func apply(to handle: CurlHandle) throws(HTTPFailure) {
        try apply(to: handle, CURLOPT_CAPATH, CURLOPT_CAINFO, .bundleBytes)
        try apply(to: handle, CURLOPT_PROXY_CAPATH, CURLOPT_PROXY_CAINFO, .proxyBundleBytes)
    }

    private func apply(
        to handle: CurlHandle,
        _ directoryOption: CURLoption,
        _ fileOption: CURLoption,
        _ bytesOption: CURLoption
    ) throws(HTTPFailure) {
        if case .directory(let directory, let extra) = source {
            try handle.set(directoryOption, directory)
            return try handle.set(fileOption, extra)
        }
        // A TLS library that reads no directories refuses to leave one out.
        oe_easy_set_text(handle.easy, directoryOption, nil)
        switch source {
        case .directory, .usual: break
        case .file(let path): try handle.set(fileOption, path)
        case .bytes(let bytes): try handle.set(bytesOption, bytes)
        }
    }

    private static func joined(_ first: [UInt8], _ second: [UInt8]) -> UnsafeMutableRawBufferPointer {
        let both = first + [UInt8(ascii: "\n")] + second
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: both.count, alignment: 1)
        copy.copyBytes(from: both)
        return copy
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
        return ([builtIn].compactMap { $0 } + usual).lazy.compactMap { PEMFile.contents($0) }.first
    }
}
