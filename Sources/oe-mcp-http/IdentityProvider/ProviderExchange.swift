import Commands
import HTTP
import JSON
import Logging
import OAuth
import OvalEdge
import Settings

/// Gets a token for OvalEdge from the identity provider, with the access token that a person presents.
struct ProviderExchange: Sendable {
    private let grant: DelegationGrant
    /// Nil for the token endpoint of the issuer.
    private let address: String?
    private let issuers: TrustedIssuers
    private let client: any HTTPClient
    private let now: @Sendable () -> Double

    /// Nil where the settings want none.
    init?(_ wiring: Wiring, _ issuers: TrustedIssuers, now: @escaping @Sendable () -> Double) {
        let provider = wiring.settings.oauth.provider
        guard let kind = provider.exchange.grant, let id = provider.clientID else { return nil }
        let grant = DelegationGrant(
            kind,
            clientID: id,
            clientSecret: provider.clientSecret,
            audience: provider.exchangeAudience,
            scope: provider.exchangeScope
        )
        let address = provider.exchangeURL?.text
        let client = wiring.providerClient(for: address ?? provider.issuers.first ?? "")
        self.init(grant, at: address, issuers, client, now: now)
    }

    init(
        _ grant: DelegationGrant,
        at address: String?,
        _ issuers: TrustedIssuers,
        _ client: any HTTPClient,
        now: @escaping @Sendable () -> Double
    ) {
        self.grant = grant
        self.address = address
        self.issuers = issuers
        self.client = client
        self.now = now
    }

    func token(for token: PresentedToken) async throws(OvalEdgeError) -> SessionToken {
        let endpoint = try await endpoint()
        var request = grant.request(of: token.secret, to: endpoint.address, methods: endpoint.methods)
        request.timeLimit = .seconds(10)
        let response: HTTPResponse
        do {
            response = try await client.send(request)
        } catch {
            throw error == .cancelled ? .cancelled : .provider("cannot be reached (\(error))", .unavailable)
        }
        let now = now()
        let issued = try Self.issued(in: response)
        let session = SessionToken(issued.text.revealed, receivedAt: now)
        return issued.life.map { session.ending(by: now + $0) } ?? session
    }

    private func endpoint() async throws(OvalEdgeError) -> (address: String, methods: [String]?) {
        if let address { return (address, nil) }
        let metadata: ProviderMetadata?
        do throws(ProviderFailure) {
            metadata = try await issuers.first?.metadata()
        } catch {
            throw .provider("cannot be asked for its token endpoint (\(error))", .unavailable)
        }
        guard let address = metadata?.tokenEndpoint else { throw .provider("names no token endpoint", .notUnderstood) }
        let methods = metadata?.json["token_endpoint_auth_methods_supported"]?.array
        return (address, methods?.compactMap { $0.string })
    }

    private static func issued(in response: HTTPResponse) throws(OvalEdgeError) -> IssuedToken {
        do throws(IssuedToken.Fault) {
            return try IssuedToken(response)
        } catch {
            throw switch error {
            case .refused(let code): .provider("gives no token for OvalEdge (\(code))", .notSignedIn)
            case .misconfigured(let code):
                .provider("does not let this server get tokens for OvalEdge (\(code))", .notAllowed)
            case .unavailable(let why): .provider("gave no token for OvalEdge (\(why))", .unavailable)
            }
        }
    }
}

extension TokenExchangeKind {
    fileprivate var grant: DelegationGrant.Kind? {
        switch self {
        case .off: nil
        case .rfc8693: .tokenExchange
        case .onBehalfOf: .onBehalfOf
        }
    }
}

extension OvalEdgeError {
    /// `what` follows upon the identity provider as the subject.
    fileprivate static func provider(_ what: String, _ kind: Kind) -> OvalEdgeError {
        let remedy: Remedy =
            switch kind {
            case .notSignedIn: .text("Sign in again; if that changes nothing, ask the operator of this server.")
            case .unavailable: .wait(seconds: nil)
            default: .forOperator("Check OAUTH_EXCHANGE and what belongs to it against the client at the provider.")
            }
        return OvalEdgeError(kind, "The identity provider \(what).", remedy: remedy, delivery: .notSent)
    }
}
