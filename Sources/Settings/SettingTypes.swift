package import Logging
import Text

/// How the people behind the requests are known.
package enum AuthMode: String, CaseIterable, SettingValue {
    case local, remote
    case remoteCredentials = "remote_credentials"
    case remoteLogin = "remote_login"
}

/// The interface that an OvalEdge has, or that it is to be found out.
package enum GenerationChoice: String, CaseIterable, SettingValue {
    case auto, consolidated, transition, classic

    /// Nil when it is to be found out.
    package var fixed: String? { self == .auto ? nil : rawValue }
}

/// The address of a proxy, which may hold a name and a password.
package struct ProxyAddress: Hashable, SettingValue {
    package static let expectation = "the address of a proxy, such as http://proxy.example.com:8080"
    /// A wrong one may hold a password.
    package static let isRepeatable = false

    /// With everything in it.
    package let address: Secret
    /// Without name and password.
    package let shown: String
    /// The name and password as they were written, `name:password`.
    package let credentials: Secret?

    /// What must not be seen of it, alone and as part of the whole; who the proxy is may be seen.
    package var secrets: [Secret] { credentials.map { [beforeHost, $0] + passwords(in: $0) } ?? [] }

    private var beforeHost: Secret {
        let text = address.revealed
        return Secret(String(text.prefix(through: text.lastIndex(of: "@") ?? text.startIndex)))
    }

    /// As it is written here, and as it travels.
    private func passwords(in credentials: Secret) -> [Secret] {
        let text = credentials.revealed
        guard let colon = text.firstIndex(of: ":") else { return [] }
        let password = String(text[text.index(after: colon)...])
        let decoded = PercentEncoding.decoded(password) ?? password
        return (decoded == password ? [password] : [password, decoded]).map { Secret($0) }
    }

    private static let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

    /// Whether the proxy runs on this machine.
    package let isLoopback: Bool

    package init?(setting text: String) {
        guard text.isPrintable else { return nil }
        var scheme = ""
        var rest = text[...]
        if let mark = text.range(ofFirst: "://") {
            scheme = text[..<mark.upperBound].lowercased()
            guard Self.schemes.contains(String(scheme.dropLast(3))) else { return nil }
            rest = text[mark.upperBound...]
        }
        let sign = rest.lastIndex(of: "@")
        credentials = sign.map { Secret(String(rest[..<$0])) }
        let host = sign.map { rest[rest.index(after: $0)...] } ?? rest
        guard let place = HostAndPort(host.prefix { $0 != "/" }) else { return nil }
        // A single word alone is a password rather than a host, and would be reported as one.
        let isWord = scheme.isEmpty && credentials == nil && place.port == nil && !place.name.contains(".")
        guard !isWord || place.isLoopback else { return nil }
        isLoopback = place.isLoopback
        address = Secret(text)
        shown = scheme + (credentials == nil ? "" : "••••@") + host
    }
}

/// The name of a time zone as the IANA database writes it, such as `Europe/Berlin`, or `UTC`.
///
/// Only the form is checked here; `Settings.read` asks this machine whether there is such a zone.
package struct TimeZoneName: Hashable, SettingValue {
    package static let expectation = "the name of a time zone, such as Europe/Berlin or UTC"

    package let text: String

    package init?(setting text: String) {
        if ["UTC", "GMT"].contains(text.uppercased()) {
            self.text = text.uppercased()
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts.allSatisfy(Self.isPart) else { return nil }
        self.text = text
    }

    private static func isPart(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
        return part.unicodeScalars.allSatisfy { $0.isWordCharacter || $0 == "-" || $0 == "+" }
    }

    package var shown: String { text }
}

/// One word that may be in an HTTP header field (RFC 9110 §5.6.2): a field's name, or an authorization scheme.
package struct HeaderToken: Hashable, SettingValue {
    package static let expectation = "one word of letters, digits and dashes"

    package static let jwt = HeaderToken("jwt")
    static let authorization = HeaderToken("Authorization")
    static let accessToken = HeaderToken("X-Auth-Request-Access-Token")
    static let session = HeaderToken("x-inxm-mcp-session")

    package let text: String

    private init(_ text: String) { self.text = text }

    package init?(setting text: String) {
        guard Self.isToken(text) else { return nil }
        self.text = text
    }

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { $0.isWordCharacter || "!#$%&'*+-.^`|~".unicodeScalars.contains($0) }
    }

    package var shown: String { text }
}

extension Unicode.Scalar {
    /// An ASCII letter, digit or underscore.
    fileprivate var isWordCharacter: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}

extension StringProtocol {
    /// Without blanks and control characters.
    var isPrintable: Bool { unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F } }
}
