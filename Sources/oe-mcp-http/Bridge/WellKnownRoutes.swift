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
    private let origin: String
    private var base: String { settings.bridge.basePath.text }

    /// Nil where the settings do not say under which address the bridge is reached.
    init?(_ settings: Settings) {
        guard let own = settings.listen.publicBaseURL else { return nil }
        self.settings = settings
        origin = own.text
    }

    func mount(on sites: inout BridgeService.Sites) {
        if settings.listen.publicBaseURL?.isEncrypted == true {
            let address = origin + base + Self.client
            let own = settings.remote.credentials.redirectURI?.text ?? "\(origin)\(base)/oauth/callback"
            let redirects = [own] + OwnClientDocument.loopbackRedirects
            publish(
                OwnClientDocument.described(address: address, redirects: redirects, name: "oe-mcp bridge"),
                at: Self.client,
                &sites
            )
        }
        guard let issuer = settings.remote.credentials.issuer else { return }
        for path in ["", "\(base)/mcp"] {
            let document = JSON.members(
                ("resource", .string(path.isEmpty ? origin + base : origin + path)),
                ("authorization_servers", [.string(issuer)]),
                ("bearer_methods_supported", ["header"]),
                ("scopes_supported", scopes.isEmpty ? nil : .strings(scopes))
            )
            publish(document, at: Self.resource + path, &sites)
        }
    }

    private var scopes: [String] {
        (settings.remote.credentials.scope ?? "").split(separator: " ").map { String($0) }
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
