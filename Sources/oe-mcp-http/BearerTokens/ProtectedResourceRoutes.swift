import HTTP
import JSON
import OAuth
import StreamableHTTP

/// The metadata of this server as a protected resource (RFC 9728 §3), for each address that people give to clients.
struct ProtectedResourceRoutes: Sendable {
    static let path = "/.well-known/oauth-protected-resource"

    /// The address under which clients reach this server, without a slash at its end.
    let base: String
    let authorizationServer: String
    let name: String
    let scopes: @Sendable () -> ScopeNames

    var routes: [StreamableHTTPConfiguration.Route] {
        [("", base), ("/mcp", base + "/mcp")].map { ending, resource in
            StreamableHTTPConfiguration.Route(Self.path + ending, pages: .all) { _ in .metadata(document(of: resource))
            }
        }
    }

    private func document(of resource: String) -> JSON {
        ProtectedResource(
            resource: resource,
            authorizationServer: authorizationServer,
            scopes: scopes().all.filter { $0 != "offline_access" },
            name: name
        ).json
    }
}

extension HTTPResponse {
    /// What everyone may read, and keep for a while.
    static func metadata(_ json: JSON) -> HTTPResponse {
        HTTPResponse(
            .ok,
            fields: ["Content-Type": "application/json", "Cache-Control": "public, max-age=300"],
            body: json.bytes
        )
    }

    /// What is for one client only.
    static func unstored(_ status: HTTPStatus, _ json: JSON) -> HTTPResponse {
        HTTPResponse(
            status,
            fields: ["Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache"],
            body: json.bytes
        )
    }
}
