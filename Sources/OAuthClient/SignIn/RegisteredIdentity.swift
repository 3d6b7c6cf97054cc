import JSON
import Logging

/// A client as an authorization server has registered it (RFC 7591).
struct RegisteredIdentity: Hashable, Sendable {
    let issuer: String
    let identity: ClientIdentity
    /// The address that browsers may return to.
    let redirect: String
    /// When the secret ends, in seconds since 1970; nil for never.
    let end: Double?

    init(issuer: String, identity: ClientIdentity, redirect: String, end: Double?) {
        self.issuer = issuer
        self.identity = identity
        self.redirect = redirect
        self.end = end
    }

    var json: JSON {
        .members(
            ("format", 1),
            ("issuer", .string(issuer)),
            ("client", identity.json),
            ("redirect", .string(redirect)),
            ("end", end.map { .double($0) })
        )
    }

    init?(_ json: JSON) {
        guard json["format"]?.int == 1, let issuer = json["issuer"]?.string,
            let identity = json["client"].flatMap({ ClientIdentity($0) }), let redirect = json["redirect"]?.string
        else { return nil }
        self.init(issuer: issuer, identity: identity, redirect: redirect, end: json["end"]?.double)
    }

    /// What is asked for, and what this client is.
    ///
    /// `takesCodes` is whether a person may type a code on another device (RFC 8628).
    static func request(
        redirect: String,
        method: ClientAuthenticationMethod,
        scopes: [String],
        takesCodes: Bool
    ) -> JSON {
        let grants = ["authorization_code", "refresh_token"] + (takesCodes ? [DeviceCode.grant] : [])
        return .members(
            ("client_name", "oe-mcp"),
            ("redirect_uris", [.string(redirect)]),
            ("application_type", "native"),
            ("grant_types", .strings(grants)),
            ("response_types", ["code"]),
            ("token_endpoint_auth_method", .string(method.rawValue)),
            ("scope", scopes.isEmpty ? nil : .string(scopes.joined(separator: " ")))
        )
    }
}
