import AuthorizationServer
import MCP
import OvalEdge
import OvalEdgeTools
import Settings

// Tokens without a person at a browser.
extension Settings {
    /// Clients that get tokens of their own act for the account that is set for this server: they have no other.
    func machineGrants(_ accounts: CredentialAccounts, at baseURL: String) throws -> MachineGrants {
        var grants = MachineGrants()
        if oauth.signIn.assertionIssuers != nil {
            throw SettingsError(problems: [
                SettingsProblem(
                    name: "OAUTH_ID_JAG_ISSUERS",
                    what: "is set, and OvalEdge cannot be asked for someone whom an identity provider vouches for",
                    advice: "Leave it out, or use AUTH_MODE=remote with OAUTH_EXCHANGE."
                )
            ])
        }
        guard oauth.signIn.takesClientCredentials else { return grants }
        let credentials = Credentials(userToken: account.userToken, userSecret: account.userSecret)
        guard credentials.userToken != nil, credentials.userSecret != nil else {
            throw SettingsError(problems: [
                SettingsProblem(
                    name: "OAUTH_CLIENT_CREDENTIALS",
                    what: "is true without an account for which clients act",
                    advice:
                        "Set OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET, of an account that may do no more than they."
                )
            ])
        }
        let principal = try accounts.principal(with: credentials)
        let person = MachineGrants.Person(
            label: String(principal.id.subject.prefix(8)),
            identity: OvalEdgeCredentialCheck.identity(of: credentials, at: baseURL),
            payload: SealedCredentials.bytes(credentials)
        )
        grants.ofClient = { _ in person }
        return grants
    }
}
