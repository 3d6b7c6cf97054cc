/// Where one signs in for a server, and what it says of that.
package struct SignInSite: Hashable, Sendable {
    /// The MCP endpoint.
    package let server: String
    /// What the access token is for, as the server itself writes it (RFC 8707).
    package let resource: String
    package let authorization: SignInServer
    /// Those of the challenge, each a scope.
    package let challenged: [String]
    /// Those of the metadata of the resource.
    package let published: [String]

    package init(
        server: String,
        resource: String,
        authorization: SignInServer,
        challenged: [String] = [],
        published: [String] = []
    ) {
        self.server = server
        self.resource = resource
        self.authorization = authorization
        self.challenged = challenged
        self.published = published
    }
}
