package import HTTP
import Logging

/// Ends sign-ins: at the authorization server where that can be done there, and here.
package struct SignOut: Sendable {
    /// How one sign-in has ended.
    package struct Outcome: Hashable, Sendable {
        package let issuer: String
        /// Nil where the server does not offer it.
        package let isRevoked: Bool?
        /// Why it was not revoked.
        package let reason: String?
    }

    private let vault: TokenVault
    private let endpoint: TokenEndpoint

    /// `client` must follow no redirect.
    package init(vault: TokenVault, client: any HTTPClient, clock: ClientClock = .system) {
        self.vault = vault
        endpoint = TokenEndpoint(client: client, now: clock.now)
    }

    /// All sign-ins at a server; what cannot be revoked is still deleted here.
    package func signOut(of server: String, profile: String = "") async throws(SignInFailure) -> [Outcome] {
        var outcomes: [Outcome] = []
        for listed in vault.records(server: server, profile: profile) {
            // A process that renews it at this moment does so first.
            let turn = try await vault.turn(listed)
            defer { withExtendedLifetime(turn) {} }
            guard let record = try vault.current(listed) else { continue }
            let reason = await revocationProblem(record)
            try vault.remove(record)
            outcomes.append(
                Outcome(
                    issuer: record.issuer,
                    isRevoked: record.revocationEndpoint.map { _ in reason == nil },
                    reason: reason
                )
            )
        }
        try await vault.want([], server: server, profile: profile)
        return outcomes
    }

    /// Revokes what an earlier sign-in at a server has got, before another one begins; what cannot be revoked stays.
    ///
    /// Afterwards would be too late: there are servers at which the end of one sign-in ends those after it, too.
    package func revokeEarlier(at server: String, profile: String = "") async throws(SignInFailure) {
        for listed in vault.records(server: server, profile: profile) where listed.revocationEndpoint != nil {
            let turn = try await vault.turn(listed)
            defer { withExtendedLifetime(turn) {} }
            guard let record = try vault.current(listed), await revocationProblem(record) == nil else { continue }
            try vault.remove(record)
        }
    }

    private func revocationProblem(_ record: SignInRecord) async -> String? {
        guard let address = record.revocationEndpoint else { return nil }
        // RFC 7009 §2.1: with the refresh token the access tokens go as well, where the server can do that.
        let tokens = [(record.refresh, "refresh_token"), (record.access, "access_token")]
        for (token, kind) in tokens {
            guard let token else { continue }
            if let reason = await endpoint.revocationProblem(token, kind, at: address, as: record.client) {
                return reason
            }
        }
        return nil
    }
}

extension TokenEndpoint {
    /// Why a token is not revoked (RFC 7009 §2); nil where it is.
    func revocationProblem(_ token: Secret, _ kind: String, at address: String, as identity: ClientIdentity) async
        -> String?
    {
        let form = [(name: "token", value: token.revealed), (name: "token_type_hint", value: kind)]
        do throws(GrantFault) {
            let response = try await response(to: Self.request(to: address, form, as: identity))
            return response.status.isSuccess ? nil : GrantFault(response).reason
        } catch {
            return error.reason
        }
    }
}
