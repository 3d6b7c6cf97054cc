package import HTTP
package import HTTPServer
package import JSON

/// How ``StreamableHTTP`` serves, all of which can change while it does.
package struct StreamableHTTPConfiguration: Sendable {
    /// How a POST is answered where the client takes either form.
    package enum ResponseForm: String, CaseIterable, Sendable {
        /// One JSON body, unless the client has to be asked something first.
        case json
        case stream
        /// JSON, unless there is something to say before the answer is there.
        case auto
    }

    /// A path of its own next to the MCP endpoint, open to everyone.
    package struct Route: Sendable {
        /// Answers on the library's thread, so it must not wait.
        package typealias Answer = @Sendable (HTTPRequestHead) -> HTTPResponse
        /// Answers what came with its body, and may wait.
        package typealias LaterAnswer = @Sendable (RouteRequest) async -> HTTPResponse

        enum Work: Sendable {
            case now(Answer)
            case later(bodyLimit: Int, LaterAnswer)
        }

        /// As it comes in the request, before percent-decoding.
        let path: String
        let methods: [HTTPMethod]
        let pages: RoutePages
        let work: Work

        package init(
            _ path: String,
            methods: [HTTPMethod] = [.get],
            pages: RoutePages = .allowedOrigins,
            answer: @escaping Answer
        ) {
            self.path = path
            self.methods = methods
            self.pages = pages
            work = .now(answer)
        }

        /// A body of more than `bodyLimit` bytes is refused.
        package init(
            _ path: String,
            methods: [HTTPMethod],
            pages: RoutePages = .allowedOrigins,
            bodyLimit: Int,
            laterAnswer: @escaping LaterAnswer
        ) {
            self.path = path
            self.methods = methods
            self.pages = pages
            work = .later(bodyLimit: bodyLimit, laterAnswer)
        }

        /// What is answered without the body; nil where that is waited for.
        package func immediateAnswer(to head: HTTPRequestHead) -> HTTPResponse? {
            if case .now(let answer) = work { answer(head) } else { nil }
        }
    }

    /// The path of the MCP endpoint, which is there with a slash behind it, too.
    package var path = "/mcp"
    /// Where clients of 2024-11-05 begin (HTTP+SSE); nil where they are not served.
    package var channelPath: String?
    /// Members of the answer to `GET /`.
    package var service: JSON = [:]
    /// Members of the answer to `GET /health`, besides its status.
    package var health: @Sendable () -> JSON = { [:] }
    /// Why this server is not ready to be asked, as a sentence; nil where it is.
    ///
    /// It may wait for a second or two.
    package var obstacle: (@Sendable () async -> String?)?
    /// Each message stands for itself; otherwise `initialize` opens a session.
    package var isStateless = true
    /// A message without a session id is refused, where it needs one or not.
    package var requiresSession = false
    package var responseForm = ResponseForm.json
    /// False where what carries the answers takes only whole ones: there is no stream then but one that ends at once.
    package var sendsStreams = true
    /// How long nothing may be sent of an answer that could be a stream: then it becomes one, so that nothing in between takes
    /// its silence for its end.
    ///
    /// Set when the server is made; nil is for ever.
    package var silence: Duration? = .seconds(5)
    /// How long an answer of a session keeps its connection before its client has to come back for it with a GET.
    ///
    /// For clients of 2025-11-25; nil is for ever.
    package var streamLife: Duration?
    /// Scheme, host and port under which clients reach this server, where a proxy stands between; no slash at its end.
    package var publicBaseURL: String?
    /// Refuses what came neither over TLS nor from a proxy that says so (`X-Forwarded-Proto: https`).
    package var requiresTLS = false
    /// Only programs of this machine can reach it.
    package var isLoopback = true
    /// Besides the loopback names, the server's own address and the public one; nil where any name will do.
    package var hosts: [AllowedHost]?
    package var origins: [AllowedOrigin] = []
    /// Browsers let pages of the allowed origins read the answers.
    package var allowsCrossOrigin = true
    /// Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, besides those of this machine; nil for everyone's
    /// `X-Forwarded-Proto`.
    package var trustedProxies: [AddressRange]?
    /// From where clients may ask; nil for everywhere.
    package var sources: [AddressRange]?
    package var bodyLimit = 4 << 20
    package var limits = StreamableHTTPLimits()
    package var routes: [Route] = []

    package init() {}
}

/// The pages whose requests a route takes, and who may read its answers.
package enum RoutePages: Sendable {
    /// As at the MCP endpoint.
    case allowedOrigins
    /// Pages of all origins, without cookies.
    case all
    /// The route decides, and no page of another origin reads its answers.
    case own
}

/// What a route is asked, with its body.
package struct RouteRequest: Sendable {
    package let head: HTTPRequestHead
    package let body: [UInt8]
    /// The address of the client, behind the proxies that are trusted.
    package let address: String
    /// Whether it came over TLS, as far as this server or a trusted proxy knows.
    package let isSecure: Bool
    /// What the answer and the log call this request.
    package let id: String
}

/// How much of a server its clients may take up; 0 is no limit.
package struct StreamableHTTPLimits: Hashable, Sendable {
    /// Requests a minute of one principal.
    package var calls = 600
    /// Calls a minute of one principal to tools that change something.
    package var writes = 60
    /// `initialize` a minute of one principal.
    package var initializations = 120
    /// Sign-ins a minute from one address that fail.
    package var failedSignIns = 30
    /// Requests of one principal that are worked on at a time.
    package var inFlightPerPrincipal = 8
    /// Requests that are worked on at a time.
    package var inFlight = 256
    /// How long a request waits for its turn before it is refused.
    package var patience = Duration.milliseconds(500)
    package var sessions = 1000
    package var sessionsPerPrincipal = 10
    /// A session that was not used for so long is no longer kept in memory.
    package var sessionIdle = Duration.seconds(30 * 60)
    /// A session ends after so long.
    package var sessionLife = Duration.seconds(24 * 60 * 60)

    package init() {}
}

extension StreamableHTTPLimits {
    var mostInFlight: Int { inFlight > 0 ? inFlight : Self.unlimited }
    var mostInFlightPerPrincipal: Int { inFlightPerPrincipal > 0 ? inFlightPerPrincipal : Self.unlimited }

    /// Far from where sums would overflow.
    private static let unlimited = 1 << 40
}
