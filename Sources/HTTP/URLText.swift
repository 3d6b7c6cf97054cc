import Encodings

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
        guard let separator = Self.range(of: "://", in: text) else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[separator.upperBound...]
        guard !rest.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest[authority.endIndex...].prefix { $0 != "#" }
        let path = target.prefix { $0 != "?" }
        self.path = path.isEmpty ? "/" : String(path)
        query = path.endIndex == target.endIndex ? nil : String(target[path.endIndex...].dropFirst())
        guard let (host, port) = Self.hostAndPort(authority), !host.isEmpty else { return nil }
        self.host = host
        self.port = port ?? (scheme == "https" ? 443 : 80)
    }

    private static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
        guard !authority.contains("@") else { return nil }
        let host: Substring
        let rest: Substring
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            rest = authority[authority.index(after: close)...]
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority[host.endIndex...]
        }
        if rest.isEmpty { return (String(host), nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65535).contains(port) else { return nil }
        return (String(host), port)
    }

    private static func range(of needle: String, in text: String) -> Range<String.Index>? {
        text.indices.lazy
            .filter { text[$0...].hasPrefix(needle) }
            .first
            .map { $0..<text.index($0, offsetBy: needle.count) }
    }
}

extension URLText {
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
        let base = base.reversed().drop { $0 == "/" }.reversed()
        return String(base) + "/" + path.drop { $0 == "/" }
    }

    private static func formDecoded(_ text: Substring) -> String? {
        PercentEncoding.decoded(String(text.map { $0 == "+" ? " " : $0 }))
    }
}
