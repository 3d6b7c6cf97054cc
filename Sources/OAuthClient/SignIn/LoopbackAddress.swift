/// Where a browser returns to on this machine (RFC 8252 §7.3).
package struct LoopbackAddress: Hashable, Sendable {
    /// Servers disagree on which of the two they take.
    package enum Host: String, Hashable, Sendable, CaseIterable {
        case numbers = "127.0.0.1"
        case name = "localhost"
    }

    package static let path = "/oauth/callback"
    /// What a client that was agreed on before returns to, unless another port was agreed on.
    package static let usualPort = 33_419

    package var host: Host
    package var port: Int

    package init(host: Host = .numbers, port: Int = usualPort) {
        self.host = host
        self.port = port
    }

    package var text: String { "http://\(host.rawValue):\(port)\(Self.path)" }
}
