package import Logging

/// How a person wants to sign in at a server: what is not set is found out, or left to the server.
package struct SignInRequest: Hashable, Sendable {
    /// What is said to the authorization server about what the token is for (RFC 8707).
    package enum Resource: Hashable, Sendable {
        /// What the server says of itself.
        case discovered
        /// Nothing: some servers refuse the parameter.
        case omitted
        case fixed(String)
    }

    /// One more parameter of the authorization request.
    package struct Extra: Hashable, Sendable {
        package let name: String
        package let value: String

        /// Those that change nothing about who gets the answer, and where.
        package static let allowed = ["access_type", "prompt", "audience", "login_hint"]

        /// Nil for any other.
        package init?(name: String, value: String) {
            guard Self.allowed.contains(name) else { return nil }
            self.name = name
            self.value = value
        }
    }

    /// The address of the MCP endpoint.
    package var server: String
    package var profile = ""
    package var clientID: String?
    package var clientSecret: Secret?
    /// How the client authenticates, where that is known better than the server says.
    package var method: ClientAuthenticationMethod?
    /// The https address of a document that describes this client.
    package var clientDocument: String?
    /// Nil leaves it to what the server says.
    package var scopes: [String]?
    package var resource = Resource.discovered
    package var extra: [Extra] = []

    package init(server: String) { self.server = server }

    /// Whether the redirect address is one that was agreed on before, so that its port cannot be any.
    package var hasFixedClient: Bool { clientID != nil || clientDocument != nil }
}
