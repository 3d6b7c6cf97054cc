import HTTP
import Logging
import MCP
package import OvalEdge
package import OvalEdgeTools
import Settings

// Accounts of people who send their credentials with each request.
extension Wiring {
    /// `key` has 32 bytes, and is the same for all processes that share sessions; in `store` they share the session token of
    /// each pair.
    package func accounts(key: [UInt8], store: (any TokenStore)? = nil) -> CredentialAccounts {
        let signIns = CappedClient(client, atOnce: Self.mostSignIns)
        return CredentialAccounts(
            capacity: settings.listen.accounts,
            key: key,
            access: access,
            remedies: RemedyTexts.forPeopleElsewhere.saying(settings.place),
            log: log,
            make: { account($0, $1, signIns, store) }
        )
    }

    /// So many exchanges of credentials for a session token are under way at a time, for all accounts together.
    private static let mostSignIns = 16

    /// Nothing of it is on the disk, and no other account knows anything of it.
    private func account(
        _ credentials: Credentials,
        _ principal: Principal,
        _ signIns: CappedClient,
        _ store: (any TokenStore)?
    ) -> Account {
        let log = log(of: principal)
        let exchange = TokenExchange(
            configuration,
            credentials: credentials,
            client: signIns,
            redactor: log.redactor,
            telemetry: telemetry
        )
        let tokens = SharedTokenSource(
            exchange,
            store: store,
            patience: Double(settings.requests.timeoutSeconds) + Self.spareSeconds,
            refusalLife: CredentialAccounts.refusalLife,
            log: log
        )
        return account(TokenBroker(tokens, log: log, renewsAhead: false), log: log) { [configuration] in
            try credentials.accountDigest(at: configuration.baseURL)
        }
    }

    /// The account of someone who is not at this machine, and uses the session tokens of `broker`.
    func account(
        _ broker: TokenBroker,
        delegation: DelegatedTokenSource? = nil,
        log: Log,
        digest: @escaping @Sendable () throws -> String
    ) -> Account {
        let cache = ReadCache(ttl: settings.requests.cacheSeconds)
        let api = OvalEdgeAPI(
            configuration,
            endpoints: ovalEdge.endpoints,
            cache: cache,
            client: patient,
            broker: broker,
            remedies: RemedyTexts.forPeopleElsewhere.saying(settings.place),
            log: log
        )
        return Account(
            digest: digest,
            session: broker,
            delegation: delegation,
            cache: cache,
            remedies: RemedyTexts.forPeopleElsewhere.saying(settings.place),
            log: log
        ) { () throws(OvalEdgeError) in api }
    }

    /// Says whose lines they are, and knows no secret of anyone else's.
    func log(of principal: Principal) -> Log {
        log.with(("account", principal.id.label)).redacting(with: Redactor(parent: log.redactor))
    }
}

extension RemedyTexts {
    /// For people who cannot change the settings of this server, and for models that answer them.
    package static let forPeopleElsewhere = RemedyTexts { remedy in
        switch remedy {
        case .text, .wait: namingSettings.sentence(remedy)
        case .searchFirst: "Search for it first; if every call fails like this, ask the operator of this server."
        case .checkCredentials:
            """
            Check the user token and secret that your client sends: they belong together, and may have expired or been \
            replaced.
            """
        case .useOwnCredentials, .checkScheme:
            "Use a user token and secret that no other program signs in with; create them in OvalEdge."
        case .allowWrites, .confirmByToken, .enableTool, .confirmInForms, .confirmAgain, .raiseAnswerTokens:
            namingSettings.sentence(remedy)
        default: "For the operator of this server: \(namingSettings.sentence(remedy))"
        }
    }
}
