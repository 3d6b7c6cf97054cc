import Commands
import HTTP
import JSON
import Logging
import OvalEdge
import Settings
import Text

/// The checks of `validate`; what one of them finds out is asked once.
struct Validation: Sendable {
    private let wiring: Wiring
    private let site: MCPSite
    /// An access token of an identity provider.
    private let token: Secret?

    init(_ wiring: Wiring, _ site: MCPSite, token: Secret?) {
        self.wiring = wiring
        self.site = site
        self.token = token
        if let token { wiring.log.redactor.add(token) }
    }

    func checks(_ groups: [ValidationCheck.Group]) async -> [ValidationCheck] {
        var checks: [ValidationCheck] = []
        for group in groups {
            switch group {
            case .settings: checks += settings
            case .ovaledge: checks += await ovalEdge()
            case .credentials: checks += await credentials()
            case .discovery: checks += await discovery()
            case .mcp: checks += await mcp()
            }
        }
        return checks
    }

    private var settings: [ValidationCheck] {
        let settings = wiring.settings
        let mode = settings.account.authMode.rawValue
        let warnings = (settings.trustWarnings + settings.warnings).map { "; note: \($0)" }.joined()
        guard let base = settings.account.baseURL else {
            return [
                .failed("settings", "OVALEDGE_BASE_URL is not set", remedy: "Set it to the address of your OvalEdge.")
            ]
        }
        if let refusal = settings.refusal {
            return [.failed("settings", "\(refusal.name) \(refusal.what)", remedy: refusal.advice)]
        }
        let address = settings.listen.publicBaseURL?.text ?? "not set"
        return [.passed("settings", "mode \(mode), OvalEdge \(base), public address \(address)\(warnings)")]
    }

    private func ovalEdge() async -> [ValidationCheck] {
        do throws(HTTPFailure) {
            let response = try await wiring.client.send(HTTPRequest(.get, wiring.configuration.baseURL + "/"))
            let reached = ValidationCheck.passed(
                "ovaledge",
                "\(wiring.configuration.host) answers (status \(response.status))"
            )
            return wiring.canSignIn && token == nil ? [reached, await search()] : [reached]
        } catch {
            return [failed("ovaledge", OvalEdgeError(error, redactor: wiring.log.redactor))]
        }
    }

    private func search() async -> ValidationCheck {
        do throws(OvalEdgeError) {
            var search = AssetSearch()
            search.limit = 1
            let page = try await wiring.ovalEdge.send(.assetExplorer(search)).opened()
            let found = page.total.map { "found \($0) assets" } ?? "was answered"
            return .passed("ovaledge search", "a search \(found)")
        } catch {
            return failed("ovaledge search", error)
        }
    }

    private func credentials() async -> [ValidationCheck] {
        if wiring.settings.signsInWithOAuth, token != nil || !wiring.canSignIn { return await accessToken() }
        do throws(OvalEdgeError) {
            let token = try await wiring.broker.token()
            let life = token.wholeMinutes.map { "good for \($0) minutes" } ?? "without an end"
            return [.passed("credentials", "OvalEdge gave a session token, \(life)")]
        } catch {
            return [failed("credentials", error)]
        }
    }

    private func accessToken() async -> [ValidationCheck] {
        guard let token else { return [.failed("credentials", "no access token to present", remedy: "Give --token.")] }
        let checks = await RemoteExamination(wiring, site, token: token).presentedToken()
        return checks.filter { $0.state != .skipped }.map { ValidationCheck($0) }
    }

    private func failed(_ name: String, _ error: OvalEdgeError) -> ValidationCheck {
        let what = error.what.last == "." ? String(error.what.dropLast()) : error.what
        return .failed(name, what, remedy: RemedyTexts.namingSettings.sentence(error.remedy))
    }
}

// What clients meet.
extension Validation {
    private func discovery() async -> [ValidationCheck] {
        let oauth = OAuthSite(wiring.settings, at: site)
        var checks: [ValidationCheck] = []
        for document in oauth?.documents ?? site.documents {
            let fields: HTTPFields = document.isForPages ? ["Origin": OAuthSite.hostedOrigin] : [:]
            switch await response(to: HTTPRequest(.get, (oauth?.base ?? site.base) + document.path, fields: fields)) {
            case .success(let response): checks.append(document.verdict(on: response))
            case .failure(let failure): return [unreachable("discovery", failure)]
            }
        }
        return checks
    }

    private func mcp() async -> [ValidationCheck] {
        let (credentials, missing) = await wiring.sentCredentials(token)
        guard missing.isEmpty || wiring.settings.account.authMode == .local else {
            let names = missing.joined(separator: " and ")
            return wiring.settings.signsInWithOAuth
                ? [.failed("mcp", "no access token to present", remedy: "Give --token.")]
                : [.failed("mcp", "\(names) not set", remedy: "Set them for this check, or give --token.")]
        }
        let initialize = MCPSite.initialize("2024-11-05", as: "oe-mcp-http validate")
        switch await response(to: site.post(initialize, credentials)) {
        case .failure(let failure): return [unreachable("mcp", failure)]
        case .success(let response):
            let answer = response.message
            guard response.status == .ok, let revision = answer?["result"]?["protocolVersion"]?.string else {
                return [refused("mcp", response)]
            }
            let name = answer?["result"]?["serverInfo"]?["name"]?.string ?? "a server"
            let begun = ValidationCheck.passed("mcp", "\(name) answered initialize in \(revision)")
            return [begun, await tools(credentials, session: response.fields["Mcp-Session-Id"])]
        }
    }

    private func tools(_ credentials: HTTPFields, session: String?) async -> ValidationCheck {
        var request = site.post(["jsonrpc": "2.0", "id": 2, "method": "tools/list"], credentials)
        if let session { request.fields["Mcp-Session-Id"] = session }
        switch await response(to: request) {
        case .failure(let failure): return unreachable("mcp tools", failure)
        case .success(let response):
            let answer = response.message
            guard let tools = answer?["result"]?["tools"]?.array else { return refused("mcp tools", response) }
            if let session { _ = await self.response(to: site.ending(session, credentials)) }
            return .passed("mcp tools", "\(tools.count) are listed")
        }
    }

    private func refused(_ name: String, _ response: HTTPResponse) -> ValidationCheck {
        let (found, words) = response.refusal
        return .failed(name, found, remedy: words ?? site.otherServer)
    }

    private func unreachable(_ name: String, _ failure: HTTPFailure) -> ValidationCheck {
        let what = "no answer from \(site.base): \(failure)"
        return .failed(
            name,
            what.last == "." ? String(what.dropLast()) : what,
            remedy: "Check that the server runs, and its address."
        )
    }

    private func response(to request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
        do throws(HTTPFailure) { return .success(try await wiring.client.send(request)) } catch {
            return .failure(error)
        }
    }
}
