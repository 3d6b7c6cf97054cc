import Text

/// An absolute `http` or `https` address taken apart, and the text work that goes with it.
///
/// It does only what a client of one fixed base address needs: no relative references, no fragments.
package struct URLText: Hashable, Sendable {
    /// `http` or `https`.
    package let scheme: String
    /// Without brackets around an IPv6 address.
    package let host: String
    /// The one written, or the scheme's own.
    package let port: Int
    /// Begins with `/`; still percent-encoded.
    package let path: String
    /// What follows `?`, still percent-encoded.
    package let query: String?

    /// Nil when `text` is not an absolute http(s) address, or carries a user name or spaces.
    package init?(_ text: String) {
        // Every request asks: whole numbers are quicker places than those of a text.
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            return nil
        }
        scheme = Self.text(bytes[..<colon]).lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = bytes[(colon + 3)...]
        guard !rest.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) else { return nil }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let target = rest[authority.endIndex...].prefix { $0 != UInt8(ascii: "#") }
        let path = target.prefix { $0 != UInt8(ascii: "?") }
        self.path = path.isEmpty ? "/" : Self.text(path)
        query = path.endIndex == target.endIndex ? nil : Self.text(target[path.endIndex...].dropFirst())
        guard let (host, port) = Self.hostAndPort(authority), !host.isEmpty else { return nil }
        self.host = host
        self.port = port ?? (scheme == "https" ? 443 : 80)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func hostAndPort(_ authority: ArraySlice<UInt8>) -> (String, Int?)? {
        guard !authority.contains(UInt8(ascii: "@")) else { return nil }
        let host: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = authority[..<close].dropFirst()
            rest = authority[close...].dropFirst()
        } else {
            host = authority.prefix { $0 != UInt8(ascii: ":") }
            rest = authority[host.endIndex...]
        }
        if rest.isEmpty { return (text(host), nil) }
        let digits = rest.dropFirst()
        guard rest.first == UInt8(ascii: ":"), digits.allSatisfy({ (48...57).contains($0) }),
            let port = Int(text(digits)), (1...65535).contains(port)
        else { return nil }
        return (text(host), port)
    }
}

extension URLText {
    /// An address as people may see it: without user name, query and fragment, which may hold secrets.
    package static func shown(_ address: String) -> String {
        let bare = address.prefix { $0 != "?" && $0 != "#" }
        guard let slashes = bare.range(ofFirst: "://") else { return bare.contains("@") ? "••••" : String(bare) }
        let authority = bare[slashes.upperBound...].prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(bare) }
        return String(bare[..<slashes.upperBound] + bare[bare.index(after: at)...])
    }

    /// `a=1&b=x%20y`, in the order given; a list is a repeated name.
    package static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(PercentEncoding.encoded($0.name))=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
    }

    /// The pairs of a query, decoded; `+` is a space, as forms write it.
    package static func queryItems(_ query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").compactMap { pair in
            let name = pair.prefix { $0 != "=" }
            let value = pair[name.endIndex...].dropFirst()
            guard let name = formDecoded(name), let value = formDecoded(value) else { return nil }
            return (name, value)
        }
    }

    /// `base` and `path` with exactly one slash between them.
    package static func joined(_ base: String, _ path: String) -> String {
        let slash = UInt8(ascii: "/")
        let end = base.utf8.lastIndex { $0 != slash }.map { base.utf8.index(after: $0) } ?? base.startIndex
        let start = path.utf8.firstIndex { $0 != slash } ?? path.endIndex
        return "\(base[..<end])/\(path[start...])"
    }

    private static func formDecoded(_ text: Substring) -> String? {
        PercentEncoding.decoded(String(text.map { $0 == "+" ? " " : $0 }))
    }
}
