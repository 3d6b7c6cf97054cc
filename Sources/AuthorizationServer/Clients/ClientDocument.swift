import HTTP
import JSON
import Text

/// What a client's metadata document says (OAuth Client ID Metadata Document, §4).
package struct ClientDocument: Hashable, Sendable {
    package let name: String
    package let redirects: [RedirectURI]
    let grants: Set<GrantType>
    let authentication: Set<OAuthClient.Authentication>
    let keys: ClientKeys?

    /// In bytes, decompressed.
    package static let longest = 5 * 1024

    /// Why a document is not taken, as a clause.
    package struct Fault: Error, Hashable, Sendable {
        package let text: String

        init(_ text: String) { self.text = text }
    }

    /// `known` are redirects that need not be on this machine or at the host of the document.
    package init(_ bytes: [UInt8], of id: ClientDocumentID, known: RedirectPolicy) throws(Fault) {
        let json = try Self.object(bytes)
        guard json["client_id"]?.string.map({ Array($0.utf8) }) == Array(id.text.utf8) else {
            throw Fault("its client_id is not its address")
        }
        guard let name = ClientName.shown(json["client_name"]?.string) else { throw Fault("it has no client_name") }
        self.name = name
        for member in ["client_secret", "client_secret_expires_at"] where json[member] != nil {
            throw Fault("it has a client_secret")
        }
        if json["jwks"]?["keys"]?.array?.contains(where: { $0["d"] != nil }) == true {
            throw Fault("it publishes a private key")
        }
        keys = ClientKeys(json)
        authentication = try Self.methods(json, hasKeys: keys != nil)
        redirects = try Self.redirects(json["redirect_uris"], id, known)
        let usual: [GrantType] = [.authorizationCode, .refreshToken]
        let offered = json["grant_types"]?.array.map { offered in
            usual.filter { offered.contains(.string($0.rawValue)) }
        }
        grants = Set(offered ?? [.authorizationCode])
        guard grants.contains(.authorizationCode) else {
            throw Fault("it does not use the grant type authorization_code")
        }
    }

    package func client(_ id: ClientDocumentID) -> OAuthClient {
        OAuthClient(
            id: id.text,
            name: name,
            identity: .published(host: id.host),
            redirects: redirects,
            authentication: authentication,
            keys: keys,
            grants: grants
        )
    }

    private static func object(_ bytes: [UInt8]) throws(Fault) -> JSON {
        guard bytes.count <= longest else { throw Fault("it is longer than \(longest) bytes") }
        guard let json = try? JSON(parsing: bytes, within: JSON.Limits(depth: 16)), json.object != nil else {
            throw Fault("it is no JSON object")
        }
        guard !json.repeatsNames else { throw Fault("a name occurs twice in it") }
        return json
    }

    /// The plural is an offer, of which we take what we can; the singular is a demand.
    private static func methods(_ json: JSON, hasKeys: Bool) throws(Fault) -> Set<OAuthClient.Authentication> {
        let single = json["token_endpoint_auth_method"]?.string ?? OAuthClient.Authentication.none.rawValue
        let offered = json["token_endpoint_auth_methods_supported"]?.array?.compactMap { $0.string } ?? [single]
        let possible: [OAuthClient.Authentication] = hasKeys ? [.none, .signedAssertion] : [.none]
        let methods = Set(possible.filter { offered.contains($0.rawValue) })
        guard methods.isEmpty else { return methods }
        if offered.contains(OAuthClient.Authentication.signedAssertion.rawValue) {
            throw Fault("it asks to sign in with a key, and names none that can be used here in jwks or jwks_uri")
        }
        throw Fault("it asks for a secret, which a document cannot have, or for what is not served")
    }

    /// A document proves who has its host, and not who receives a code elsewhere.
    private static func redirects(
        _ json: JSON?,
        _ id: ClientDocumentID,
        _ known: RedirectPolicy
    ) throws(Fault) -> [RedirectURI] {
        guard let texts = json?.array, !texts.isEmpty else { throw Fault("it has no redirect_uris") }
        let allowed = texts.compactMap { $0.string.flatMap { RedirectURI($0) } }.filter { redirect in
            redirect.kind == .loopback || redirect.text.hasPrefix("\(ClientDocumentID.prefix)\(id.host)/")
                || known.names(redirect)
        }
        guard !allowed.isEmpty else {
            throw Fault("none of its redirect_uris is on this machine, at its host or known here")
        }
        return allowed
    }
}

extension JSON {
    /// Whether an object in it has two members of one name, which two readers could read in two ways.
    var repeatsNames: Bool {
        switch self {
        case .array(let items): items.contains { $0.repeatsNames }
        case .object(let object):
            Set(object.names).count != object.members.count || object.members.contains { $0.value.repeatsNames }
        default: false
        }
    }
}
