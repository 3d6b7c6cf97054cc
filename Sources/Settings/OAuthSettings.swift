package import Logging
import Text

/// What people may do once they have signed in, in both modes.
package struct OAuthSettings: Sendable {
    /// What is granted where a client asks for nothing that is known here.
    package let defaultScopes: TextList
    package let scopeMap: ScopeMap?
    /// A PEM file with certificates to trust besides the system's, for identity providers and clients' metadata.
    package let caBundle: String?
    package let provider: ProviderSettings
    package let signIn: SignInSettings

    static let providerHeading = "Behind an identity provider (AUTH_MODE=remote)"
    static let signInHeading = "With a sign-in page of its own (AUTH_MODE=remote_login)"

    init(_ reader: inout SettingsReader) {
        reader.section("Signing in with OAuth (oe-mcp-http)", concerns: .listening)
        defaultScopes = reader.read(
            "OAUTH_DEFAULT_SCOPES",
            "Scopes for clients that ask our sign-in page for none: ovaledge:read, ovaledge:write or both.",
            default: TextList(["ovaledge:read"])
        )
        scopeMap = reader.read(
            "OAUTH_SCOPE_MAP",
            "Which scopes or roles of the identity provider stand for which of ours, as theirs=ours, with commas.",
            example: "catalog.read=ovaledge:read,catalog.edit=ovaledge:write"
        )
        caBundle = reader.read(
            "OAUTH_CA_BUNDLE",
            "File (PEM) with certificates to trust besides the system's, for the identity provider and documents of clients.",
            example: "/etc/oe-mcp/identity.pem"
        )
        provider = ProviderSettings(&reader)
        signIn = SignInSettings(&reader)
        let own = ["ovaledge:read", "ovaledge:write"]
        if let other = defaultScopes.texts.first(where: { !own.contains($0) }) {
            reader.complain(
                "OAUTH_DEFAULT_SCOPES",
                "names \(other)",
                advice: "There are \(own.joined(separator: ", "))."
            )
        }
        if let other = scopeMap?.pairs.first(where: { !own.contains($0.ours) }) {
            reader.complain(
                "OAUTH_SCOPE_MAP",
                "maps to \(other.ours)",
                advice: "There are \(own.joined(separator: ", "))."
            )
        }
    }

    package var secrets: [Secret] {
        [provider.clientSecret, signIn.key].compactMap { $0 } + (signIn.store?.secrets ?? [])
    }
}

