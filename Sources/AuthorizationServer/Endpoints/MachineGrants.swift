package import Logging
package import OAuth

/// Tokens without a person at a browser, which are off unless the program switches them on.
package struct MachineGrants: Sendable {
    /// For whom tokens are, and what their calls will need.
    package struct Person: Sendable {
        package let label: String
        package let identity: [UInt8]
        package let payload: [UInt8]
        /// The most that may be granted; nil for all that is asked for.
        package let scopes: Set<String>?

        package init(label: String, identity: [UInt8], payload: [UInt8], scopes: Set<String>? = nil) {
            self.label = label
            self.identity = identity
            self.payload = payload
            self.scopes = scopes
        }
    }

    /// Whom a client stands for itself; nil where clients do not.
    package var ofClient: (@Sendable (OAuthClient) async -> Person?)?
    /// Whom an assertion of an identity provider is about, after it was verified; nil where none is taken.
    package var asserted: (@Sendable (_ assertion: Secret, OAuthClient) async -> Result<Person, OAuthError>)?

    package init() {}

    var grants: [GrantType] { (asserted == nil ? [] : [.assertion]) + (ofClient == nil ? [] : [.clientCredentials]) }

    func consent(
        of form: FormFields,
        _ client: OAuthClient,
        _ server: AuthorizationServer
    ) async throws(OAuthError) -> GrantConsent {
        guard !client.isPublic, let person = await ofClient?(client) else {
            throw OAuthError(.unauthorizedClient, "The client gets no tokens of its own. Sign in with a person.")
        }
        return try consent(person, form, client, server)
    }

    func consent(
        asserting form: FormFields,
        _ client: OAuthClient,
        _ server: AuthorizationServer
    ) async throws(OAuthError) -> GrantConsent {
        guard let text = form["assertion"], let asserted else {
            throw OAuthError(.invalidRequest, "assertion is missing. Send it.")
        }
        return try consent(try await asserted(Secret(text), client).get(), form, client, server)
    }

    private func consent(
        _ person: Person,
        _ form: FormFields,
        _ client: OAuthClient,
        _ server: AuthorizationServer
    ) throws(OAuthError) -> GrantConsent {
        let scopes = try scopes(asked: form["scope"], of: person, server.configuration)
        // Each client has tokens of its own, though others act for the same account.
        let identity = person.identity + [0] + Array(client.id.utf8)
        guard let owner = try? server.keys().owner(of: identity) else { throw .failure }
        return GrantConsent(
            client: GrantedClient(id: client.id, name: client.name, origin: client.label),
            subject: person.label,
            owner: owner,
            scopes: scopes,
            resource: try server.configuration.resource(named: form["resource"]),
            content: person.payload
        )
    }

    /// Of what is asked for, or of all, no more than the person may have.
    private func scopes(
        asked text: String?,
        of person: Person,
        _ configuration: AuthorizationServerConfiguration
    ) throws(OAuthError) -> [String] {
        guard let most = person.scopes else { return configuration.scopes(asked: text) }
        let scopes = configuration.scopes(asked: text ?? most.joined(separator: " ")).filter { most.contains($0) }
        guard !scopes.isEmpty else {
            throw OAuthError(.invalidScope, "No scope that is asked for was granted. Ask for less, or for another.")
        }
        return scopes
    }
}
