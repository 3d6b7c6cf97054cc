package import JSON
import OAuth

/// What the authorization server says of itself (RFC 8414 §2).
package struct ServerMetadata: Hashable, Sendable {
    let issuer: String
    let scopes: [String]
    let grants: [GrantType]
    let namesIssuer: Bool
    let takesRegistrations: Bool
    let takesDocuments: Bool
    let takesKeys: Bool

    package var json: JSON {
        let methods: JSON = .strings(
            OAuthClient.Authentication.allCases.filter { takesKeys || $0 != .signedAssertion }.map { $0.rawValue }
        )
        let algorithms: JSON? = takesKeys ? .strings(ClientAssertion.algorithms) : nil
        return JSON.members(
            ("issuer", .string(issuer)),
            ("authorization_endpoint", .string(issuer + "/authorize")),
            ("token_endpoint", .string(issuer + "/token")),
            ("registration_endpoint", takesRegistrations ? .string(issuer + "/register") : nil),
            ("revocation_endpoint", .string(issuer + "/revoke")),
            ("response_types_supported", ["code"]),
            ("response_modes_supported", ["query"]),
            ("grant_types_supported", .strings(grants.map { $0.rawValue })),
            ("token_endpoint_auth_methods_supported", methods),
            ("token_endpoint_auth_signing_alg_values_supported", algorithms),
            ("revocation_endpoint_auth_methods_supported", methods),
            ("revocation_endpoint_auth_signing_alg_values_supported", algorithms),
            ("code_challenge_methods_supported", ["S256"]),
            ("scopes_supported", .strings(scopes + ["offline_access"])),
            ("authorization_response_iss_parameter_supported", .bool(namesIssuer)),
            ("client_id_metadata_document_supported", .bool(takesDocuments))
        )
    }
}
