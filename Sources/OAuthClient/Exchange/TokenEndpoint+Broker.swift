import HTTP
import JSON
import Logging
import Text

// What Keycloak has besides RFC 8693: the token of another identity provider that it keeps for a user.
extension TokenEndpoint {
    /// With `isFresh` no cache on the way may answer.
    func brokered(_ caller: Secret, by broker: KeycloakBroker, isFresh: Bool) async throws(GrantFault) -> GrantedTokens
    {
        var request = HTTPRequest(.get, broker.address("broker/\(PercentEncoding.encoded(broker.alias))/token"))
        request.fields["Authorization"] = "Bearer " + caller.revealed
        request.fields["Accept"] = "application/json, application/x-www-form-urlencoded"
        if isFresh { request.fields["Cache-Control"] = "no-cache" }
        let response = try await response(to: request)
        guard response.status == .ok else { throw GrantFault(response) }
        return try GrantedTokens(Self.members(response), at: now())
    }

    /// Without a refresh token there is only what was stored.
    func renewed(_ stored: GrantedTokens, of broker: KeycloakBroker) async throws(GrantFault) -> GrantedTokens {
        guard let refresh = stored.refresh else { return stored }
        return try await tokens(
            from: broker.address("protocol/openid-connect/token"),
            [("grant_type", "refresh_token"), ("refresh_token", refresh.revealed)],
            as: ClientIdentity(id: broker.alias)
        )
    }

    /// The provider's own answer, which Keycloak hands on: JSON, or a form.
    private static func members(_ response: HTTPResponse) -> JSON {
        if let json = try? JSON(parsing: response.body), json.object != nil { return json }
        let pairs = URLText.queryItems(response.text)
        return .object(JSONObject(pairs.map { JSONObject.Member($0.name, .string($0.value)) }))
    }
}

extension KeycloakBroker {
    fileprivate func address(_ path: String) -> String {
        URLText.joined(base, "realms/\(PercentEncoding.encoded(realm))/\(path)")
    }
}
