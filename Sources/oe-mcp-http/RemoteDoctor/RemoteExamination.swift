import Commands
import CurlHTTP
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
        let seen = await look()
        let health = seen.outcome
        let way = [bind, scheme, port] + reached(seen)
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

    private func look() async -> CurlInspection {
        var request = HTTPRequest(.get, site.base + "/health")
        request.timeLimit = .seconds(5)
        return await wiring.inspection(of: request)
    }

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
}
