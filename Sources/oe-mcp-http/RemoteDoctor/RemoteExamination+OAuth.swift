import Commands
import HTTP
import JOSE
import JSON
import Logging
import OAuth
import Settings
import Text

// What clients meet that sign in with OAuth.
extension RemoteExamination {
    func signInWithOAuth(_ health: HTTPResponse) async -> [RemoteCheck] {
        guard let oauth else { return [] }
        var checks = [mode(health), await challenge(oauth), await authorizationField()]
        checks += await Validation(wiring, site, token: nil).checks([.discovery]).map { RemoteCheck($0) }
        if oauth.server == .own {
            checks += [await page("/authorize", .badRequest, oauth), await page("/connections", .ok, oauth)]
            checks += [await endpoint("/token", Self.form, oauth), await endpoint("/revoke", Self.form, oauth)]
        }
        if oauth.registers { checks.append(await endpoint("/register", Self.metadata, oauth)) }
        return checks + [await browserClients()]
    }

    /// What needs no answer of the server: its identity provider, and the token that is presented.
    func apartFromServer() async -> [RemoteCheck] {
        guard let oauth, oauth.server != .own else { return await presented(by: [:]) }
        let (checks, keys) = await providers()
        return checks + (await presented(by: keys))
    }

    /// What the token says that is presented, compared with the settings.
    func presentedToken() async -> [RemoteCheck] {
        oauth?.server == .own ? await presented(by: [:]) : await presented(by: providers().keys)
    }

    private func presented(by keys: [String: JSONWebKeySet]) async -> [RemoteCheck] {
        guard let token, oauth != nil else { return [] }
        guard oauth?.server != .own else {
            guard let fault = OwnTokenForm.fault(of: token) else { return [.ok("token form", "an access token")] }
            return [.failed("token form", fault, remedy: "Present the access_token that /token has given.")]
        }
        let checks = TokenExamination(settings.oauth, keys: keys).checks(of: token)
        return settings.oauth.provider.introspectionURL == nil ? checks : checks + [await introspection(of: token)]
    }

    private func introspection(of token: Secret) async -> RemoteCheck {
        let (name, issuers) = ("token introspection", settings.oauth.provider.issuers)
        let client = wiring.providerClient(for: issuers.first ?? "")
        let verifier = TokenVerifier(settings.oauth, issuers: TrustedIssuers(issuers, client: client), client: client)
        do throws(TokenRefusal) {
            let scopes = try await verifier.verify(token).scopes.sorted().joined(separator: " ")
            return .ok(name, "the identity provider takes it, with the scopes \(scopes)")
        } catch {
            switch error {
            case .invalid(let why):
                return .failed(name, why, remedy: "Get a new token, and compare OAUTH_AUDIENCE with what it is for.")
            case .unavailable(let why):
                let remedy = "Check OAUTH_INTROSPECTION_URL, OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET."
                return .failed(name, why, remedy: remedy)
            }
        }
    }

    /// Where it is not the mode of the server, nothing else is as the settings here have it.
    private func mode(_ health: HTTPResponse) -> RemoteCheck {
        let own = settings.account.authMode.rawValue
        guard let found = health.message?["auth_mode"]?.string else {
            let remedy = "Have the proxy pass /health on to the server."
            return .skipped("mode", "the server does not say it at /health", remedy: remedy)
        }
        let remedy = "Use the server's settings here, or restart it with these."
        return found == own
            ? .ok("mode", own)
            : .failed("mode", "the server has AUTH_MODE=\(found), the settings here \(own)", remedy: remedy)
    }

    /// Each way in which a client may begin; the first that is wrong is reported.
    private func challenge(_ oauth: OAuthSite) async -> RemoteCheck {
        let message = MCPSite.initialize("2024-11-05", as: Self.client)
        for path in ["/mcp", "/mcp/"] {
            let requests = [site.post(message, to: path), site.get(path)]
            for request in requests {
                let name = "\(request.method) \(path)"
                switch await reply(to: request) {
                case .failure(let failure): return unanswered("challenge", failure)
                case .success(let response):
                    let expected = oauth.challenge(at: path)
                    if let fault = ChallengeFault.found(in: response, expecting: expected) {
                        return .failed("challenge", "\(name) \(fault.what)", remedy: fault.remedy)
                    }
                }
            }
        }
        return .ok("challenge", "POST and GET at /mcp and /mcp/ lead to the sign-in")
    }

