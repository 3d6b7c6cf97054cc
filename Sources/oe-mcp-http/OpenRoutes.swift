import HTTP
import HTTPServer
import JSON
import Settings
import StreamableHTTP
import Text

/// The paths besides the endpoint that are open to everyone: icons, the proof of a domain, and where clients look for
/// OAuth.
struct OpenRoutes {
    private let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    var routes: [StreamableHTTPConfiguration.Route] {
        let documents = settings.account.authMode == .remoteCredentials && settings.httpAccess.servesDiscovery
        return icons + challenge + (documents ? discovery : [])
    }

    private var icons: [StreamableHTTPConfiguration.Route] {
        ["/favicon.ico", "/brand/ovaledge-mcp-icon.png"].map { path in
            .init(path) { _ in
                HTTPResponse(
                    .ok,
                    fields: ["Content-Type": "image/png", "Cache-Control": "public, max-age=86400"],
                    body: ServerIcon.png
                )
            }
        }
    }

    private var challenge: [StreamableHTTPConfiguration.Route] {
        guard let text = settings.listen.appsChallenge else { return [] }
        return [
            .init("/.well-known/openai-apps-challenge") { _ in
                HTTPResponse(.ok, fields: ["Cache-Control": "no-store"], text: text)
            }
        ]
    }

    /// Whole documents, since half of one stops some clients; but they lead to no sign-in, which this server does not have.
    private var discovery: [StreamableHTTPConfiguration.Route] {
        let documents: [(String, @Sendable (_ base: String) -> JSON)] = [
            ("/.well-known/oauth-authorization-server", Self.authorizationServer),
            ("/.well-known/openid-configuration", Self.openID),
            ("/.well-known/oauth-protected-resource", Self.resource),
            ("/.well-known/oauth-protected-resource/mcp", Self.resource),
        ]
        let base = settings.listen.publicBaseURL?.text
        let routes = documents.map { path, document in
            StreamableHTTPConfiguration.Route(path) { head in .json(.ok, document(base ?? head.base ?? head.namedBase))
            }
        }
        return routes + [
            .init("/mcp-auth/declined", methods: [.get, .post, .options]) { _ in .json(.badRequest, Self.declined) }
        ]
    }

    private static let declined: JSON = [
        "error": "unsupported_grant_type",
        "error_description": """
        This server has no OAuth sign-in. Send your OvalEdge user token and secret with each request, in \
        X-OvalEdge-Token and X-OvalEdge-Secret.
        """,
    ]

    @Sendable private static func authorizationServer(_ base: String) -> JSON {
        let declined: JSON = .string(base + "/mcp-auth/declined")
        return [
            "issuer": .string(base), "authorization_endpoint": declined, "token_endpoint": declined,
            "response_types_supported": ["code"], "grant_types_supported": ["authorization_code"],
            "token_endpoint_auth_methods_supported": ["none"], "code_challenge_methods_supported": ["S256"],
            "scopes_supported": [],
        ]
    }

    @Sendable private static func openID(_ base: String) -> JSON {
        let declined: JSON = .string(base + "/mcp-auth/declined")
        return [
            "issuer": .string(base), "authorization_endpoint": declined, "token_endpoint": declined,
            "jwks_uri": declined, "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        ]
    }

    @Sendable private static func resource(_ base: String) -> JSON {
        [
            "resource": .string(base + "/mcp"), "authorization_servers": [.string(base)],
            "bearer_methods_supported": ["header"],
        ]
    }
}

extension HTTPResponse {
    fileprivate static func json(_ status: HTTPStatus, _ json: JSON) -> HTTPResponse {
        HTTPResponse(
            status,
            fields: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: json.bytes
        )
    }
}

extension HTTPRequestHead {
    /// Scheme and host as the client names them.
    fileprivate var namedBase: String {
        let hop = fields["X-Forwarded-Proto"]?.split(separator: ",").first?.trimmed.lowercased()
        return "\(isSecure || hop == "https" ? "https" : "http")://\(fields["Host"] ?? local)"
    }
}
