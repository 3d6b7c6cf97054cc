import JSON
package import Logging

/// A sign-in at a server, and the tokens that show it.
package struct SignInRecord: Hashable, Sendable {
    /// The MCP endpoint, in the one form that its address has.
    package var server: String
    /// For one person with several accounts at one server; usually empty.
    package var profile: String
    package var issuer: String
    /// What the tokens are for, as it is sent (RFC 8707); nil where it is not.
    package var resource: String?
    package var client: ClientIdentity
    /// What was asked for, in the order of the names.
    package var scopes: [String]
    /// What was granted.
    package var granted: [String]
    package var tokenEndpoint: String
    package var revocationEndpoint: String?
    /// Whether the client acts for itself, and gets the next token with its secret.
    package var isService: Bool
    package var access: Secret
    package var type: String?
    /// In seconds since 1970; nil where nothing says.
    package var expiry: Double?
    package var refresh: Secret?
    /// In seconds since 1970.
    package var received: Double

    /// Whether another token should be had before the next request: a minute before the end, or after half of a short life.
    func isEnding(at now: Double) -> Bool {
        expiry.map { now >= $0 - min(Self.spare, ($0 - received) / 2) } ?? false
    }

    func hasEnded(at now: Double) -> Bool { expiry.map { now >= $0 } ?? false }

    static let spare = 60.0

    /// The same with what a token endpoint has issued now.
    func with(_ tokens: GrantedTokens, at now: Double) -> SignInRecord {
        var record = self
        record.access = tokens.access
        record.type = tokens.type
        record.expiry = tokens.life.map { now + $0 }
        // RFC 6749 §6: without a new one the old one stays good.
        record.refresh = tokens.refresh ?? refresh
        if let scope = tokens.scope { record.granted = scope.split(separator: " ").map { String($0) } }
        record.received = now
        return record
    }

    /// One for each issuer, client, resource, set of scopes and profile.
    var name: String {
        get throws(SignInFailure) {
            try SealedFolder.name(
                [server, issuer, client.id, resource ?? "", scopes.joined(separator: " "), profile],
                ending: Self.ending
            )
        }
    }

    static let ending = ".tokens"
}

// As it is kept. The number of the form changes with what readers have to know, and never with a release.
extension SignInRecord {
    private static let form = 1

    var json: JSON {
        .members(
            ("format", .int(Self.form)),
            ("server", .string(server)),
            ("profile", .string(profile)),
            ("issuer", .string(issuer)),
            ("resource", resource.map { .string($0) }),
            ("client", client.json),
            ("scopes", .strings(scopes)),
            ("granted", .strings(granted)),
            ("token_endpoint", .string(tokenEndpoint)),
            ("revocation_endpoint", revocationEndpoint.map { .string($0) }),
            ("service", .bool(isService)),
            ("access_token", .string(access.revealed)),
            ("token_type", type.map { .string($0) }),
            ("expiry", expiry.map { .double($0) }),
            ("refresh_token", refresh.map { .string($0.revealed) }),
            ("received", .double(received))
        )
    }

    /// Nil for another form, such as one of a later release.
    init?(_ json: JSON) {
        guard json["format"]?.int == Self.form, let server = json["server"]?.string,
            let issuer = json["issuer"]?.string,
            let client = json["client"].flatMap({ ClientIdentity($0) }), let access = json["access_token"]?.string,
            let tokenEndpoint = json["token_endpoint"]?.string, let received = json["received"]?.double
        else { return nil }
        self.server = server
        self.issuer = issuer
        self.client = client
        self.tokenEndpoint = tokenEndpoint
        self.received = received
        self.access = Secret(access)
        profile = json["profile"]?.string ?? ""
        resource = json["resource"]?.string
        scopes = SignInServer.texts(json["scopes"])
        granted = SignInServer.texts(json["granted"])
        revocationEndpoint = json["revocation_endpoint"]?.string
        isService = json["service"] == true
        type = json["token_type"]?.string
        expiry = json["expiry"]?.double
        refresh = json["refresh_token"]?.string.map { Secret($0) }
    }
}

extension ClientIdentity {
    var json: JSON {
        .members(
            ("id", .string(id)),
            ("secret", secret.map { .string($0.revealed) }),
            ("method", .string(method.rawValue))
        )
    }

    init?(_ json: JSON) {
        guard let id = json["id"]?.string else { return nil }
        let method = json["method"]?.string.flatMap { ClientAuthenticationMethod(rawValue: $0) }
        self.init(id: id, secret: json["secret"]?.string.map { Secret($0) }, method: method)
    }
}
