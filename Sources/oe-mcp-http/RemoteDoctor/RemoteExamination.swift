import Commands
import HTTP
import Logging
import Settings

/// The checks of `doctor --remote`, each a line, in the order in which a request meets them.
struct RemoteExamination: Sendable {
    let wiring: Wiring
    let site: MCPSite
    /// In place of the credentials: a key that the edge knows, or an access token.
    let token: Secret?
    /// Nil where the settings have no sign-in with OAuth.
    let oauth: OAuthSite?

    init(_ wiring: Wiring, _ site: MCPSite, token: Secret?) {
        self.wiring = wiring
        self.site = site
        self.token = token
        oauth = OAuthSite(wiring.settings, at: site)
        if let token { wiring.log.redactor.add(token) }
    }

    typealias Answer = Result<HTTPResponse, HTTPFailure>

    var settings: Settings { wiring.settings }
    var address: WebAddress? { WebAddress(setting: site.base) }

    func checks() async -> [RemoteCheck] {
        let health = await reply(to: HTTPRequest(.get, site.base + "/health"))
        let way = [bind, scheme, port] + reached(health)
        let apart = await apartFromServer()
        guard case .success(let response) = health else { return way + Self.unasked + apart + [secrets, logFile] }
        let outside = await edge(response) + signInWithOAuth(response) + apart
        let sign = await signIn()
        let inside = [sign.check, descriptions(sign.visit), intent(sign.visit), await streams(sign.visit)]
        let call = await oneCall(sign.visit)
        await leave(sign.visit)
        return way + outside + inside + [secrets, logFile, store(response), call]
    }

    /// The checks that need an answer, where the server is not reached.
    private static let unasked = [
        "redirects", "edge authentication", "host", "cors", "health", "ready", "discovery", "clock", "sign-in",
        "descriptions", "intent", "streams", "store", "one call",
    ].map { RemoteCheck.skipped($0, "not asked, since the server is not reached", remedy: "Correct that first.") }

    func reply(to request: HTTPRequest, within limit: Duration = .seconds(5)) async -> Answer {
        var request = request
        request.timeLimit = limit
        do throws(HTTPFailure) { return .success(try await wiring.client.send(request)) } catch {
            return .failure(error)
        }
    }

    /// Without the point at the end of its sentence.
    static func words(_ failure: HTTPFailure) -> String {
        let text = failure.description
        return text.last == "." ? String(text.dropLast()) : text
    }

    func unanswered(_ name: String, _ failure: HTTPFailure) -> RemoteCheck {
        .failed(name, Self.words(failure), remedy: "Look into the logs of the proxy and of the server.")
    }
}

// The way to the server.
extension RemoteExamination {
    private var scheme: RemoteCheck {
        if address?.isEncrypted == true { return .ok("address", site.mcp) }
        let remedy = "Put a proxy with TLS in front, and give its https address to clients."
        return address?.isLoopback == true
            ? .warning("address", "\(site.mcp) is for this machine alone", remedy: remedy)
            : .failed("address", "\(site.mcp) sends credentials unencrypted", remedy: remedy)
    }

    private var port: RemoteCheck {
        guard let address else { return .failed("port", "the address has no port", remedy: site.otherServer) }
        if address.port == 443 || address.isLoopback { return .ok("port", "\(address.port)") }
        let detail = "\(address.port), which networks of companies often do not let through"
        return .warning("port", detail, remedy: "Serve it on 443, at a proxy.")
    }

    private func reached(_ health: Answer) -> [RemoteCheck] {
        let isEncrypted = address?.isEncrypted == true
        switch health {
        case .success where isEncrypted:
            return [.ok("connection", "the server answers"), .ok("tls", "the certificate and its chain are trusted")]
        case .success:
            let remedy = "Check the certificate at the https address that clients have."
            return [
                .ok("connection", "the server answers"),
                .skipped("tls", "nothing to check at an http address", remedy: remedy),
            ]
        case .failure(.notTrusted(let host, let issuer, let detail, let reason)):
            let failure = HTTPFailure.notTrusted(host: host, issuer: issuer, detail: detail, because: reason)
            return [
                .ok("connection", "\(host) is reached"), .failed("tls", Self.words(failure), remedy: reason.remedy),
            ]
        case .failure(let failure):
            let remedy = "Check the address, that the server runs, and what is between it and this machine."
            return [
                .failed("connection", Self.words(failure), remedy: remedy),
                .skipped("tls", "not asked, since the server is not reached", remedy: "Correct that first."),
            ]
        }
    }
}

extension TLSFailureReason {
    fileprivate var remedy: String {
        switch self {
        case .authority:
            """
            Serve the certificate with all that are above it, up to a known authority; for one of your own, name its \
            file in OVALEDGE_CA_BUNDLE.
            """
        case .name: "Use the name that the certificate has, or get a certificate for this one."
        case .time: "Renew the certificate, and check the clock of this machine."
        case .client: "Require no client certificate: most clients of MCP have none."
        case .handshake: "Check that this port speaks TLS 1.2 or newer."
        }
    }
}
