import HTTP
package import JSON

/// What an authorization server says of itself (RFC 8414 §2, OpenID Connect Discovery 1.0 §3).
package struct ProviderMetadata: Sendable {
    package let json: JSON
    package let issuer: String

    package var keys: String? { json["jwks_uri"]?.string }
    package var tokenEndpoint: String? { json["token_endpoint"]?.string }

    /// Where people and secrets may be sent.
    private static let addresses = ["jwks_uri", "authorization_endpoint", "token_endpoint", "introspection_endpoint"]

    /// `issuer` is the one that was asked, which has to be the one that answers (RFC 8414 §3.3).
    package init(_ json: JSON, of issuer: String) throws(ProviderFailure) {
        guard let named = json["issuer"]?.string else {
            throw ProviderFailure("the metadata of \(issuer) names no issuer")
        }
        guard named.isIdentical(to: issuer) else {
            throw ProviderFailure("the metadata of \(issuer) names another issuer, \(named)")
        }
        for name in Self.addresses {
            guard let value = json[name] else { continue }
            guard let address = value.string, IssuerAddress.mayCall(address, for: issuer) else {
                throw ProviderFailure("the metadata of \(issuer) has no https address as \(name)")
            }
        }
        self.json = json
        self.issuer = issuer
    }
}

/// What an issuer may be called, and where its documents are.
package enum IssuerAddress {
    /// Why no token can be taken from this issuer, as a sentence's end; nil where all is well.
    package static func problem(with issuer: String) -> String? {
        guard let url = URLText(issuer), !issuer.utf8.contains(UInt8(ascii: "?")),
            !issuer.utf8.contains(UInt8(ascii: "#"))
        else { return "is not an https address without a query" }
        guard url.scheme == "https" || url.isLoopback else { return "is not an https address" }
        let isTemplate = issuer.utf8.contains(UInt8(ascii: "{"))
        let tenant = url.path.split(separator: "/").first ?? ""
        if isTemplate || EntraIssuer.isEntra(issuer) && ["common", "organizations", "consumers"].contains(tenant) {
            return "stands for every tenant; write the id of yours"
        }
        return nil
    }

    /// Where its metadata may be, in the order in which it is looked for (RFC 8414 §3.1, OpenID Connect Discovery §4).
    static func metadata(of issuer: String) -> [String] {
        let (openID, oauth) = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let path = URLText(base)?.path ?? "/"
        guard path != "/" else { return [base + openID, base + oauth] }
        let origin = base.dropLast(path.count)
        return [base + openID, origin + oauth + path, base + oauth, origin + openID + path]
    }

    /// Only an issuer on this machine, for trials, has addresses that are not encrypted.
    static func mayCall(_ address: String, for issuer: String) -> Bool {
        guard let url = URLText(address) else { return false }
        return url.scheme == "https" || url.isLoopback && URLText(issuer)?.isLoopback == true
    }
}

extension URLText {
    fileprivate var isLoopback: Bool { ["localhost", "127.0.0.1", "::1"].contains(host) }
}

extension String {
    /// Byte for byte: `==` takes texts as equal that only look alike.
    package func isIdentical(to other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
