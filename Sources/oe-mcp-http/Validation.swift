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
            case .credentials: checks.append(await credentials())
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

    private func credentials() async -> ValidationCheck {
        do throws(OvalEdgeError) {
            let token = try await wiring.broker.token()
            let life = token.wholeMinutes.map { "good for \($0) minutes" } ?? "without an end"
            return .passed("credentials", "OvalEdge gave a session token, \(life)")
        } catch {
            return failed("credentials", error)
        }
    }

    private func failed(_ name: String, _ error: OvalEdgeError) -> ValidationCheck {
        let what = error.what.last == "." ? String(error.what.dropLast()) : error.what
        return .failed(name, what, remedy: RemedyTexts.namingSettings.sentence(error.remedy))
    }
}

// What clients meet.
extension Validation {
    private func discovery() async -> [ValidationCheck] {
        var checks: [ValidationCheck] = []
        for path in Self.documents {
            let name = "discovery \(path)"
            switch await response(to: HTTPRequest(.get, "\(site.base)/.well-known/\(path)")) {
            case .success(let response):
                checks.append(verdict(name, on: response, resource: path.hasSuffix("resource")))
            case .failure(let failure): return [unreachable("discovery", failure)]
            }
        }
        return checks
    }

    private static let documents = [
        "oauth-protected-resource", "oauth-authorization-server", "openid-configuration",
    ]

    /// A whole document, or 404: anything else, an empty object above all, sends clients the wrong way.
    private func verdict(_ name: String, on response: HTTPResponse, resource: Bool) -> ValidationCheck {
        if response.status == .notFound { return .passed(name, "404, so clients ask for no OAuth sign-in") }
        let json = try? JSON(parsing: response.body)
        let subject = resource ? json?["resource"]?.string : json?["issuer"]?.string
        guard response.status == .ok, let subject else {
            return .failed(
                name,
                "status \(response.status) without a usable document",
                remedy: "Let the proxy in front pass /.well-known/ on to the server."
            )
        }
        guard !resource || subject == site.mcp else {
            return .failed(
                name,
                "it names \(subject), not \(site.mcp)",
                remedy: "Set MCP_PUBLIC_BASE_URL to the address that clients use."
            )
        }
        return .passed(name, "names \(subject)")
    }

    private func mcp() async -> [ValidationCheck] {
        let (credentials, missing) = presented
        guard missing.isEmpty || wiring.settings.account.authMode == .local else {
            let names = missing.joined(separator: " and ")
            return [.failed("mcp", "\(names) not set", remedy: "Set them for this check, or give --token.")]
        }
        switch await response(to: post(Self.initialize, credentials)) {
        case .failure(let failure): return [unreachable("mcp", failure)]
        case .success(let response):
            let answer = Self.message(in: response)
            guard response.status == .ok, let revision = answer?["result"]?["protocolVersion"]?.string else {
                return [refused("mcp", response, answer)]
            }
            let name = answer?["result"]?["serverInfo"]?["name"]?.string ?? "a server"
            let begun = ValidationCheck.passed("mcp", "\(name) answered initialize in \(revision)")
            return [begun, await tools(credentials, session: response.fields["Mcp-Session-Id"])]
        }
    }

    private func tools(_ credentials: HTTPFields, session: String?) async -> ValidationCheck {
        var request = post(["jsonrpc": "2.0", "id": 2, "method": "tools/list"], credentials)
        if let session { request.fields["Mcp-Session-Id"] = session }
        switch await response(to: request) {
        case .failure(let failure): return unreachable("mcp tools", failure)
        case .success(let response):
            let answer = Self.message(in: response)
            guard let tools = answer?["result"]?["tools"]?.array else { return refused("mcp tools", response, answer) }
            if let session { _ = await self.response(to: end(session, credentials)) }
            return .passed("mcp tools", "\(tools.count) are listed")
        }
    }

    /// What a client of this server would send, and the names of what it lacks.
    private var presented: (fields: HTTPFields, missing: [String]) {
        if let token { return (["Authorization": "Bearer \(token.revealed)"], []) }
        let account = wiring.settings.account
        guard let userToken = account.userToken, let userSecret = account.userSecret else {
            let names = [("OVALEDGE_USER_TOKEN", account.userToken), ("OVALEDGE_USER_SECRET", account.userSecret)]
            return ([:], names.filter { $0.1 == nil }.map { $0.0 })
        }
        return (
            [CredentialFields.token: userToken.revealed, CredentialFields.secret: userSecret.revealed], []
        )
    }

    /// The oldest revision, which every client and server has.
    private static let initialize: JSON = [
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": [
            "protocolVersion": "2024-11-05", "capabilities": [:],
            "clientInfo": ["name": "oe-mcp-http validate", "version": .string(ProgramVersion.current)],
        ],
    ]

    private func post(_ message: JSON, _ credentials: HTTPFields) -> HTTPRequest {
        HTTPRequest(
            .post,
            site.mcp,
            fields: fields(credentials, ["Content-Type": "application/json"]),
            body: message.bytes,
            mayBeRepeated: false
        )
    }

    private func end(_ session: String, _ credentials: HTTPFields) -> HTTPRequest {
        HTTPRequest(.delete, site.mcp, fields: fields(credentials, ["Mcp-Session-Id": session]))
    }

    /// A server on this machine is asked as a proxy with TLS would ask it.
    private func fields(_ credentials: HTTPFields, _ own: HTTPFields) -> HTTPFields {
        var fields = own
        fields["Accept"] = "application/json, text/event-stream"
        for field in credentials.all { fields.append(field.name, field.value) }
        if WebAddress(setting: site.base)?.isLoopback == true { fields["X-Forwarded-Proto"] = "https" }
        return fields
    }

    /// As JSON, or as the data of the one event that has an answer.
    private static func message(in response: HTTPResponse) -> JSON? {
        if let json = try? JSON(parsing: response.body) { return json }
        let data = response.text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: {") }.last
        return data.flatMap { try? JSON(parsing: String($0.dropFirst("data: ".count))) }
    }

    private func refused(_ name: String, _ response: HTTPResponse, _ answer: JSON?) -> ValidationCheck {
        let code = answer?["error"]?.string ?? answer?["error"]?["message"]?.string
        let words = answer?["error_description"]?.string
        return .failed(
            name,
            "status \(response.status)" + (code.map { ", \($0)" } ?? ""),
            remedy: words ?? "Check that \(site.mcp) is the address of oe-mcp-http, and what is in front of it."
        )
    }

    private func unreachable(_ name: String, _ failure: HTTPFailure) -> ValidationCheck {
        .failed(name, "no answer from \(site.base): \(failure)", remedy: "Check that the server runs, and its address.")
    }

    private func response(to request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
        do throws(HTTPFailure) { return .success(try await wiring.client.send(request)) } catch {
            return .failure(error)
        }
    }
}
