import AuthorizationServer
import Commands
import Settings

extension Settings {
    /// Scheme, host and port under which clients reach this server, as its issuer is named.
    var issuer: String {
        let text = listen.publicBaseURL?.text ?? ""
        let authority = text.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        return text.prefix { $0 != "/" } + "//" + authority
    }

    /// `scopes` are those that this server uses.
    func authorizationServer(scopes: [String]) -> AuthorizationServerConfiguration {
        let signIn = oauth.signIn
        var configuration = AuthorizationServerConfiguration(
            issuer: issuer,
            resources: [issuer + "/mcp", issuer],
            scopes: scopes,
            defaultScopes: oauth.defaultScopes.texts.filter { scopes.contains($0) }
        )
        configuration.accessLife = Double(signIn.accessSeconds)
        configuration.refreshLife = Double(signIn.refreshDays) * 86_400
        configuration.grantLife = Double(signIn.grantDays) * 86_400
        configuration.refreshGrace = Double(signIn.graceSeconds)
        configuration.namesIssuer = signIn.namesIssuer
        return configuration
    }

    /// What the pages say of OvalEdge; `address` is where people work with it.
    func signInWords(address: String) -> SignInWords {
        SignInWords(
            product: "OvalEdge",
            productAddress: address,
            fields: [
                .init(
                    name: "user_token",
                    label: "User token",
                    hint: "OvalEdge shows it in your profile, where tokens are made."
                ),
                .init(
                    name: "user_secret",
                    label: "User secret",
                    hint: "OvalEdge shows it once, when the token is made."
                ),
            ],
            scopes: [
                .init(
                    scope: CatalogScope.read.rawValue,
                    label: "Search and read the catalog, as far as you may yourself"
                ),
                .init(
                    scope: CatalogScope.write.rawValue,
                    label: "Change the catalog in your name; each change still has to be confirmed",
                    box: "scope_write"
                ),
            ]
        )
    }
}
