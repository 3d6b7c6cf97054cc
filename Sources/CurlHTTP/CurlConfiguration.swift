/// How requests leave this machine: limits, trust, proxies.
package struct CurlConfiguration: Sendable {
    /// For one request, from the look-up of the name to the last byte.
    package var timeout: Duration
    /// Of the body, decompressed.
    package var maxResponseBytes: Int
    /// Of the bodies of all requests under way, decompressed; the one that would go beyond it fails.
    package var maxBytesAtOnce = 64 << 20
    /// For the look-up of the name, the connection, and TLS, and for the wait until a connection is free; nil where the
    /// limit of the whole request is enough.
    package var connectTimeout: Duration?
    /// How many connections are open at a time, and how many of them are kept when nothing uses them.
    package var maxConnections: Int?
    package var maxIdleConnections = 32
    /// How long a connection is kept that nothing uses: less than the other side's own limit, so that the two do not meet.
    package var idleLimit: Duration?
    /// False takes whatever certificate the other side has; for tests of one's own, never for a service.
    package var verifiesTLS = true
    /// Sent unless the request has a `User-Agent` of its own.
    package var userAgent: String
    /// A PEM file with certificates to trust in addition to the system's.
    package var caBundle: String?
    /// A PEM file with certificates to trust instead of the system's.
    package var systemCertificates: String?
    /// `http://user:password@proxy.example:3128`; empty means no proxy at all.
    ///
    /// Nil leaves it to libcurl, which reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` from the
    /// environment (each but `http_proxy` in capitals too).
    package var proxy: String?
    /// Hosts that are called without the proxy, with commas between them; nil leaves it to `no_proxy`.
    package var noProxy: String?
    /// A PEM file with our client certificate, for servers that ask.
    package var clientCertificate: String?
    /// The key of ``clientCertificate``, when it is not in the same file; without a pass phrase.
    package var clientKey: String?
    /// Where the system keeps certificates under hashed names, if it does.
    var certificateDirectory = "/etc/ssl/certs"
    /// What a test lets libcurl report.
    var faults = CurlFaults()

    package init(
        timeout: Duration = .seconds(30),
        maxResponseBytes: Int = 16 << 20,
        userAgent: String = "oe-mcp",
        caBundle: String? = nil,
        systemCertificates: String? = nil,
        proxy: String? = nil,
        noProxy: String? = nil,
        clientCertificate: String? = nil,
        clientKey: String? = nil
    ) {
        self.timeout = timeout
        self.maxResponseBytes = maxResponseBytes
        self.userAgent = userAgent
        self.caBundle = caBundle
        self.systemCertificates = systemCertificates
        self.proxy = proxy
        self.noProxy = noProxy
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
    }
}