/// Behind an identity provider: `AUTH_MODE=remote`.
package struct ProviderSettings: Sendable {
    package let issuer: String?
    package let allowedIssuers: TextList?
    package let audience: TextList?
    package let audienceClaim: AudienceClaim
    package let clients: TextList?
    package let clientID: String?
    package let clientSecret: Secret?
    package let introspectionURL: WebAddress?
    package let scopes: TextList?
    package let cacheSeconds: Int
    package let leewaySeconds: Int
    package let requiresAccessTokenType: Bool
    /// Whether this server stands in as the authorization server, for clients that cannot register at the provider.
    package let isFacade: Bool
    /// Nil where it is not set, which means true unless there is an exchange.
    private let forwarding: Bool?
    package let exchange: TokenExchangeKind
    package let exchangeURL: WebAddress?
    package let exchangeAudience: String?
    package let exchangeScope: String?

    /// Whether the provider's token is handed on to OvalEdge as it came.
    package var forwardsToken: Bool { forwarding ?? (exchange == .off) }
    /// Whether what OvalEdge is sent is from an identity provider, and not from OvalEdge.
    var sendsIssuedToken: Bool { forwardsToken || exchange != .off }

    /// All issuers that are trusted, each by its exact text.
    package var issuers: [String] {
        let all = (issuer.map { [$0] } ?? []) + (allowedIssuers?.texts ?? [])
        return all.enumerated().filter { place, text in all.firstIndex(of: text) == place }.map { $1 }
    }

    init(_ reader: inout SettingsReader) {
        reader.section(OAuthSettings.providerHeading, concerns: .listening)
        issuer = reader.read(
            "OAUTH_ISSUER",
            "Issuer of the access tokens, exactly as the identity provider writes it, with or without a slash at its end.",
            example: "https://login.example.com/oauth2/default"
        )
        allowedIssuers = reader.read(
            "OAUTH_ALLOWED_ISSUERS",
            "Further issuers, separated by commas.",
            example: "https://login.example.org"
        )
        audience = reader.read(
            "OAUTH_AUDIENCE",
            "What tokens must be for (aud), separated by commas; needed in this mode.",
            example: "api://ovaledge-mcp"
        )
        audienceClaim = reader.read(
            "OAUTH_AUDIENCE_CLAIM",
            "The claim that says what a token is for; client_id for providers that write no aud.",
            default: .aud
        )
        clients = reader.read(
            "OAUTH_ALLOWED_CLIENTS",
            "Clients whose tokens are taken, by client_id, azp, appid or cid, with commas; all when left out.",
            example: "0oa1example,0oa2example"
        )
        clientID = reader.read("OAUTH_CLIENT_ID", "Id of this server at the identity provider.", example: "0oa1example")
        clientSecret = reader.readSecret("OAUTH_CLIENT_SECRET", "Secret of that id; it is never given out.")
        introspectionURL = reader.read(
            "OAUTH_INTROSPECTION_URL",
            "Where the identity provider is asked about each token (RFC 7662), instead of reading it as a JWT.",
            example: "https://login.example.com/oauth2/default/v1/introspect"
        )
        scopes = reader.read(
            "OAUTH_SCOPES",
            "Scopes that clients should ask the identity provider for, separated by commas.",
            example: "openid,catalog.read"
        )
        cacheSeconds = reader.read(
            "OAUTH_VALIDATION_CACHE_TTL_SECONDS",
            "Seconds for which a verified token is not verified again; 0 switches that off.",
            in: 0...60,
            default: 60
        )
        leewaySeconds = reader.read(
            "OAUTH_CLOCK_LEEWAY",
            "Seconds by which the clocks of the identity provider and this server may differ.",
            in: 0...300,
            default: 60
        )
        requiresAccessTokenType = reader.read(
            "OAUTH_REQUIRE_AT_JWT",
            "Take only tokens whose type is at+jwt (RFC 9068).",
            default: false
        )
        isFacade = reader.read(
            "OAUTH_FACADE",
            "Name this server as the authorization server, for clients that cannot register at the identity provider.",
            default: false
        )
        forwarding = reader.read(
            "OVALEDGE_REMOTE_FORWARD_IDP_TOKEN",
            "Hand the identity provider's token on to OvalEdge; false where OAUTH_EXCHANGE gets another.",
            example: "false",
            saying: "true without OAUTH_EXCHANGE"
        )
        exchange = reader.read(
            "OAUTH_EXCHANGE",
            "How a token for OvalEdge is got: off, rfc8693 (token exchange) or on_behalf_of (Entra).",
            default: .off
        )
        exchangeURL = reader.read(
            "OAUTH_EXCHANGE_URL",
            "Where it is got; the token endpoint of the issuer when left out.",
            example: "https://login.example.com/oauth2/default/v1/token"
        )
        exchangeAudience = reader.read("OAUTH_EXCHANGE_AUDIENCE", "What that token is for.", example: "api://ovaledge")
        exchangeScope = reader.read("OAUTH_EXCHANGE_SCOPE", "The scope of that token.", example: "catalog")
        if forwarding == true, exchange != .off {
            reader.complain(
                "OVALEDGE_REMOTE_FORWARD_IDP_TOKEN",
                "is true although OAUTH_EXCHANGE gets another token",
                advice: "Set one of them."
            )
        }
    }

    /// Complains of what this mode cannot do without.
    func check(_ reader: inout SettingsReader, publicBaseURL: WebAddress?) {
        reader.checkPublicAddress(publicBaseURL)
        for (name, address) in [("OAUTH_EXCHANGE_URL", exchangeURL), ("OAUTH_INTROSPECTION_URL", introspectionURL)] {
            guard let address, !address.isEncrypted, !address.isLoopback else { continue }
            reader.complain(
                name,
                "begins with http://, so that tokens would travel unencrypted",
                advice: "Write its https:// address."
            )
        }
        if issuers.isEmpty {
            reader.complain(
                "OAUTH_ISSUER",
                "is not set",
                advice: "Write the issuer of your identity provider, exactly as its tokens name it (iss)."
            )
        }
        if audience == nil {
            reader.complain(
                "OAUTH_AUDIENCE",
                "is not set, so that a token for any other program would be taken",
                advice: "Write what the identity provider puts into aud for this server."
            )
        }
        if exchange != .off, clientID == nil {
            reader.complain(
                "OAUTH_EXCHANGE",
                "is \(exchange.rawValue) without OAUTH_CLIENT_ID",
                advice:
                    "Register this server at the identity provider, and set OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET."
            )
        }
        if exchange == .onBehalfOf, clientID != nil, clientSecret == nil {
            reader.complain(
                "OAUTH_EXCHANGE",
                "is on_behalf_of without OAUTH_CLIENT_SECRET, which the provider asks for",
                advice: "Make a secret for OAUTH_CLIENT_ID at the identity provider, and set OAUTH_CLIENT_SECRET."
            )
        }
        if introspectionURL != nil, clientID == nil {
            reader.complain(
                "OAUTH_INTROSPECTION_URL",
                "is set without OAUTH_CLIENT_ID, by which the provider knows who asks",
                advice:
                    "Register this server at the identity provider, and set OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET."
            )
        }
    }
}

