import Commands
import CurlHTTP
import HTTP
import JSON
import Logging
import OAuth
import RESTFacade
import Settings
import StreamableHTTP

/// Lets in only callers whose token says that they are in one of some groups (`BRIDGE_REQUIRED_GROUPS`).
///
/// Only what its issuer has signed is believed, whatever the token is used for afterwards; for whom it was issued does not
/// matter here, since the bridge only hands it on.
struct RequiredGroups: Sendable {
    private let names: Set<String>
    private let verifier: TokenVerifier
    private let challenge: String
    private let log: Log

    /// Nil where no group is required.
    init?(_ wiring: RemoteWiring) {
        let settings = wiring.settings
        guard let names = settings.bridge.callers.requiredGroups?.all, let issuer = settings.callersIssuer else {
            return nil
        }
        self.names = Set(names.map(Self.plain))
        var curl = wiring.curl(for: issuer)
        curl.timeout = .seconds(10)
        curl.maxResponseBytes = 1 << 20
        let issuers = TrustedIssuers([issuer], client: CurlClient(curl, log: wiring.log))
        verifier = TokenVerifier(TokenRules(audiences: nil), issuers: issuers)
        challenge = WellKnownRoutes.challenge(settings)
        log = wiring.log
    }

    /// Why its bearer may not call; nil where they may.
    @Sendable func refusal(of token: Secret?) async -> HTTPRefusal? {
        guard let token else { return unknown(challenge) }
        do throws(TokenRefusal) {
            let verified = try await verifier.verify(token)
            guard names.isDisjoint(with: Self.groups(in: verified.claims)) else { return nil }
            log.info("caller refused: in none of BRIDGE_REQUIRED_GROUPS", ("subject", verified.subject))
            return HTTPRefusal(
                403,
                "forbidden",
                "You are in none of the groups that may use this bridge. Ask its operator to add you to one."
            )
        } catch {
            switch error {
            case .invalid(let why):
                log.info("caller refused: \(why)")
                let more = challenge == "Bearer" ? "" : ","
                return unknown(challenge + more + #" error="invalid_token""#)
            case .unavailable(let why):
                log.warning("a caller's token cannot be verified: \(why)")
                return HTTPRefusal(
                    503,
                    "busy",
                    "Your token cannot be verified at the moment. Try again in a minute.",
                    fields: ["Retry-After": "60"]
                )
            }
        }
    }

    private func unknown(_ challenge: String) -> HTTPRefusal {
        HTTPRefusal(
            401,
            "unauthorized",
            "This bridge wants a token that says who you are. Sign in at your identity provider, and send its access token.",
            fields: ["WWW-Authenticate": challenge]
        )
    }

    /// Groups and roles of the realm, as Keycloak and others write them; not those that are for one client alone.
    private static func groups(in claims: JSON) -> Set<String> {
        let lists = [claims["groups"], claims["roles"], claims["realm_access"]?["roles"]]
        return Set(lists.flatMap { $0?.array ?? [] }.compactMap { $0.string }.map(plain))
    }

    /// Keycloak may write the path of a group, which begins with a slash.
    private static func plain(_ name: String) -> String { name.hasPrefix("/") ? String(name.dropFirst()) : name }
}
