import Bridge
import Commands
import Crypto
import CurlHTTP
import HTTP
import JSON
import Logging
import MCPClient
import OAuthClient
import RESTFacade
import Settings
import Synchronization
import Text

/// People who sign in at the bridge with a browser (07 §4 b): the tokens stay here, and a cookie says who it is.
final class LoginRoutes: Sendable {
    private let signIn: FacadeSignIn
    private let accounts = Mutex<[String: FacadeAccount]>([:])
    private let isSecure: Bool
    private let base: String
    /// So many stay signed in; then any other is forgotten.
    private static let most = 10_000

    /// Nil where the settings do not say where people sign in.
    init?(_ wiring: RemoteWiring) {
        let credentials = wiring.settings.remote.credentials
        guard let issuer = credentials.issuer, let id = credentials.clientID, let redirect = credentials.redirectURI
        else {
            return nil
        }
        let configuration = FacadeConfiguration(
            issuer: issuer,
            clientID: id,
            clientSecret: credentials.clientSecret,
            scope: credentials.scope,
            redirect: redirect.text
        )
        let client = CurlClient(wiring.curl(for: issuer), log: wiring.log)
        signIn = FacadeSignIn(configuration, client: client, log: wiring.log)
        isSecure = redirect.isEncrypted
        base = wiring.settings.bridge.basePath.text
    }

    /// Where the redirect address would show codes to others; nil where all is well.
    static func problem(in settings: Settings) -> SettingsProblem? {
        guard let redirect = settings.remote.credentials.redirectURI, !redirect.isEncrypted, !redirect.isLoopback else {
            return nil
        }
        return SettingsProblem(
            name: "MCP_REMOTE_REDIRECT_URI",
            what: "begins with http://, so that a sign-in could be taken over on its way",
            advice: "Write its https:// address."
        )
    }

    func mount(on sites: inout BridgeService.Sites) {
        sites.routes["/oauth/login"] = { [self] in await Self.allowing(.get, $0, sendAway) }
        sites.routes["/oauth/callback"] = { [self] in await Self.allowing(.get, $0, takeBack) }
        sites.routes["/oauth/userinfo"] = { [self] in await Self.allowing(.get, $0, who) }
        sites.routes["/oauth/logout"] = { [self] in await Self.allowing(.post, $0, signOut) }
        sites.signedIn = { [self] in await caller($0) }
    }

    private static func allowing(
        _ method: HTTPMethod,
        _ request: RESTRequest,
        _ work: @Sendable (RESTRequest) async throws(RESTError) -> HTTPResponse
    ) async -> HTTPResponse {
        do throws(RESTError) {
            guard request.method == method else {
                throw RESTError(
                    405,
                    "method_not_allowed",
                    .string("Use \(method)."),
                    fields: ["Allow": method.rawValue]
                )
            }
            return try await work(request)
        } catch {
            return RESTServer.response(error, requestID: request.id)
        }
    }

    // With https a name that no other host can set a cookie of.
    private var name: String { isSecure ? "__Host-oe-mcp-bridge" : "oe-mcp-bridge" }
    private var bindingName: String { name + "-sign-in" }

    private func cookie(_ name: String, _ value: String, seconds: Int) -> String {
        let secure = isSecure ? "; Secure" : ""
        return "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(secure)"
    }

    private static func redirect(_ address: String, _ cookies: [String]) -> HTTPResponse {
        var response = HTTPResponse(.found, fields: ["Location": address, "Cache-Control": "no-store"])
        for cookie in cookies { response.fields.append("Set-Cookie", cookie) }
        return response
    }

    private func sendAway(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        let path = request.query["redirect_url"] ?? "\(base)/"
        guard FacadeSignIn.isOwn(path) else {
            throw RESTError(
                400,
                "invalid_request",
                "redirect_url must be a path of this server. Write one that begins with /."
            )
        }
        do throws(SignInFailure) {
            let begun = try await signIn.begin(returningTo: path)
            return Self.redirect(begun.address, [cookie(bindingName, begun.binding.revealed, seconds: 600)])
        } catch {
            throw RESTError(502, "sign_in_failed", .string(error.description))
        }
    }

    private func takeBack(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        let query = URLText.query(request.query.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        let binding = request.cookie(bindingName).map { Secret($0) }
        let (account, path): (FacadeAccount, String)
        do throws(SignInFailure) {
            (account, path) = try await signIn.finish(query: query, binding: binding)
        } catch {
            throw RESTError(401, "sign_in_failed", .string(error.description), fields: ["WWW-Authenticate": "Bearer"])
        }
        guard let id = try? Crypto.randomBytes(16).hexadecimal else {
            throw RESTError(500, "internal", "No random numbers can be had. Restart the bridge.")
        }
        accounts.withLock { accounts in
            if accounts.count >= Self.most { accounts.removeValue(forKey: accounts.keys.first ?? "") }
            accounts[id] = account
        }
        return Self.redirect(path, [cookie(name, id, seconds: 86_400), cookie(bindingName, "", seconds: 0)])
    }

    private func account(_ fields: HTTPFields) -> (id: String, account: FacadeAccount)? {
        guard let id = RESTRequest.cookie(name, in: fields) else { return nil }
        return accounts.withLock { $0[id] }.map { (id, $0) }
    }

    private func who(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        guard let (_, account) = account(request.fields) else { throw Self.notSignedIn }
        return RESTServer.jsonResponse(account.claims)
    }

    private func signOut(_ request: RESTRequest) async throws(RESTError) -> HTTPResponse {
        guard let (id, account) = account(request.fields) else { throw Self.notSignedIn }
        accounts.withLock { _ = $0.removeValue(forKey: id) }
        _ = await account.revoke()
        var response = RESTServer.jsonResponse(["status": "logged_out"])
        response.fields.append("Set-Cookie", cookie(name, "", seconds: 0))
        return response
    }

    private static let notSignedIn = RESTError(
        401,
        "unauthorized",
        "No one is signed in here. Open /oauth/login with a browser.",
        fields: ["WWW-Authenticate": "Bearer"]
    )

    /// Who has signed in with this browser; nil where no one has.
    private func caller(_ fields: HTTPFields) async -> BridgeCaller? {
        guard let (id, account) = account(fields), let token = try? await account.token() else { return nil }
        guard let digest = try? Crypto.digest(Array(id.utf8)).hexadecimal else { return nil }
        return BridgeCaller(key: "signed in: \(digest)", token: token, fields: fields)
    }
}
