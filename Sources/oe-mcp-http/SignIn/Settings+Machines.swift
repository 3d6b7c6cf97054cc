import AuthorizationServer
import Commands
import MCP
import OAuth
import OvalEdge
import OvalEdgeTools
import Settings

// Tokens without a person at a browser.
extension Settings {
    /// Who gets tokens so acts for the account that is set for this server: OvalEdge knows no other for them.
    func machineGrants(
        _ accounts: CredentialAccounts,
        _ wiring: Wiring,
        _ store: GrantStore,
        now: @escaping @Sendable () -> Double
    ) throws -> MachineGrants {
        var grants = MachineGrants()
        let issuers = oauth.signIn.assertionIssuers?.texts
        guard oauth.signIn.takesClientCredentials || issuers != nil else { return grants }
        let name = issuers == nil ? "OAUTH_CLIENT_CREDENTIALS" : "OAUTH_ID_JAG_ISSUERS"
        let person = try actingPerson(accounts, wiring, for: name)
        if oauth.signIn.takesClientCredentials { grants.ofClient = { _ in person } }
        guard let issuers, let first = issuers.first else { return grants }
        try IssuerAddress.requireUsable(issuers, name)
        let verifier = AssertionVerifier(
            audience: issuer,
            resources: [issuer + "/mcp", issuer],
            issuers: TrustedIssuers(issuers, client: wiring.providerClient(for: first), now: now),
            leeway: Double(oauth.provider.leewaySeconds),
            now: now
        )
        let people = AssertedPeople(verifier, store, acting: person) { [oauth] in oauth.granted($0) }
        grants.asserted = { await people.person(in: $0, of: $1) }
        return grants
    }

    private func actingPerson(
        _ accounts: CredentialAccounts,
        _ wiring: Wiring,
        for name: String
    ) throws -> MachineGrants.Person {
        let credentials = try Waiter.run { () async -> Result<Credentials, OvalEdgeError> in
            do throws(OvalEdgeError) { return .success(try await wiring.accountCredentials()) } catch {
                return .failure(error)
            }
        }.get()
        guard credentials.userToken != nil, credentials.userSecret != nil else {
            throw SettingsError(problems: [
                SettingsProblem(
                    name: name,
                    what: "is set without an account for which they act who sign in so",
                    advice:
                        "Set OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET, of an account that may do no more than they."
                )
            ])
        }
        let principal = try accounts.principal(with: credentials)
        return MachineGrants.Person(
            label: String(principal.id.subject.prefix(8)),
            identity: OvalEdgeCredentialCheck.identity(of: credentials, at: wiring.configuration.baseURL),
            payload: SealedCredentials.bytes(credentials)
        )
    }
}
