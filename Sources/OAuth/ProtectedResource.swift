package import JSON

/// The metadata of a protected resource (RFC 9728 §2).
package struct ProtectedResource: Hashable, Sendable {
    /// The address that a person types.
    package var resource: String
    /// The exact issuer of the authorization server.
    package var authorizationServer: String
    package var scopes: [String]
    package var name: String
    /// Where people read about it.
    package var documentation: String?

    package init(
        resource: String,
        authorizationServer: String,
        scopes: [String],
        name: String,
        documentation: String? = nil
    ) {
        self.resource = resource
        self.authorizationServer = authorizationServer
        self.scopes = scopes
        self.name = name
        self.documentation = documentation
    }

    /// Clients take the first authorization server only, so there is one.
    package var json: JSON {
        .members(
            ("resource", .string(resource)),
            ("authorization_servers", [.string(authorizationServer)]),
            ("scopes_supported", .array(scopes.map { .string($0) })),
            ("bearer_methods_supported", ["header"]),
            ("resource_name", .string(name)),
            ("resource_documentation", documentation.map { .string($0) })
        )
    }
}
