package import HTTP
import Text

/// Which addresses a server may send a client to: a document of someone else names them, and secrets go there.
package struct AddressRule: Sendable {
    private let base: URLText

    /// `base` is the address that a person has chosen; nil where it cannot be called.
    package init?(_ base: String) {
        guard let base = URLText(base) else { return nil }
        self.base = base
    }

    /// Encrypted ones, and on this machine others where `base` is there, too.
    ///
    /// The numbers of a private network are only taken from a server that is reached by such numbers itself, so that no public one can point into it.
    package func allows(_ address: String) -> Bool {
        guard let url = URLText(address), !address.utf8.contains(UInt8(ascii: "#")) else { return false }
        if url.isLoopbackHost { return base.isLoopbackHost }
        if url.hasPrivateNumbers { return base.hasPrivateNumbers || base.isLoopbackHost }
        return url.scheme == "https" || base.scheme == "http" && url.host == base.host
    }
}

extension URLText {
    /// Scheme, host and port as they are compared and sent: in small letters, without the scheme's own port.
    package var origin: String {
        let name = host.contains(":") ? "[\(host.lowercased())]" : host.lowercased()
        return "\(scheme)://\(name)" + (port == (scheme == "https" ? 443 : 80) ? "" : ":\(port)")
    }

    package var isLoopbackHost: Bool {
        host.lowercased() == "localhost" || host == "::1" || numbers?.first == 127
    }

    /// Numbers that mean another machine in every network (RFC 1918, RFC 3927, RFC 6598, RFC 4193), or this one.
    var hasPrivateNumbers: Bool {
        if host.contains(":") {
            let text = host.lowercased()
            return text == "::" || text.hasPrefix("::ffff:")
                || ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { text.hasPrefix($0) }
        }
        guard let numbers else { return false }
        return switch (numbers[0], numbers[1]) {
        case (0, _), (10, _), (127, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127): true
        default: false
        }
    }

    private var numbers: [Int]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        return parts.count == 4 && parts.allSatisfy { (0...255).contains($0) } ? parts : nil
    }
}

extension String {
    /// Byte for byte: `==` takes texts as equal that only look alike.
    func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
