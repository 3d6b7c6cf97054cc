/// An absolute `http` or `https` URL without slashes at its end.
package struct WebAddress: Hashable, SettingValue {
    package static let expectation = "an address that begins with https:// or http://"
    /// A wrong one may hold a password.
    package static let isRepeatable = false

    package let text: String
    /// The one written, or the scheme's own.
    package let port: Int
    package let isEncrypted: Bool
    /// Whether it is on this machine.
    package let isLoopback: Bool

    package init?(setting text: String) {
        guard let parts = Parts(text), Self.fault(in: text) == nil else { return nil }
        guard let place = HostAndPort(parts.authority), !parts.rest.contains("\\") else { return nil }
        isEncrypted = parts.scheme == "https://"
        port = place.port ?? (isEncrypted ? 443 : 80)
        isLoopback = place.isLoopback
        var end = parts.rest
        while end.hasSuffix("/") { end.removeLast() }
        self.text = parts.scheme + end
    }

    package static func fault(in text: String) -> String? {
        guard let parts = Parts(text) else { return nil }
        // A name and a password in an address would be shown wherever the address is.
        if parts.authority.contains("@") { return "not have a user name or a password in it" }
        if !parts.rest.isPrintable { return "not have a blank in it" }
        if let sign = parts.rest.first(where: { $0 == "?" || $0 == "#" }) { return "end before the `\(sign)`" }
        if !parts.authority.isEmpty, HostAndPort(parts.authority) == nil {
            return "name a host, and a port up to 65535 if any"
        }
        return nil
    }

    package var shown: String { text }

    /// Whether anything stands behind host and port.
    var hasPath: Bool { Parts(text).map { $0.rest.contains("/") } ?? false }

    private struct Parts {
        let scheme: String
        /// Behind the scheme.
        let rest: Substring
        /// Up to the path.
        let authority: Substring

        init?(_ text: String) {
            guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
                return nil
            }
            self.scheme = scheme
            rest = text.dropFirst(scheme.count)
            authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        }
    }
}

/// A host with or without a port, as addresses write them: `proxy.example.com:8080`, `[::1]`.
struct HostAndPort {
    /// Without brackets.
    let name: Substring
    let port: Int?

    init?(_ text: Substring) {
        let rest: Substring
        if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            name = text[..<close].dropFirst()
            rest = text[close...].dropFirst()
            guard name.contains(":"), name.allSatisfy({ $0.isHexDigit || ":.%".contains($0) }) else { return nil }
        } else {
            name = text.prefix { $0 != ":" }
            rest = text[name.endIndex...]
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || ".-_~%".contains($0) }) else {
                return nil
            }
        }
        if rest.isEmpty {
            port = nil
            return
        }
        guard rest.count <= 6, let number = Int(rest.dropFirst()), rest.first == ":", (1...65_535).contains(number),
            rest.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        port = number
    }

    /// Whether it means this machine whatever a name server says.
    ///
    /// Only the usual spellings count; `127.1` and `0x7f.1` do not, and neither does a name that ends in `localhost`.
    var isLoopback: Bool {
        if ["localhost", "::1", "0:0:0:0:0:0:0:1"].contains(name.lowercased()) { return true }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127"
            && numbers.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } && UInt8($0) != nil }
    }
}
