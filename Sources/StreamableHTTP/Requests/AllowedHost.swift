import HTTP

/// A name under which a server answers, with a port or for any.
package struct AllowedHost: Hashable, Sendable {
    package let name: String
    package let port: Int?

    /// `mcp.example.com`, `mcp.example.com:8443` or `[::1]`; nil for anything else.
    package init?(_ text: String) {
        guard !text.isEmpty, !text.utf8.contains(where: { "/?#@\\ *".utf8.contains($0) }),
            let url = URLText("http://\(text)/"), url.path == "/"
        else { return nil }
        name = url.host.lowercased()
        let hasPort = text.utf8.last != UInt8(ascii: "]") && text.split(separator: "]").last?.contains(":") == true
        port = hasPort ? url.port : nil
    }

    /// `other` is what a request names; without a port it is at the port of its scheme.
    func matches(_ other: AllowedHost) -> Bool {
        guard name == other.name, let port else { return name == other.name }
        return other.port.map { $0 == port } ?? (port == 80 || port == 443)
    }

    static let loopback = ["localhost", "127.0.0.1", "[::1]"].compactMap { AllowedHost($0) }
}

/// A web origin whose pages may use a server.
package enum AllowedOrigin: Hashable, Sendable {
    case any
    /// In lower case, with its port where that is not the scheme's own (RFC 6454 §6.1).
    case origin(String)
    /// All origins of a scheme that is no web scheme, such as `vscode-webview`.
    case scheme(String)

    /// `*`, `https://app.example.com:8443` or `vscode-webview:`; nil for anything else.
    package init?(_ text: String) {
        if text == "*" {
            self = .any
        } else if let origin = Self.normalized(text) {
            self = .origin(origin)
        } else if text.hasSuffix(":"), text.dropLast().utf8.allSatisfy({ Self.isSchemeByte($0) }), text.count > 1,
            !["http:", "https:"].contains(text.lowercased())
        {
            self = .scheme(text.dropLast().lowercased())
        } else {
            return nil
        }
    }

    func matches(_ origin: String) -> Bool {
        switch self {
        case .any: origin != "null"
        case .origin(let allowed): Self.normalized(origin) == allowed
        case .scheme(let scheme): origin.lowercased().hasPrefix("\(scheme)://")
        }
    }

    /// `http://localhost:5173` and the like.
    static func isLoopback(_ origin: String) -> Bool {
        guard normalized(origin) != nil, let url = URLText(origin) else { return false }
        return AllowedHost.loopback.contains { $0.name == url.host.lowercased() }
    }

    /// Scheme, host and port of what is an origin and nothing else.
    private static func normalized(_ text: String) -> String? {
        guard let url = URLText(text), url.query == nil, !text.utf8.contains(UInt8(ascii: "#")) else { return nil }
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        let isPlain = url.port == (url.scheme == "https" ? 443 : 80)
        let origin = "\(url.scheme)://\(host)".lowercased()
        // What a page's origin never has: a path, be it only a slash.
        guard text.lowercased() == origin || text.lowercased() == "\(origin):\(url.port)" else { return nil }
        return isPlain ? origin : "\(origin):\(url.port)"
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
