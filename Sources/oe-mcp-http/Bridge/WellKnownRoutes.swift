import HTTP
import JSON
import OAuthClient
import RESTFacade
import Settings

/// Documents that say to others what the bridge is: to authorization servers as a client, to clients as a resource.
struct WellKnownRoutes: Sendable {
    private static let client = "/.well-known/oauth-client-metadata"
    private static let resource = "/.well-known/oauth-protected-resource"

    private let settings: Settings
    /// Under which the bridge is reached; nil where only its address as a resource is set.
    private let origin: String?
    private var base: String { settings.bridge.basePath.text }

    /// Nil where the settings do not say under which address the bridge is reached.
    init?(_ settings: Settings) {
        guard settings.listen.publicBaseURL != nil || settings.bridge.resource.address != nil else { return nil }
        self.settings = settings
        origin = settings.listen.publicBaseURL?.text
    }

    /// What a request is challenged with that brings no token that is good: where its client finds out how to sign in.
    static func challenge(_ settings: Settings) -> String {
        guard let origin = settings.listen.publicBaseURL?.text, settings.signInIssuer != nil else { return "Bearer" }
        return "Bearer resource_metadata=\"\(origin)\(resource)\(settings.bridge.basePath.text)/mcp\""
    }

    func mount(on sites: inout BridgeService.Sites) {
        if let origin, settings.listen.publicBaseURL?.isEncrypted == true {
            let address = origin + base + Self.client
            let own = settings.remote.credentials.redirectURI?.text ?? "\(origin)\(base)/oauth/callback"
            let redirects = [own] + OwnClientDocument.loopbackRedirects
            publish(
                OwnClientDocument.described(address: address, redirects: redirects, name: "oe-mcp bridge"),
                at: Self.client,
                &sites
            )
        }
        guard let issuer = settings.signInIssuer else { return }
        for path in ["", "\(base)/mcp"] {
            let usual = (origin ?? "") + (path.isEmpty ? base : path)
            let document = JSON.members(
                ("resource", .string(settings.bridge.resource.address?.text ?? usual)),
                ("authorization_servers", [.string(issuer)]),
                ("bearer_methods_supported", ["header"]),
                ("scopes_supported", scopes.isEmpty ? nil : .strings(scopes))
            )
            publish(document, at: Self.resource + path, &sites)
        }
    }

    private var scopes: [String] {
        (settings.bridge.resource.scopes ?? settings.remote.credentials.scope ?? "").split(separator: " ").map {
            String($0)
        }
    }

    private func publish(_ document: JSON, at path: String, _ sites: inout BridgeService.Sites) {
        let body = document.bytes
        sites.routes[path] = { _ in
            HTTPResponse(
                .ok,
                fields: ["Content-Type": "application/json", "Cache-Control": "max-age=3600"],
                body: body
            )
        }
    }
}
