package import Logging

/// Where a program that listens is reached, and how it answers.
package struct ListenSettings: Sendable {
    package let host: BindAddress
    package let port: Int
    /// Nil where it follows from how people sign in.
    private let statelessness: Bool?
    package let responseForm: ResponseFormChoice
    package let publicBaseURL: WebAddress?
    package let requiresSession: Bool
    /// Whether what invokes the function on AWS Lambda takes answers as they come into being.
    package let streamsOnLambda: Bool
    /// How many accounts are kept signed in.
    package let accounts: Int
    /// The text that a directory of apps asks for to see whose address this is.
    package let appsChallenge: String?
    private let authMode: AuthMode

    /// Without sessions every request stands alone, so that any process may answer it.
    package var isStateless: Bool { statelessness ?? (authMode != .local) }

    init(_ reader: inout SettingsReader, _ authMode: AuthMode) {
        self.authMode = authMode
        reader.section("Serving over HTTP (oe-mcp-http)", concerns: .listening)
        host = reader.read("MCP_HTTP_HOST", "Address of this machine to listen on.", default: .loopback)
        port = reader.read("MCP_HTTP_PORT", "Port to listen on; 0 takes a free one.", in: 0...65_535, default: 8000)
        statelessness = reader.read(
            "MCP_HTTP_STATELESS",
            "Keep no sessions: GET and DELETE are refused, and any process can answer any request.",
            example: "true",
            saying: "false in mode local, else true"
        )
        responseForm = reader.read(
            "MCP_JSON_RESPONSE",
            "Answer in JSON (true), in an event stream (false), or as each answer needs it (auto).",
            default: .json
        )
        publicBaseURL = reader.read(
            "MCP_PUBLIC_BASE_URL",
            "Address under which clients reach this server, without /mcp.",
            example: "https://mcp.example.com"
        )
        requiresSession = reader.read(
            "MCP_REQUIRE_SESSION",
            "Where there are sessions, refuse a request without one.",
            default: false
        )
        streamsOnLambda = reader.read(
            "MCP_LAMBDA_STREAMING",
            "On AWS Lambda, stream answers: for a function URL or REST API that invokes with response streaming.",
            default: false
        )
        accounts = reader.read(
            "CREDENTIALS_CACHE_MAX_ENTRIES",
            "Accounts that are kept signed in; beyond it the one not used for longest goes.",
            in: 1...1_000_000,
            default: 10_000
        )
        appsChallenge = reader.read(
            "OPENAI_APPS_CHALLENGE",
            "Text for /.well-known/openai-apps-challenge, by which OpenAI verifies the domain.",
            example: "challenge-text"
        )
        if let publicBaseURL, publicBaseURL.text.hasSuffix("/mcp") {
            reader.complain("MCP_PUBLIC_BASE_URL", "ends with /mcp", advice: "Write the address without it.")
        }
    }
}

/// In which form a POST is answered.
package enum ResponseFormChoice: String, CaseIterable, SettingValue {
    case json = "true"
    case stream = "false"
    case auto

    package init?(setting text: String) {
        switch Bool(setting: text) {
        case true?: self = .json
        case false?: self = .stream
        case nil: self.init(rawValue: text.lowercased())
        }
    }
}

