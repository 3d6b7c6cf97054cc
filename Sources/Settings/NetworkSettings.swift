/// The way through a company's network.
package struct NetworkSettings: Sendable {
    /// Whether the secret may travel unencrypted to another machine.
    package let allowsHTTP: Bool
    package let proxy: ProxyAddress?
    package let httpsProxy: ProxyAddress?
    package let httpProxy: ProxyAddress?
    package let allProxy: ProxyAddress?
    package let noProxy: HostList?
    package let caBundle: String?
    package let sslCertFile: String?
    package let clientCertificate: String?
    package let clientKey: String?

    init(_ reader: inout SettingsReader) {
        reader.section("Network")
        allowsHTTP = reader.read(
            "OVALEDGE_ALLOW_HTTP",
            "Allow an http:// address on another machine; the secret then travels unencrypted.",
            default: false
        )
        proxy = reader.readSecret(
            "OVALEDGE_PROXY",
            "Proxy on the way to OvalEdge; a name and password in it are not shown.",
            example: "http://proxy.example.com:8080"
        )
        httpsProxy = reader.read(
            "HTTPS_PROXY",
            "The usual proxy variable for https addresses, where OVALEDGE_PROXY is not set.",
            example: "http://proxy.example.com:8080"
        )
        httpProxy = reader.read(
            "HTTP_PROXY",
            "The usual proxy variable for http addresses, where OVALEDGE_PROXY is not set.",
            example: "http://proxy.example.com:8080"
        )
        allProxy = reader.read(
            "ALL_PROXY",
            "The usual proxy variable for all addresses, where no other proxy is set.",
            example: "http://proxy.example.com:8080"
        )
        noProxy = reader.read(
            "NO_PROXY",
            "The usual list of hosts that are reached without a proxy, separated by commas.",
            example: "localhost,*.example.com"
        )
        caBundle = reader.read(
            "OVALEDGE_CA_BUNDLE",
            "File (PEM) of certificates to trust in addition to those of the system.",
            example: "/etc/ssl/company.pem"
        )
        sslCertFile = reader.read(
            "SSL_CERT_FILE",
            "The usual variable for a file (PEM) of certificates to trust instead of those of the system.",
            example: "/etc/ssl/cert.pem"
        )
        clientCertificate = reader.read(
            "OVALEDGE_CLIENT_CERTIFICATE",
            "File (PEM) with the client certificate for mutual TLS.",
            example: "/etc/ssl/client.pem"
        )
        clientKey = reader.read(
            "OVALEDGE_CLIENT_KEY",
            "File (PEM) with the key of that certificate, if it is not in the same file.",
            example: "/etc/ssl/client.key"
        )
        if clientKey != nil && clientCertificate == nil {
            reader.complain(
                "OVALEDGE_CLIENT_KEY",
                "is set without OVALEDGE_CLIENT_CERTIFICATE",
                advice: "Set both, or neither."
            )
        }
    }
}
