import HTTP
import Logging

/// Gets the next token for a sign-in: with its refresh token, or in a service's own name.
struct TokenRenewal: Sendable {
    let endpoint: TokenEndpoint

    /// Whether there is a way without a person.
    static func isPossible(_ record: SignInRecord) -> Bool { record.refresh != nil || record.isService }

    func renewed(_ record: SignInRecord) async throws(GrantFault) -> SignInRecord {
        let tokens = try await endpoint.tokens(from: record.tokenEndpoint, Self.form(record), as: record.client)
        return record.with(tokens, at: endpoint.now())
    }

    private static func form(_ record: SignInRecord) -> [(name: String, value: String)] {
        var form: [(name: String, value: String)] = []
        if let refresh = record.refresh {
            form = [("grant_type", "refresh_token"), ("refresh_token", refresh.revealed)]
        } else {
            form = [("grant_type", "client_credentials")]
            if !record.scopes.isEmpty { form.append(("scope", record.scopes.joined(separator: " "))) }
        }
        if let resource = record.resource { form.append(("resource", resource)) }
        return form
    }
}
