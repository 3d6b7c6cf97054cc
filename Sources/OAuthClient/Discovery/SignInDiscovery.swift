package import HTTP
import JSON
import OAuth

/// Finds out where one signs in for a server (RFC 9728, RFC 8414, and the older way of 2025-03-26).
package struct SignInDiscovery: Sendable {
    private let client: any HTTPClient
    private var documents: PublishedDocuments { PublishedDocuments(client: client) }

    /// `client` must follow no redirect.
    package init(_ client: any HTTPClient) { self.client = client }

    /// `challenge` is the `WWW-Authenticate` of a refusal, where there was one already; else the server is asked.
    package func site(of server: String, challenge: String? = nil) async throws(SignInFailure) -> SignInSite {
        guard let url = URLText(server), let rule = AddressRule(server) else {
            throw SignInFailure(.metadata, "`\(server)` is not an address that can be called.")
        }
        var refusal = Refusal(challenge: challenge)
        if challenge == nil { refusal = try await self.refusal(of: server) }
        let parameters = refusal.challenge.flatMap { BearerChallenge.parameters(of: $0) } ?? [:]
        let challenged = parameters["scope"]?.split(separator: " ").map { String($0) } ?? []
        guard let document = try await resourceDocument(of: url, named: parameters["resource_metadata"], rule) else {
            let authorization = try await ownServer(of: url, rule)
            if authorization.isAssumed { try Self.checkRefusal(refusal, server) }
            return SignInSite(
                server: server,
                resource: Self.canonical(url),
                authorization: authorization,
                challenged: challenged
            )
        }
        return SignInSite(
            server: server,
            resource: try Self.resource(document, for: url),
            authorization: try await authorization(document, of: url, rule),
            challenged: challenged,
            published: SignInServer.texts(document["scopes_supported"])
        )
    }

    /// An authorization server whose issuer is known.
    package func authorizationServer(_ issuer: String) async throws(SignInFailure) -> SignInServer {
        guard let rule = AddressRule(issuer) else {
            throw SignInFailure(.metadata, "`\(issuer)` is not an issuer's address.")
        }
        return try await authorizationServer(issuer, rule)
    }

    /// The challenge of a real refusal: by POST, since a GET may be answered with 405.
    ///
    /// A list changes nothing.
    private func refusal(of server: String) async throws(SignInFailure) -> Refusal {
        var request = HTTPRequest(
            .post,
            server,
            fields: ["Content-Type": "application/json", "Accept": "application/json, text/event-stream"],
            body: Array(#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#.utf8),
            mayBeRepeated: true
        )
        request.timeLimit = .seconds(15)
        request.bodyEnd = "\n\n"
        let response = try await client.response(to: request)
        let challenges = response.fields.values("WWW-Authenticate")
        return Refusal(
            challenge: challenges.first { BearerChallenge.parameters(of: $0) != nil },
            status: response.status,
            isOfProtocol: Self.isOfProtocol(response.body)
        )
    }

    /// What a request without a token is answered with.
    private struct Refusal {
        var challenge: String?
        var status = HTTPStatus.unauthorized
        /// Whether it is a message of JSON-RPC, and no page.
        var isOfProtocol = false
    }

    /// A message by itself, or as the data of an event.
    private static func isOfProtocol(_ body: [UInt8]) -> Bool {
        let lines = body.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: "data:".utf8) }
        return ([body[...]] + lines.map { $0.dropFirst("data:".utf8.count) }).contains { bytes in
            (try? JSON(parsing: Array(bytes)))?["jsonrpc"] == "2.0"
        }
    }

    /// Nothing is made up for a server that has asked for nothing.
    private static func checkRefusal(_ refusal: Refusal, _ server: String) throws(SignInFailure) {
        let status = refusal.status
        if status == .unauthorized { return }
        // Some want a session before all else, and say so with 400.
        if refusal.isOfProtocol, status.isSuccess || status == .badRequest {
            throw SignInFailure(.notNeeded, "\(server) asks for no sign-in.")
        }
        let what = "answered with status \(status), and says nothing about where one signs in"
        throw SignInFailure(.metadata, "\(server) \(what).")
    }

    private func resourceDocument(
        of url: URLText,
        named: String?,
        _ rule: AddressRule
    ) async throws(SignInFailure) -> JSON? {
        let wellKnown = url.origin + "/.well-known/oauth-protected-resource"
        let places = (url.path == "/" ? [] : [wellKnown + url.path]) + [wellKnown]
        guard let named else { return try await documents.first(of: places) }
        guard rule.allows(named) else {
            throw SignInFailure(.metadata, "The server names an address for its metadata that may not be called.")
        }
        return try await documents.first(of: [named] + places.filter { $0 != named })
    }

    /// The document has to be that of this server, or of what it is a part of (RFC 9728 §3.3): another could ask for tokens
    /// in its name.
    private static func resource(_ document: JSON, for url: URLText) throws(SignInFailure) -> String {
        guard let resource = document["resource"]?.string, let named = URLText(resource) else {
            throw SignInFailure(.metadata, "The metadata of \(canonical(url)) does not say of which resource it is.")
        }
        let (path, whole) = (named.path.hasSuffix("/") ? named.path : named.path + "/", url.path + "/")
        guard named.origin == url.origin, whole.hasPrefix(path), named.query == nil || named.query == url.query else {
            throw SignInFailure(
                .metadata,
                "The metadata of \(canonical(url)) is that of another resource, \(resource)."
            )
        }
        return resource
    }

    private func authorization(
        _ document: JSON,
        of url: URLText,
        _ rule: AddressRule
    ) async throws(SignInFailure) -> SignInServer {
        var problem = SignInFailure(.metadata, "The metadata of \(Self.canonical(url)) names no authorization server.")
        for issuer in SignInServer.texts(document["authorization_servers"]) {
            guard rule.allows(issuer) else {
                problem = SignInFailure(.metadata, "The authorization server \(issuer) may not be called.")
                continue
            }
            do throws(SignInFailure) {
                return try await authorizationServer(issuer, rule)
            } catch {
                problem = error
            }
        }
        throw problem
    }

    private func authorizationServer(_ issuer: String, _ rule: AddressRule) async throws(SignInFailure) -> SignInServer
    {
        guard let url = URLText(issuer), url.query == nil else {
            throw SignInFailure(.metadata, "`\(issuer)` is not an issuer's address.")
        }
        guard let document = try await documents.first(of: Self.places(of: url)) else {
            throw SignInFailure(.metadata, "The authorization server \(issuer) publishes no metadata.")
        }
        return try SignInServer(document, of: issuer, origin: url.origin, rule)
    }

    /// The server itself, as 2025-03-26 has it.
    private func ownServer(of url: URLText, _ rule: AddressRule) async throws(SignInFailure) -> SignInServer {
        let places = [Self.oauth, Self.openID].map { url.origin + $0 }
        guard let document = try await documents.first(of: places) else { return SignInServer(assumedAt: url.origin) }
        return try SignInServer(document, of: nil, origin: url.origin, rule)
    }

    private static let oauth = "/.well-known/oauth-authorization-server"
    private static let openID = "/.well-known/openid-configuration"

    /// RFC 8414 §3.1, then OpenID Connect Discovery 1.0 §4 in its two forms.
    static func places(of issuer: URLText) -> [String] {
        let path = issuer.path.hasSuffix("/") ? String(issuer.path.dropLast()) : issuer.path
        if path.isEmpty { return [oauth, openID].map { issuer.origin + $0 } }
        return [oauth + path, openID + path, path + openID].map { issuer.origin + $0 }
    }

    /// RFC 8707 §2, as MCP has it: scheme and host in small letters, no fragment, no slash where there is nothing else.
    static func canonical(_ url: URLText) -> String {
        url.origin + (url.path == "/" ? "" : url.path) + (url.query.map { "?\($0)" } ?? "")
    }
}
