import HTTP
import MCPClient
import OAuthClient
import Secrets

/// A token that is kept elsewhere: looked up with the first request, and again where the server refuses it.
struct LookedUpBearer: RemoteCredentials {
    private let reference: SecretReference
    private let resolver: SecretResolver
    private let field: CredentialHeader

    init(_ reference: SecretReference, _ resolver: SecretResolver, _ field: CredentialHeader) {
        self.reference = reference
        self.resolver = resolver
        self.field = field
    }

    func fields() async throws(RemoteFailure) -> HTTPFields {
        do throws(SecretFailure) {
            return field.fields(try await resolver.secret(at: reference))
        } catch {
            throw .notSignedIn(detail: "The token of MCP_REMOTE_BEARER_TOKEN cannot be looked up: \(error)")
        }
    }

    func renew(_ fields: HTTPFields, challenge _: String?, status _: HTTPStatus) async throws(RemoteFailure) -> Bool {
        resolver.forget(reference)
        return try await self.fields()[field.name] != fields[field.name]
    }
}
