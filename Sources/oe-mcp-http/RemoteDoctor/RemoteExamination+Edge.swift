import Clock
import HTTP
import JSON
import Settings
import Text

// What is found without credentials.
extension RemoteExamination {
    func edge(_ health: HTTPResponse) async -> [RemoteCheck] {
        let bare = MCPSite.initialize("2024-11-05", as: Self.client)
        let plain = await reply(to: site.post(bare))
        let slashed = await reply(to: site.post(bare, to: "/mcp/"))
        let way = [
            await redirects(plain, slashed), authentication(plain), await host(), await cors(), alive(health),
            await ready(),
        ]
        return way + (oauth == nil ? [await discovery()] : []) + [clock(health)]
    }

    static let client = "oe-mcp-http doctor"

    /// A name that is never anyone's (RFC 2606 §2).
    private static let foreign = "doctor.invalid"

    /// Clients that follow a redirect leave the body or the credentials behind.
    private func redirects(_ plain: Answer, _ slashed: Answer) async -> RemoteCheck {
        for (path, answer) in [("/mcp", plain), ("/mcp/", slashed)] {
            guard case .success(let response) = answer, response.status.isRedirect else { continue }
            let detail = "POST \(path) is redirected to \(response.fields["Location"] ?? "nowhere")"
            return .failed("redirects", detail, remedy: "Have the proxy pass \(path) on as it is.")
        }
        let detail = "/mcp and /mcp/ are answered where they are asked for"
        guard let url = URLText(site.base), url.scheme == "https" else { return .ok("redirects", detail) }
        let name = url.host.contains(":") ? "[\(url.host)]" : url.host
        let answer = await reply(to: HTTPRequest(.get, "http://\(name)/health"), within: .seconds(2))
        guard case .success(let response) = answer else { return .ok("redirects", "\(detail); http:// is closed") }
        if response.status.isRedirect, response.fields["Location"]?.lowercased().hasPrefix("https://") == true {
            return .ok("redirects", "\(detail); http:// leads to https://")
        }
        guard response.status.isSuccess || response.status.isRedirect else {
            return .ok("redirects", "\(detail); http:// is refused")
        }
        let remedy = "Redirect http:// to https:// at the proxy, or close its port."
        return .failed("redirects", "http://\(name) answers unencrypted", remedy: remedy)
    }

    private func authentication(_ plain: Answer) -> RemoteCheck {
        let name = "edge authentication"
        switch plain {
        case .failure(let failure): return unanswered(name, failure)
        case .success(let response):
            if response.fields.values("WWW-Authenticate").contains(where: { $0.lowercased().hasPrefix("basic") }) {
                let remedy = "Ask for a password at /metrics alone; clients of MCP have none to give."
                return .failed(name, "/mcp asks for a password (Basic)", remedy: remedy)
            }
            if response.status == .unauthorized {
                let remedy = "Have the proxy answer 401 with a JSON body, as infra/edge does."
                return response.message == nil
                    ? .failed(name, "401 without JSON", remedy: remedy)
                    : .ok(name, "without credentials: 401, in JSON")
            }
            if response.status.isSuccess {
                let remedy = "Set AUTH_MODE=remote_credentials on the server, or check keys at the proxy."
                return .failed(name, "a request without credentials is answered", remedy: remedy)
            }
            let (found, words) = response.refusal
            return .failed(name, "\(found), where 401 was due", remedy: words ?? site.otherServer)
        }
    }

    /// Asked under another name, a server must refuse, or not repeat it.
    private func host() async -> RemoteCheck {
        let path = "/.well-known/oauth-protected-resource"
        switch await reply(to: HTTPRequest(.get, site.base + path, fields: ["Host": Self.foreign])) {
        case .failure: return .ok("host", "a request under another name gets no answer")
        case .success(let response):
            let remedy = "Set MCP_PUBLIC_BASE_URL or MCP_ALLOWED_HOSTS on the server."
            if response.text.holds(Self.foreign) {
                return .failed("host", "the server takes any name for its own", remedy: remedy)
            }
            if response.status == .notFound, await isHealthy(under: Self.foreign) {
                return .warning("host", "the server answers under any name", remedy: remedy)
            }
            return response.status.isSuccess
                ? .ok("host", "another name is not taken over")
                : .ok("host", "another name is refused (status \(response.status))")
        }
    }