    /// A made-up token: where it arrives, the server says that it is not valid.
    private func authorizationField() async -> RemoteCheck {
        let name = "authorization field"
        let message = MCPSite.initialize("2024-11-05", as: Self.client)
        switch await reply(to: site.post(message, ["Authorization": "Bearer oe-mcp-http-doctor"])) {
        case .failure(let failure): return unanswered(name, failure)
        case .success(let response):
            guard response.status == .unauthorized else {
                if response.status.isSuccess {
                    let remedy = "Set AUTH_MODE on the server, and have the proxy send no token of its own."
                    return .failed(name, "a made-up token is accepted", remedy: remedy)
                }
                return refused(name, response)
            }
            let challenge = BearerChallenge.parameters(of: response.fields["WWW-Authenticate"] ?? "")
            if challenge?["error"] ?? response.message?["error"]?.string == "invalid_token" {
                return .ok(name, "arrives at the server")
            }
            let remedy = "Have the proxy pass Authorization on, and check no token itself."
            return .failed(name, "does not arrive at the server", remedy: remedy)
        }
    }

    /// A page that a person sees, without what belongs to it.
    private func page(_ path: String, _ status: HTTPStatus, _ oauth: OAuthSite) async -> RemoteCheck {
        let name = "page \(path)"
        let fields: HTTPFields = ["Accept": "text/html", "Origin": OAuthSite.hostedOrigin]
        switch await reply(to: site.asProxy(HTTPRequest(.get, oauth.base + path, fields: fields))) {
        case .failure(let failure): return unanswered(name, failure)
        case .success(let response):
            guard let fault = PageFault.found(in: response, expecting: status) else {
                return .ok(name, "a page of this server, with its own protection")
            }
            return .failed(name, fault.what, remedy: fault.remedy)
        }
    }

    private static let form: (type: String, body: String) = ("application/x-www-form-urlencoded", "grant_type=none")
    private static let metadata: (type: String, body: String) = ("application/json", "{}")

    /// What refuses a request in which everything is missing, in the form that clients understand.
    private func endpoint(_ path: String, _ sent: (type: String, body: String), _ oauth: OAuthSite) async
        -> RemoteCheck
    {
        let name = "endpoint \(path)"
        let fields: HTTPFields = [
            "Content-Type": sent.type, "Accept": "application/json", "Origin": OAuthSite.hostedOrigin,
        ]
        let request = HTTPRequest(
            .post,
            oauth.base + path,
            fields: fields,
            body: Array(sent.body.utf8),
            mayBeRepeated: false
        )
        switch await reply(to: site.asProxy(request)) {
        case .failure(let failure): return unanswered(name, failure)
        case .success(let response):
            if response.status == .tooManyRequests {
                let words = response.refusal.words
                return .skipped(name, "too many requests came from here", remedy: words ?? "Try again in a minute.")
            }
            guard let code = response.message?["error"]?.string, [400, 401].contains(response.status.rawValue) else {
                let (found, words) = response.refusal
                let remedy = words ?? "Have the proxy pass POST \(path) on to the server, with its body."
                return .failed(name, "\(found), where a refusal in JSON was due", remedy: remedy)
            }
            guard response.fields["Access-Control-Allow-Origin"] == "*" else {
                let remedy = "Have the proxy pass Access-Control-Allow-Origin on as the server sends it."
                return .failed(name, "web pages may not read its answers", remedy: remedy)
            }
            return .ok(name, "refuses what is incomplete (\(code))")
        }
    }

    /// Hosted clients ask from their servers; only those that run in a browser ask first.
    private func browserClients() async -> RemoteCheck {
        let (name, origin) = ("browser clients", OAuthSite.hostedOrigin)
        let fields: HTTPFields = [
            "Origin": origin, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,mcp-protocol-version",
        ]
        let answer = await reply(to: HTTPRequest(.options, site.mcp, fields: fields))
        guard case .success(let response) = answer, response.status.isSuccess, response.isOpen(to: origin) else {
            if settings.httpAccess.origins?.entries.contains(origin) == true {
                let remedy = "Have the proxy pass OPTIONS on as it is."
                return .failed(name, "web pages of \(origin) may not ask", remedy: remedy)
            }
            let remedy = "Name their origins in MCP_ALLOWED_ORIGINS; hosted clients, which ask from servers, need none."
            return .skipped(name, "none are listed, and those of \(origin) may not ask", remedy: remedy)
        }
        guard response.exposes("WWW-Authenticate") else {
            let remedy = "Have the proxy pass Access-Control-Expose-Headers on as the server sends it."
            return .failed(name, "web pages cannot read WWW-Authenticate", remedy: remedy)
        }
        return .ok(name, "web pages of \(origin) may ask, and read WWW-Authenticate")
    }
}

extension HTTPResponse {
    fileprivate func isOpen(to origin: String) -> Bool {
        let allowed = fields["Access-Control-Allow-Origin"]
        return allowed == origin || allowed == "*"
    }

    fileprivate func exposes(_ field: String) -> Bool {
        let names = fields.values("Access-Control-Expose-Headers").flatMap { $0.lowercased().split(separator: ",") }
        return names.contains { $0.trimmed == field.lowercased() || $0.trimmed == "*" }
    }
}
