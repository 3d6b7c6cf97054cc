import JSON
import Text

/// Clients that the operator has registered by hand: registration metadata with `client_id` and `client_secret_sha256`.
package struct StaticClients: Sendable {
    package let clients: [String: OAuthClient]

    /// Why a file cannot be used, as a clause that follows its name.
    package struct Fault: Error, Hashable, Sendable {
        package let text: String
    }

    package init() { clients = [:] }

    /// A list of clients, or an object with one under `clients`.
    package init(_ bytes: [UInt8]) throws(Fault) {
        guard let json = try? JSON(parsing: bytes), let list = json.array ?? json["clients"]?.array else {
            throw Fault(text: "is no JSON list of clients")
        }
        var clients: [String: OAuthClient] = [:]
        for entry in list {
            let client = try Self.client(entry)
            guard clients.updateValue(client, forKey: client.id) == nil else {
                throw Fault(text: "has the client \(client.id) twice")
            }
        }
        self.clients = clients
    }

    /// Those that are for people, and to which no browser can be sent back.
    package var unreachable: [String] {
        clients.values.filter { $0.redirects.isEmpty && $0.grants.contains(.authorizationCode) }.map { $0.id }.sorted()
    }

    private static func client(_ json: JSON) throws(Fault) -> OAuthClient {
        guard let id = json["client_id"]?.string, (1...256).contains(id.utf8.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !id.hasPrefix(RegisteredClients.prefix),
            !id.hasPrefix(ClientDocumentID.prefix)
        else { throw Fault(text: "has a client without a plain client_id") }
        if json["client_secret"] != nil {
            throw Fault(text: "has a client_secret of \(id) in plain text, where only its client_secret_sha256 belongs")
        }
        let digest = try digest(json["client_secret_sha256"], of: id)
        return OAuthClient(
            id: id,
            name: ClientName.shown(json["client_name"]?.string) ?? id,
            identity: .configured,
            redirects: try redirects(json["redirect_uris"], of: id),
            authentication: try methods(json["token_endpoint_auth_method"], of: id, hasSecret: digest != nil),
            secretDigest: digest,
            grants: try grants(json["grant_types"], of: id, hasSecret: digest != nil)
        )
    }

    private static func digest(_ json: JSON?, of id: String) throws(Fault) -> [UInt8]? {
        guard let json else { return nil }
        guard let digest = json.string.flatMap(Self.bytes), digest.count == 32 else {
            throw Fault(text: "has a client_secret_sha256 of \(id) that is not 64 hexadecimal digits")
        }
        return digest
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64, !digits.contains(nil) else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
    }

    private static func redirects(_ json: JSON?, of id: String) throws(Fault) -> [RedirectURI] {
        let texts = json?.array ?? []
        let redirects = texts.compactMap { $0.string.flatMap { RedirectURI($0) } }
        guard redirects.count == texts.count else { throw Fault(text: "has an unusable redirect address of \(id)") }
        return redirects
    }

    private static func methods(
        _ json: JSON?,
        of id: String,
        hasSecret: Bool
    ) throws(Fault) -> Set<OAuthClient.Authentication> {
        guard let json else { return hasSecret ? [.secretInHeader, .secretInBody] : [.none] }
        guard let method = json.string.flatMap({ OAuthClient.Authentication(rawValue: $0) }),
            method != .signedAssertion, hasSecret == (method != .none)
        else {
            throw Fault(text: "has a token_endpoint_auth_method of \(id) that is not served or does not fit its secret")
        }
        return [method]
    }

    private static func grants(_ json: JSON?, of id: String, hasSecret: Bool) throws(Fault) -> Set<GrantType> {
        guard let list = json?.array else { return [.authorizationCode, .refreshToken] }
        let grants = list.compactMap { $0.string.flatMap { GrantType(rawValue: $0) } }
        guard grants.count == list.count else { throw Fault(text: "has a grant type of \(id) that is not served") }
        guard hasSecret || !grants.contains(.clientCredentials) else {
            throw Fault(text: "lets \(id) get tokens of its own without a secret")
        }
        return Set(grants)
    }
}