    private func isHealthy(under name: String) async -> Bool {
        let answer = await reply(to: HTTPRequest(.get, site.base + "/health", fields: ["Host": name]))
        return (try? answer.get())?.status.isSuccess ?? false
    }

    private func cors() async -> RemoteCheck {
        let origins = settings.httpAccess.origins
        if await allows("https://" + Self.foreign) {
            let remedy = "Name the origins in MCP_ALLOWED_ORIGINS; at the proxy, add no Access-Control-Allow-Origin."
            return origins?.isAny == true
                ? .warning("cors", "web pages of all origins may ask, as is set", remedy: remedy)
                : .failed("cors", "web pages of all origins may ask", remedy: remedy)
        }
        let listed = origins?.entries.first { $0.holds("://") }
        guard let listed, settings.httpAccess.allowsCrossOrigin else {
            return .ok("cors", "a foreign origin may not ask; none is listed here that may")
        }
        guard await allows(listed) else {
            let remedy =
                "Set MCP_ALLOWED_ORIGINS on the server, and have the proxy pass OPTIONS on without credentials."
            return .failed("cors", "web pages of \(listed) may not ask", remedy: remedy)
        }
        return .ok("cors", "web pages of \(listed) may ask, those of a foreign origin not")
    }

    /// What a browser asks before it sends a page's request.
    private func allows(_ origin: String) async -> Bool {
        let fields: HTTPFields = [
            "Origin": origin, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,mcp-protocol-version,x-ovaledge-secret,x-ovaledge-token",
        ]
        let answer = await reply(to: HTTPRequest(.options, site.mcp, fields: fields))
        guard let response = try? answer.get(), response.status.isSuccess else { return false }
        let allowed = response.fields["Access-Control-Allow-Origin"]
        return allowed == "*" || allowed?.lowercased() == origin
    }

    private func alive(_ response: HTTPResponse) -> RemoteCheck {
        let json = response.message
        guard response.status == .ok, json?["status"]?.string == "healthy" else {
            return .failed("health", response.refusal.found + " at /health", remedy: site.otherServer)
        }
        let version = json?["version"]?.string ?? "not known"
        return .ok("health", "version \(version), mode \(json?["auth_mode"]?.string ?? "not known")")
    }

    private func ready() async -> RemoteCheck {
        switch await reply(to: HTTPRequest(.get, site.base + "/ready")) {
        case .failure(let failure): return unanswered("ready", failure)
        case .success(let response):
            if response.status == .ok, response.message?["status"]?.string == "ready" {
                return .ok("ready", "it takes requests")
            }
            let (found, words) = response.refusal
            return .failed(
                "ready",
                "\(found) at /ready",
                remedy: words ?? "Have the proxy pass /ready on to the server."
            )
        }
    }

    private func discovery() async -> RemoteCheck {
        let checks = await Validation(wiring, site, token: nil).checks([.discovery])
        if let bad = checks.first(where: { !$0.isGood }) {
            return .failed("discovery", "\(bad.name): \(bad.detail)", remedy: bad.remedy ?? site.otherServer)
        }
        return .ok("discovery", "each document is whole, or 404")
    }

    private func clock(_ response: HTTPResponse) -> RemoteCheck {
        let remedy = "Have both machines take the time from the net (NTP)."
        guard let date = response.fields["Date"].flatMap(HTTPDate.seconds) else {
            return .skipped("clock", "the answer has no date", remedy: remedy)
        }
        let seconds = Int((date - SystemClock.secondsSince1970()).rounded())
        guard abs(seconds) > 30 else { return .ok("clock", "as here, within 30 seconds") }
        let way = seconds > 0 ? "ahead of" : "behind"
        return .warning("clock", "the server's is \(abs(seconds)) seconds \(way) the one here", remedy: remedy)
    }
}
