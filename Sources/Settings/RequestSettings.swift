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
            "Seconds to wait for one response from OvalEdge.",
            in: 1...300,
            default: 30
        )
        callDeadlineSeconds = reader.read(
            "OVALEDGE_CALL_DEADLINE_SECONDS",
            "Maximum seconds per tool call, with all its attempts and pauses.",
            in: 1...3600,
            default: 50
        )
        maxAttempts = reader.read(
            "OVALEDGE_MAX_RETRIES",
            "Maximum attempts per request, including the first.",
            in: 1...10,
            default: 3
        )
        backoffSeconds = reader.read(
            "OVALEDGE_RETRY_BACKOFF_SECONDS",
            "Seconds to pause before the second attempt; later pauses are longer.",
            in: 0...10,
            default: 0.5
        )
        let scheme: HeaderToken = reader.read(
            "OVALEDGE_HTTP_AUTH_SCHEME",
            "Authorization scheme sent to OvalEdge, such as jwt or Bearer.",
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
            "Share one session token between all your oe-mcp processes, so that none invalidates another's.",
            default: true
        )
        generation = reader.read(
            "OVALEDGE_API_GENERATION",
            "API generation of your OvalEdge; auto detects it for each kind of request.",
            default: .auto
        )
        cacheSeconds = reader.read(
            "OVALEDGE_CACHE_SECONDS",
            "Seconds for which replies to identical reads are reused; 0 disables the cache and request coalescing.",
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
