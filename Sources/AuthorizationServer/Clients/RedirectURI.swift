import Text

/// An address to which a client wants people sent back, without what makes such addresses dangerous (RFC 9700 §4.1).
///
/// It is compared as text: what a comparison would have to repair is not taken in the first place.
package struct RedirectURI: Hashable, Sendable {
    package enum Kind: Sendable {
        /// `https` on some host.
        case web
        /// `http` on this machine (RFC 8252 §7.3).
        case loopback
        /// A scheme of an app's own (RFC 8252 §7.1).
        case app
    }

    package static let longest = 512

    package let text: String
    package let kind: Kind
    package let scheme: String
    /// Without its port; what an app's address has in its place, or nothing.
    package let host: String
    /// Path and query, as they are written.
    let rest: String

    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy(Self.isFit),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let scheme = String(text[..<colon])
        guard Self.isScheme(scheme), !Self.refused.contains(scheme) else { return nil }
        self.text = text
        self.scheme = scheme
        let afterColon = text[colon...].dropFirst()
        guard scheme == "https" || scheme == "http" else {
            guard let authority = Self.appAuthority(afterColon) else { return nil }
            (kind, host, rest) = (.app, authority, String(afterColon))
            return
        }
        guard afterColon.hasPrefix("//") else { return nil }
        let authority = afterColon.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        guard let host = Self.host(of: authority) else { return nil }
        let isLoopback = Self.loopbackHosts.contains(host)
        guard scheme == "https" || isLoopback else { return nil }
        self.host = host
        kind = scheme == "https" ? .web : .loopback
        rest = String(afterColon[authority.endIndex...])
    }

    /// Whether a client that registered `registered` may be sent here: byte for byte the same, but for the port on this
    /// machine (RFC 8252 §7.3).
    package func matches(_ registered: RedirectURI) -> Bool {
        if text == registered.text { return true }
        guard kind == .loopback, registered.kind == .loopback else { return false }
        return host == registered.host && rest == registered.rest
    }

    private static let loopbackHosts: Set<String> = ["127.0.0.1", "[::1]", "localhost"]
    private static let refused: Set<String> = [
        "about", "blob", "cid", "data", "file", "filesystem", "ftp", "ftps", "intent", "jar", "javascript", "mailto",
        "mid",
        "sms", "tel", "urn", "vbscript", "view-source", "ws", "wss",
    ]

    /// What RFC 3986 allows, without fragments and without wildcards.
    private static func isFit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x7E: !"\"#<>\\^`{|}*".utf8.contains(byte)
        default: false
        }
    }

    private static func isScheme(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
        }
    }

    /// Nil for a user name, an escape or an unusable port.
    private static func host(of authority: Substring) -> String? {
        let isBracketed = authority.first == "["
        let host: Substring
        if isBracketed {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[...close]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        let port = authority[host.endIndex...]
        guard port.isEmpty || isPort(port) else { return nil }
        let inner = isBracketed ? host.dropFirst().dropLast() : host
        guard !inner.isEmpty, inner.utf8.allSatisfy({ isHostCharacter($0, isBracketed: isBracketed) }) else {
            return nil
        }
        return String(host)
    }

    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        guard text.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits) else {
            return false
        }
        return (1...65_535).contains(port)
    }

    private static func isHostCharacter(_ byte: UInt8, isBracketed: Bool) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x41...0x5A: true
        case UInt8(ascii: "."): true
        case UInt8(ascii: "-"): !isBracketed
        case UInt8(ascii: ":"): isBracketed
        default: false
        }
    }

    /// Empty without one; nil for a user name or an escape in it.
    private static func appAuthority(_ rest: Substring) -> String? {
        guard rest.hasPrefix("//") else { return rest.isEmpty ? nil : "" }
        let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        return authority.contains("@") || authority.contains("%") ? nil : String(authority)
    }
}
