import HTTP
import JSON
import Text

/// What a person is asked about, as it is kept until they decide.
struct PendingSignIn: Sendable {
    let clientID: String
    let clientName: String
    let identity: OAuthClient.Identity
    let redirect: RedirectURI
    let state: String?
    let challenge: String
    let scopes: [String]
    let resource: String
    let mayRefresh: Bool

    init(_ client: OAuthClient, _ redirect: RedirectURI, _ request: AuthorizationRequest) {
        clientID = client.id
        clientName = client.name
        identity = client.identity
        self.redirect = redirect
        state = request.state
        challenge = request.challenge
        scopes = request.scopes
        resource = request.resource
        mayRefresh = client.grants.contains(.refreshToken)
    }

    init?(_ bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes), let id = json["client"]?.string, let name = json["name"]?.string,
            let redirect = json["redirect"]?.string.flatMap({ RedirectURI($0) }),
            let challenge = json["challenge"]?.string,
            let scopes = json["scopes"]?.array?.compactMap({ $0.string }), let resource = json["resource"]?.string,
            let mayRefresh = json["may_refresh"]?.bool
        else { return nil }
        clientID = id
        clientName = name
        identity =
            switch json["host"]?.string {
            case let host?: .published(host: host)
            case nil: json["is_configured"]?.bool == true ? .configured : .selfRegistered
            }
        self.redirect = redirect
        state = json["state"]?.string
        self.challenge = challenge
        self.scopes = scopes
        self.resource = resource
        self.mayRefresh = mayRefresh
    }

    var json: JSON {
        let host: String? = if case .published(let host) = identity { host } else { nil }
        return JSON.members(
            ("client", .string(clientID)),
            ("name", .string(clientName)),
            ("host", host.map { .string($0) }),
            ("is_configured", .bool(identity == .configured)),
            ("redirect", .string(redirect.text)),
            ("state", state.map { .string($0) }),
            ("challenge", .string(challenge)),
            ("scopes", .strings(scopes)),
            ("resource", .string(resource)),
            ("may_refresh", .bool(mayRefresh))
        )
    }

    var asked: AskedFor {
        AskedFor(
            clientName: clientName.isEmpty ? "A program without a name" : clientName,
            identity: identity,
            redirect: redirect,
            scopes: scopes
        )
    }

    var granted: GrantedClient { GrantedClient(id: clientID, name: clientName, origin: redirect.origin) }
}

extension RedirectURI {
    /// Scheme and host, for the log and the person; what an app's address has of them.
    var origin: String { kind == .app ? "\(scheme):" : "\(scheme)://\(host)" }

    /// With the parameters of an answer behind those that it has, of which none can be taken for one of an answer
    /// (RFC 9207 §2.4), however it is written.
    func answering(_ parameters: [(name: String, value: String)]) -> String {
        let mark = text.utf8.firstIndex(of: UInt8(ascii: "?"))
        let own = mark.map { text[$0...].dropFirst().split(separator: "&") } ?? []
        let kept = own.filter { !Self.isOfAnswers($0.prefix { $0 != "=" }) }.map { String($0) }
        let added = URLText.query(parameters)
        return text[..<(mark ?? text.endIndex)] + "?" + (kept + [added]).joined(separator: "&")
    }

    private static func isOfAnswers(_ name: Substring) -> Bool {
        let decoded = PercentEncoding.decoded(String(name)) ?? String(name)
        return ["code", "state", "iss", "error", "error_description", "error_uri"].contains(decoded)
    }
}
