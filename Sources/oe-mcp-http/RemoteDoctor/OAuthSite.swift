import HTTP
import OAuth
import Settings
import StreamableHTTP

/// What is to be seen of a sign-in with OAuth from outside, as the settings have it.
struct OAuthSite: Hashable, Sendable {
    /// Who the authorization server is that clients are sent to.
    enum Server: Hashable, Sendable {
        case own
        /// An identity provider with this issuer.
        case provider(String)
        /// This server in the place of an identity provider with this issuer.
        case facade(String)
    }

    /// Where clients reach it, without a slash at its end.
    let base: String
    let server: Server
    let scopes: ScopeNames
    /// Whether clients can register here.
    let registers: Bool

    /// Nil where the settings have no such sign-in.
    init?(_ settings: Settings, at site: MCPSite) {
        let provider = settings.oauth.provider
        let issuer = provider.issuers.first ?? ""
        switch settings.account.authMode {
        case .local, .remoteCredentials: return nil
        case .remote:
            base = site.base
            server = provider.isFacade ? .facade(issuer) : .provider(issuer)
            registers = provider.isFacade && provider.clientID != nil
        case .remoteLogin:
            base = site.origin
            server = .own
            registers = settings.oauth.signIn.registration != .off
        }
        scopes = settings.scopeNames
    }

    /// Where a client's own pages come from.
    static let hostedOrigin = "https://claude.ai"

    /// The issuer to which clients are sent.
    var issuer: String {
        switch server {
        case .own, .facade: base
        case .provider(let issuer): issuer
        }
    }

    var documents: [DiscoveryDocument] {
        func document(_ path: String, _ content: DiscoveryDocument.Content) -> DiscoveryDocument {
            DiscoveryDocument(path: path, content: content, isNeeded: true)
        }
        let (oauth, openID) = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
        let resources = [
            document(ProtectedResourceRoutes.path, .resource([base], server: issuer)),
            document(ProtectedResourceRoutes.path + "/mcp", .resource([base + "/mcp"], server: issuer)),
        ]
        switch server {
        case .own:
            let others = [openID, openID + "/mcp", "/mcp" + openID].map { document($0, .nothing) }
            return resources + [document(oauth, .server(base))] + others
        case .facade: return resources + [oauth, openID].map { document($0, .server(base)) }
        case .provider: return resources + [oauth, openID].map { document($0, .nothing) }
        }
    }

    /// What a request without a token is answered with, at this path.
    func challenge(at path: String) -> String {
        BearerRefusals(base: base, scopes: { [scopes] in scopes }).missing(at: path).fields["WWW-Authenticate"] ?? ""
    }
}

extension MCPSite {
    /// Scheme, host and port.
    var origin: String {
        let authority = base.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        return base.prefix { $0 != "/" } + "//" + authority
    }

    /// What clients look for where the settings have no sign-in with OAuth: there may be stubs, or nothing.
    var documents: [DiscoveryDocument] {
        let documents: [(name: String, content: DiscoveryDocument.Content)] = [
            ("oauth-protected-resource", .resource([mcp, base], server: nil)),
            ("oauth-authorization-server", .server(nil)), ("openid-configuration", .server(nil)),
        ]
        return documents.map { name, content in
            DiscoveryDocument(path: "/.well-known/" + name, content: content, isNeeded: false)
        }
    }
}
