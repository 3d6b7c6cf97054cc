import Crypto
import CurlHTTP
package import HTTP
package import Logging
package import MCP
package import OvalEdge
package import OvalEdgeTools
import Settings
import Text

// Accounts of people who sign in elsewhere.
extension Wiring {
    /// `derive` makes, for the log of an account, what gets session tokens of it.
    package func delegatedAccounts(
        now: @escaping @Sendable () -> Double,
        access: @escaping @Sendable (Principal) -> ToolAccess,
        deriving derive: @escaping @Sendable (Log) -> DelegatedTokenSource.Deriving
    ) -> DelegatedAccounts {
        DelegatedAccounts(
            capacity: settings.listen.accounts,
            now: now,
            access: access,
            remedies: .forPeopleElsewhere,
            log: log
        ) { principal in account(of: principal, now, derive) }
    }

    private func account(
        of principal: Principal,
        _ now: @escaping @Sendable () -> Double,
        _ derive: @Sendable (Log) -> DelegatedTokenSource.Deriving
    ) -> Account {
        let log = log(of: principal)
        let delegation = DelegatedTokenSource(redactor: log.redactor, now: now, deriving: derive(log))
        let clock = SessionClock(now: now, sleep: SessionClock.system.sleep)
        let broker = TokenBroker(delegation, log: log, clock: clock, renewsAhead: false)
        return account(broker, delegation: delegation, log: log) { [configuration] in
            try principal.id.digest(at: configuration.baseURL)
        }
    }

    /// Gets a session token from OvalEdge itself, with the token that is presented in the place of a user token.
    package func generating(_ log: Log, now: @escaping @Sendable () -> Double) -> DelegatedTokenSource.Deriving {
        { [configuration, client, telemetry] token throws(OvalEdgeError) in
            let exchange = TokenExchange(
                configuration,
                of: token.secret,
                client: client,
                redactor: log.redactor,
                telemetry: telemetry,
                now: now
            )
            return try await exchange.token()
        }
    }

    /// Signs everyone in to the sandbox, which knows one person only.
    package var sandboxSignIn: DelegatedTokenSource.Deriving {
        { [tokens] _ throws(OvalEdgeError) in try await tokens.token(insteadOf: nil) }
    }

    /// Asks identity providers: as OvalEdge is asked, but for what is meant for OvalEdge alone.
    package func providerClient(for address: String) -> any HTTPClient {
        var curl = Self.curl(for: address, settings)
        curl.timeout = .seconds(10)
        curl.maxResponseBytes = 1 << 20
        curl.caBundle = settings.oauth.caBundle ?? settings.network.caBundle
        return CurlClient(curl, log: log)
    }
}

extension Principal.ID {
    /// Distinguishes accounts in the audit log.
    fileprivate func digest(at baseURL: String) throws -> String {
        let key = try Crypto.derivedKey(
            from: Array("\(issuer ?? "")\0\(subject)".utf8),
            purpose: "oe-mcp audit log: name of the account"
        )
        return try Crypto.authentication(of: Array(baseURL.utf8), key: key).prefix(16).hexadecimal
    }
}
