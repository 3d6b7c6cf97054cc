/// How long, how much and how trusting: the way to the remote server.
package struct RemoteConnectionSettings: Sendable {
    /// How long nothing may be heard of a request.
    package let timeout: Seconds
    package let connectTimeout: Seconds
    private let longest: Seconds?
    package let maxConnections: Int
    package let maxIdleConnections: Int
    package let verifiesTLS: Bool
    package let caBundle: String?
    /// Whether ``caBundle`` replaces the system's certificates.
    package let trustsBundleOnly: Bool
    package let clientCertificate: String?
    package let clientKey: String?
    package let allowsHTTP: Bool
    package let logsRequests: Bool
    package let logsResponses: Bool
    package let teardownTimeout: Seconds
    /// Of an answer; 0 for no limit of its own.
    package let maxResponseBytes: Int
    package let cacheSeconds: Int
    /// How many tools of a server are taken, and how many bytes of them.
    package let maxTools: Int
    package let maxListBytes: Int

    /// How long a request may take, whatever is heard of it.
    package var maxDuration: Seconds { longest ?? Seconds(timeout.number * 10) }

    init(_ reader: inout SettingsReader) {
        timeout = reader.read(
            "MCP_REMOTE_TIMEOUT",
            "Seconds that may pass without anything heard of a request; progress starts them again.",
            default: Seconds(30)
        )
        connectTimeout = reader.read(
            "MCP_REMOTE_CONNECT_TIMEOUT",
            "Seconds for looking up the name, connecting and TLS.",
            default: Seconds(10)
        )
        longest = reader.read(
            "MCP_REMOTE_MAX_DURATION",
            "Seconds that a request may take, whatever is heard of it; ten times the timeout when left out.",
            example: "300"
        )
        maxConnections = reader.read(
            "MCP_REMOTE_MAX_CONNECTIONS",
            "Connections to the remote server at a time.",
            in: 1...10_000,
            default: 100
        )
        maxIdleConnections = reader.read(
            "MCP_REMOTE_MAX_KEEPALIVE_CONNECTIONS",
            "Connections that are kept while nothing is sent.",
            in: 0...10_000,
            default: 20
        )
        verifiesTLS = reader.read(
            "MCP_REMOTE_VERIFY_TLS",
            "Verify the remote server's certificate; false is for trials only.",
            default: true
        )
        caBundle = reader.read(
            "MCP_REMOTE_CA_BUNDLE",
            "File (PEM) with certificates to trust besides the system's, for remote and authorization server.",
            example: "/etc/ssl/company.pem"
        )
        trustsBundleOnly = reader.read(
            "MCP_REMOTE_CA_BUNDLE_ONLY",
            "Trust those certificates alone.",
            default: false
        )
        clientCertificate = reader.read(
            "MCP_REMOTE_CLIENT_CERTIFICATE",
            "File (PEM) with the client certificate that the remote server asks for.",
            example: "/etc/ssl/client.pem"
        )
        clientKey = reader.read(
            "MCP_REMOTE_CLIENT_KEY",
            "File (PEM) with the key of that certificate, if it is not in the same file.",
            example: "/etc/ssl/client.key"
        )
        allowsHTTP = reader.read(
            "MCP_REMOTE_ALLOW_HTTP",
            "Allow an http:// address on another machine; tokens then travel unencrypted.",
            default: false
        )
        logsRequests = reader.read(
            "MCP_REMOTE_LOG_REQUESTS",
            "With LOG_LEVEL=debug, log what is sent to the remote server, without secrets.",
            default: false
        )
        logsResponses = reader.read(
            "MCP_REMOTE_LOG_RESPONSES",
            "With LOG_LEVEL=debug, log what comes back, without secrets.",
            default: false
        )
        teardownTimeout = reader.read(
            "MCP_REMOTE_TEARDOWN_TIMEOUT_SECONDS",
            "Seconds for ending sessions with the remote server.",
            default: Seconds(10)
        )
        maxResponseBytes = reader.read(
            "MCP_MAX_RESPONSE_BYTES",
            "Maximum size of a result, in bytes; 0 for none of its own.",
            in: 0...1_073_741_824,
            default: 0
        )
        cacheSeconds = reader.read(
            "SCHEMA_CACHE_TTL",
            "Seconds for which lists of a server without a say of its own are kept; 0 keeps none.",
            in: 0...86_400,
            default: 3600
        )
        maxTools = reader.read(
            "MCP_REMOTE_MAX_TOOLS",
            "Tools that are taken of a remote server's list; what is left out is said in the list and at /ready.",
            in: 1...1_000_000,
            default: 10_000
        )
        maxListBytes = reader.read(
            "MCP_REMOTE_MAX_LIST_BYTES",
            "Bytes of all these tools together, with their schemas; a list in one message may have four times as many.",
            in: 1024...268_435_456,
            default: 16_777_216
        )
        if clientKey != nil, clientCertificate == nil {
            reader.complain(
                "MCP_REMOTE_CLIENT_KEY",
                "is set without MCP_REMOTE_CLIENT_CERTIFICATE",
                advice: "Set both, or neither."
            )
        }
        if trustsBundleOnly, caBundle == nil {
            reader.complain(
                "MCP_REMOTE_CA_BUNDLE_ONLY",
                "is true without MCP_REMOTE_CA_BUNDLE, so that no certificate would be trusted",
                advice: "Set MCP_REMOTE_CA_BUNDLE, or leave it out."
            )
        }
    }
}
