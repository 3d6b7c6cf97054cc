import AuthorizationServer
import HTTP
import HTTPServer
import JSON
import Settings
import StreamableHTTP

/// The paths of the authorization server and of the metadata, open to everyone.
struct SignInRoutes {
    typealias Route = StreamableHTTPConfiguration.Route
    private typealias Endpoint = @Sendable (EndpointRequest) async -> HTTPResponse

    let server: AuthorizationServer
    let needsTLS: Bool

    private static let bodyLimit = 16 << 10

    var all: [Route] { documents + endpoints }

    private var documents: [Route] {
        [
            Route("/.well-known/oauth-authorization-server", pages: .all) { _ in .metadata(server.metadata.json) }
        ]
    }

    private var endpoints: [Route] {
        [
            endpoint("/register", [.post], .all) { await server.register($0) },
            endpoint("/token", [.post], .all) { await server.token($0) },
            endpoint("/revoke", [.post], .all) { await server.revoke($0) },
            endpoint("/authorize", [.get, .post], .own) { await server.authorize($0) },
            endpoint("/authorize/decision", [.post], .own) { await server.authorize($0) },
            endpoint("/authorize/done", [.get], .own) { await server.done($0) },
            endpoint("/connections", [.get, .post], .own) { await server.connections($0) },
        ]
    }

    private func endpoint(_ path: String, _ methods: [HTTPMethod], _ pages: RoutePages, _ answer: @escaping Endpoint)
        -> Route
    {
        let needsTLS = needsTLS
        return Route(path, methods: methods, pages: pages, bodyLimit: Self.bodyLimit) { request in
            guard request.isSecure || !needsTLS else { return Self.unencrypted }
            return await answer(EndpointRequest(request))
        }
    }

    private static let unencrypted = HTTPResponse.unstored(
        .badRequest,
        [
            "error": "tls_required",
            "error_description": """
            Sign-ins are taken over HTTPS only. Use the https address, or have the proxy send X-Forwarded-Proto: https.
            """,
        ]
    )
}

extension EndpointRequest {
    fileprivate init(_ request: RouteRequest) {
        self.init(
            method: request.head.method,
            query: request.head.query,
            fields: request.head.fields,
            body: request.body,
            address: AddressRange.subscriber(of: request.address),
            id: request.id
        )
    }
}
