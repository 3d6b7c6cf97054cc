/// How OvalEdge is asked.
package struct RequestSettings: Sendable {
    package let authScheme: String
    package let timeoutSeconds: Int
    package let callDeadlineSeconds: Int
    package let maxAttempts: Int
    package let backoffSeconds: Double
    package let fallbackHeader: String?
    package let sharesToken: Bool
    package let cacheSeconds: Double
    package let isLogged: Bool
    package let generation: GenerationChoice

    init(_ reader: inout SettingsReader) {
        reader.section("Requests")
        timeoutSeconds = reader.read(
            "OVALEDGE_TIMEOUT_SECONDS",
            "Seconds to wait for one answer of OvalEdge.",
            in: 1...300,
            default: 30
        )
        callDeadlineSeconds = reader.read(
            "OVALEDGE_CALL_DEADLINE_SECONDS",
            "Seconds after which a tool call ends, with all its tries and pauses.",
            in: 1...3600,
            default: 50
        )
        maxAttempts = reader.read(
            "OVALEDGE_MAX_RETRIES",
            "How often a request is tried in all, the first time included.",
            in: 1...10,
            default: 3
        )
        backoffSeconds = reader.read(
            "OVALEDGE_RETRY_BACKOFF_SECONDS",
            "Seconds to pause before the second try; later pauses are longer.",
            in: 0...10,
            default: 0.5
        )
        let scheme: HeaderToken = reader.read(
            "OVALEDGE_HTTP_AUTH_SCHEME",
            "First word of the Authorization header.",
            default: HeaderToken.jwt
        )
        authScheme = scheme.text
        let header: HeaderToken? = reader.read(
            "OVALEDGE_TOKEN_EXCHANGE_FALLBACK_HEADER",
            "Header that holds the session token when the body of the sign-in reply is empty.",
            example: "X-Session-Token"
        )
        fallbackHeader = header?.text
        sharesToken = reader.read(
            "OVALEDGE_TOKEN_STORE",
            "Share one session token among all your oe-mcp processes, so that none ends another's session.",
            default: true
        )
        generation = reader.read(
            "OVALEDGE_API_GENERATION",
            "Interface of your OvalEdge; auto finds out, for each kind of question, whether it has the newest or an older one.",
            default: .auto
        )
        cacheSeconds = reader.read(
            "OVALEDGE_CACHE_SECONDS",
            "Seconds for which a reply may answer the same question again; 0 sends every request, and each by itself.",
            in: 0...300,
            default: 30
        )
        isLogged = reader.read(
            "OVALEDGE_LOG_HTTP_REQUESTS",
            "Log one line for each request to OvalEdge, without bodies and secrets.",
            default: false
        )
    }
}
