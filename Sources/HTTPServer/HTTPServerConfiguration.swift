package import Logging

/// Where a server listens, and how.
package struct HTTPServerConfiguration: Sendable {
    /// In numbers; `::` takes connections to all addresses of both kinds.
    package var address: String
    /// 0 is a free one.
    package var port: Int
    /// A socket that listens already, as systemd hands it over, instead of an address and a port; it becomes the server's.
    package var listeningDescriptor: Int32?
    /// What to prove to clients who one is; without it, connections are not encrypted.
    package var tls: TLSIdentity?
    package var limits: HTTPServerLimits

    package init(
        address: String = "127.0.0.1",
        port: Int = 0,
        listeningDescriptor: Int32? = nil,
        tls: TLSIdentity? = nil,
        limits: HTTPServerLimits = HTTPServerLimits()
    ) {
        self.address = address
        self.port = port
        self.listeningDescriptor = listeningDescriptor
        self.tls = tls
        self.limits = limits
    }
}

/// A certificate with those that vouch for it, and its key, as PEM texts.
package struct TLSIdentity: Hashable, Sendable {
    package let certificates: String
    package let key: Secret

    package init(certificates: String, key: Secret) {
        self.certificates = certificates
        self.key = key
    }
}

/// No server can listen where it should: what happened, and what to do.
package struct HTTPServerError: Error, Hashable, CustomStringConvertible {
    package let description: String
}