/// Who may ask over HTTP, and how the way to here is secured.
package struct HTTPAccessSettings: Sendable {
    package let hosts: AllowedHosts?
    package let origins: AllowedOrigins?
    package let allowsCrossOrigin: Bool
    package let trustedProxies: AddressRanges?
    package let sources: AddressRanges?
    package let tlsCertificate: String?
    package let tlsKey: String?
    package let sealKeyFile: String?
    package let sealKey: Secret?
    /// Whether credentials may come in fields of other names, for clients that allow only those.
    package let takesAliases: Bool
    /// Whether there are documents at the addresses where clients look for OAuth.
    package let servesDiscovery: Bool

    init(_ reader: inout SettingsReader, _ authMode: AuthMode) {
        reader.section("Who may ask over HTTP (oe-mcp-http; read again on SIGHUP)", concerns: .reload)
        hosts = reader.read(
            "MCP_ALLOWED_HOSTS",
            "Host names of this server, separated by commas; one without a port stands for any port.",
            example: "mcp.example.com"
        )
        origins = reader.read(
            "MCP_ALLOWED_ORIGINS",
            "Origins whose web pages may ask, separated by commas; * for all, where each request brings credentials.",
            example: "https://chat.example.com"
        )
        allowsCrossOrigin = reader.read(
            "MCP_CORS",
            "Answer web pages of these origins with CORS headers.",
            default: true
        )
        trustedProxies = reader.read(
            "MCP_TRUSTED_PROXIES",
            "Addresses and networks of proxies in front, whose X-Forwarded headers are believed.",
            example: "10.0.0.0/8,192.168.1.7"
        )
        sources = reader.read(
            "ALLOWED_SOURCE_CIDRS",
            "Addresses and networks from which clients may ask; everywhere when left out. /health stays open.",
            example: "203.0.113.0/24,2001:db8::/32"
        )
        tlsCertificate = reader.read(
            "MCP_TLS_CERTIFICATE",
            "File (PEM) with the certificate of this server and those above it; needs MCP_TLS_KEY.",
            example: "/etc/oe-mcp/tls.crt"
        )
        tlsKey = reader.read(
            "MCP_TLS_KEY",
            "File (PEM) with the key of that certificate.",
            example: "/etc/oe-mcp/tls.key"
        )
        sealKeyFile = reader.read(
            "MCP_SEAL_KEY_FILE",
            "File of keys that seal sessions and confirmations (`oe-mcp-http keys new`); random when left out.",
            example: "/etc/oe-mcp/seal.keys"
        )
        sealKey = reader.read(
            "MCP_SEAL_KEY",
            "Those keys themselves, separated by blanks, where there can be no file.",
            example: "64 hexadecimal digits"
        )
        takesAliases = reader.read(
            "MCP_CREDENTIAL_ALIASES",
            "Take <token>::<secret> in X-API-Key, X-Auth-Token and Authorization: Bearer, too.",
            default: true
        )
        servesDiscovery = reader.read(
            "MCP_DISCOVERY_STUBS",
            "Answer OAuth discovery in mode remote_credentials with documents that offer no sign-in; else with 404.",
            default: true
        )
        check(&reader, authMode)
    }

    private func check(_ reader: inout SettingsReader, _ authMode: AuthMode) {
        if sealKey != nil, sealKeyFile != nil {
            reader.complain("MCP_SEAL_KEY", "is set beside MCP_SEAL_KEY_FILE", advice: "Set one of them.")
        }
        let pair = [("MCP_TLS_CERTIFICATE", tlsCertificate), ("MCP_TLS_KEY", tlsKey)]
        if let set = pair.first(where: { $0.1 != nil }), let missing = pair.first(where: { $0.1 == nil }) {
            reader.complain(set.0, "is set without \(missing.0)", advice: "Set both, or neither.")
        }
        if authMode == .local, origins?.isAny == true {
            reader.complain(
                "MCP_ALLOWED_ORIGINS",
                "allows all origins, so any web page could act as you",
                advice: "Name the origins; `*` is for modes in which each request brings credentials."
            )
        }
    }
}

/// How much may be asked over HTTP; 0 switches a limit off.
package struct HTTPLimitSettings: Sendable {
    package let bodyBytes: Int
    package let hasRates: Bool
    package let calls: Int
    package let writes: Int
    package let initializations: Int
    package let failedSignIns: Int
    package let inFlightPerAccount: Int
    package let inFlight: Int
    package let sessions: Int
    package let sessionsPerAccount: Int
    package let idleSeconds: Int
    package let totalSeconds: Int

    init(_ reader: inout SettingsReader) {
        reader.section("Limits over HTTP (oe-mcp-http; 0 for none; read again on SIGHUP)", concerns: .reload)
        bodyBytes = reader.read(
            "MCP_MAX_BODY_BYTES",
            "Maximum size of a request's body, in bytes.",
            in: 65_536...1_073_741_824,
            default: 4_194_304
        )
        hasRates = reader.read("MCP_RATE_LIMITS", "Limit rates; off switches all of them off.", default: true)
        calls = reader.limit("MCP_RATE_CALLS", "Requests per account and minute.", 600)
        writes = reader.limit("MCP_RATE_WRITES", "Calls that may write per account and minute.", 60)
        initializations = reader.limit("MCP_RATE_INITIALIZE", "Handshakes per account and minute.", 120)
        failedSignIns = reader.limit("MCP_RATE_FAILED_SIGN_INS", "Refused credentials per address and minute.", 30)
        inFlightPerAccount = reader.limit("MCP_INFLIGHT_PER_ACCOUNT", "Calls of one account at a time.", 8)
        inFlight = reader.limit("MCP_INFLIGHT", "Calls of all accounts at a time.", 256)
        sessions = reader.limit("MCP_SESSIONS", "Sessions of all accounts.", 1000)
        sessionsPerAccount = reader.limit(
            "MCP_SESSIONS_PER_ACCOUNT",
            "Sessions of one account; with one more, the one that was idle for longest ends.",
            10
        )
        idleSeconds = reader.limit("MCP_SESSION_IDLE_SECONDS", "Seconds after which an unused session ends.", 1800)
        totalSeconds = reader.limit("MCP_SESSION_TOTAL_SECONDS", "Seconds after which every session ends.", 86_400)
    }
}

extension SettingsReader {
    fileprivate mutating func limit(_ name: String, _ about: String, _ fallback: Int) -> Int {
        read(name, about, in: 0...1_000_000, default: fallback)
    }
}