/// With a sign-in page of our own: `AUTH_MODE=remote_login`.
package struct SignInSettings: Sendable {
    /// Nil for the file store in its own folder.
    package let store: GrantStoreChoice?
    package let keyFile: String?
    package let key: Secret?
    package let registration: RegistrationPolicy
    package let metadataDocuments: MetadataDocumentPolicy
    package let redirects: TextList?
    package let staticClients: String?
    package let accessSeconds: Int
    package let refreshDays: Int
    package let grantDays: Int
    package let graceSeconds: Int
    package let namesIssuer: Bool
    /// Whose assertions (ID-JAG) are taken; nil for no one's.
    package let assertionIssuers: TextList?
    package let takesClientCredentials: Bool

    init(_ reader: inout SettingsReader) {
        reader.section(OAuthSettings.signInHeading, concerns: .listening)
        store = reader.readSecret(
            "OAUTH_STORE",
            "Where sign-ins are kept: file, file:FOLDER, memory, or a Redis for several instances; file when left out.",
            example: "file:/var/lib/oe-mcp"
        )
        keyFile = reader.read(
            "OAUTH_KEY_FILE",
            "File of keys that seal sign-ins (`oe-mcp-http keys new FILE`); needed in this mode, or OAUTH_KEY.",
            example: "/etc/oe-mcp/oauth.keys"
        )
        key = reader.read(
            "OAUTH_KEY",
            "Those keys themselves, separated by blanks, where there can be no file.",
            example: "64 hexadecimal digits"
        )
        registration = reader.read(
            "OAUTH_DCR",
            "Who may register as a client: no one (off), those with known redirects (allowlist), everyone (open).",
            default: .allowlist
        )
        metadataDocuments = reader.read(
            "OAUTH_CIMD",
            "Clients that name themselves by the address of a document: none (off), those known here, or any.",
            default: .any
        )
        redirects = reader.read(
            "OAUTH_REDIRECT_ALLOW",
            "Further redirect addresses of clients, each exactly, separated by commas.",
            example: "https://chat.example.com/oauth/callback"
        )
        staticClients = reader.read(
            "OAUTH_STATIC_CLIENTS",
            "File (JSON) with clients that are registered here by hand, each with client_id and client_secret_sha256.",
            example: "/etc/oe-mcp/clients.json"
        )
        accessSeconds = reader.read(
            "OAUTH_ACCESS_TTL",
            "Seconds an access token is good.",
            in: 300...86_400,
            default: 3600
        )
        refreshDays = reader.read("OAUTH_REFRESH_TTL", "Days an unused sign-in lasts.", in: 1...365, default: 30)
        grantDays = reader.read(
            "OAUTH_GRANT_TTL",
            "Days after which everyone signs in again.",
            in: 1...730,
            default: 90
        )
        graceSeconds = reader.read(
            "OAUTH_REFRESH_GRACE",
            "Seconds in which a refresh token may be used again, by clients that refresh twice at a time.",
            in: 0...600,
            default: 120
        )
        namesIssuer = reader.read(
            "OAUTH_ISS_PARAMETER",
            "Name the issuer in answers to the browser (RFC 9207).",
            default: true
        )
        assertionIssuers = reader.read(
            "OAUTH_ID_JAG_ISSUERS",
            "Identity providers whose assertions clients exchange for tokens (ID-JAG); they act for OVALEDGE_USER_TOKEN.",
            example: "https://login.example.com"
        )
        takesClientCredentials = reader.read(
            "OAUTH_CLIENT_CREDENTIALS",
            "Let clients of OAUTH_STATIC_CLIENTS get tokens of their own, for agents; they act for OVALEDGE_USER_TOKEN.",
            default: false
        )
    }

    /// Complains of what this mode cannot do without.
    func check(_ reader: inout SettingsReader, publicBaseURL: WebAddress?) {
        if key != nil, keyFile != nil {
            reader.complain("OAUTH_KEY", "is set beside OAUTH_KEY_FILE", advice: "Set one of them.")
        }
        if key == nil, keyFile == nil {
            reader.complain(
                "OAUTH_KEY_FILE",
                "is not set",
                advice: "Make a file with `oe-mcp-http keys new FILE`, and set OAUTH_KEY_FILE to it."
            )
        }
        reader.checkPublicAddress(publicBaseURL)
        if publicBaseURL?.hasPath == true {
            reader.complain(
                "MCP_PUBLIC_BASE_URL",
                "has a path, where the pages of a sign-in cannot be",
                advice: "Give this server a host name of its own, and write the address without a path."
            )
        }
        if registration == .off, metadataDocuments == .off, staticClients == nil {
            reader.complain(
                "OAUTH_DCR",
                "is off like OAUTH_CIMD, and there are no OAUTH_STATIC_CLIENTS, so that no client could connect",
                advice: "Leave one of them on, or name a file of clients in OAUTH_STATIC_CLIENTS."
            )
        }
    }
}

extension SettingsReader {
    /// With OAuth clients are given addresses of this server, which are not read from what a request says.
    fileprivate mutating func checkPublicAddress(_ address: WebAddress?) {
        guard let address else {
            return complain(
                "MCP_PUBLIC_BASE_URL",
                "is not set",
                advice: "Write the https address under which clients reach this server, without /mcp."
            )
        }
        if !address.isEncrypted, !address.isLoopback {
            complain(
                "MCP_PUBLIC_BASE_URL",
                "begins with http://, so that credentials would travel unencrypted",
                advice: "Write its https:// address."
            )
        }
    }
}
