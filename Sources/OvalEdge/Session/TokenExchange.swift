package import HTTP
import JSON
package import Logging
package import Telemetry
import Text

/// Where a session token comes from: the exchange itself, or something that looks around first.
package protocol TokenSource: Sendable {
    /// A token other than `refused`, which the server did not accept any more.
    func token(insteadOf refused: SessionToken?) async throws(OvalEdgeError) -> SessionToken

    /// The last token was refused for no fault of its own: the same answer came with a new one.
    func wasNotRefused() async
}

extension TokenSource {
    package func wasNotRefused() async {}
}

/// User token and secret in, session token out.
package struct TokenExchange: TokenSource {
    package static let path = "/api/user/token/generate"

    let configuration: OvalEdgeConfiguration
    let credentials: Credentials
    /// Whether the user token stands alone: an access token of an identity provider.
    private let isDelegated: Bool
    private let client: any HTTPClient
    private let redactor: Redactor
    private let now: @Sendable () -> Double
    private let telemetry: Telemetry?

    package init(
        _ configuration: OvalEdgeConfiguration,
        credentials: Credentials,
        client: any HTTPClient,
        redactor: Redactor,
        telemetry: Telemetry? = nil,
        now: @escaping @Sendable () -> Double = SessionClock.system.now
    ) {
        self.telemetry = telemetry
        self.configuration = configuration
        self.credentials = credentials
        isDelegated = false
        self.client = client
        self.redactor = redactor
        self.now = now
        for secret in [credentials.userToken, credentials.userSecret] { secret.map { redactor.add($0) } }
    }

    /// With an access token of an identity provider in the place of user token and secret; the redactor knows it already.
    package init(
        _ configuration: OvalEdgeConfiguration,
        of token: Secret,
        client: any HTTPClient,
        redactor: Redactor,
        telemetry: Telemetry? = nil,
        now: @escaping @Sendable () -> Double = SessionClock.system.now
    ) {
        self.telemetry = telemetry
        self.configuration = configuration
        credentials = Credentials(userToken: token, userSecret: nil)
        isDelegated = true
        self.client = client
        self.redactor = redactor
        self.now = now
    }

    package func token(insteadOf refused: SessionToken? = nil) async throws(OvalEdgeError) -> SessionToken {
        let request = try request()
        guard let telemetry else { return try await token(for: request) }
        return try await telemetry.exchanging(outcome: { (error: OvalEdgeError) in error.exchangeOutcome }) {
            do throws(OvalEdgeError) { return .success(try await token(for: request)) } catch { return .failure(error) }
        }.get()
    }

    private func token(for request: HTTPRequest) async throws(OvalEdgeError) -> SessionToken {
        let response: HTTPResponse
        do {
            response = try await client.send(request)
        } catch {
            throw OvalEdgeError(error, redactor: redactor)
        }
        return SessionToken(try text(in: response), receivedAt: now())
    }

    private func request() throws(OvalEdgeError) -> HTTPRequest {
        if let refusal = configuration.refusal { throw refusal }
        guard let userToken = credentials.userToken, isDelegated || credentials.userSecret != nil,
            !configuration.baseURL.isEmpty
        else { throw missing }
        let body = JSON.members(
            ("userToken", .string(userToken.revealed)),
            ("userSecret", credentials.userSecret.map { .string($0.revealed) })
        )
        return HTTPRequest(
            .post,
            configuration.baseURL + Self.path,
            fields: [
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": "OvalEdge-MCP",
                "X-OvalEdge-Client": "MCP",
                "Authorization": Self.placeholder,
            ],
            body: body.bytes,
            mayBeRepeated: false
        )
    }

    /// No credential: OvalEdge turns away a request without any `Authorization` before it looks at the body.
    private static let placeholder = "Basic " + Base64.encoded("MCP-token-generate:")

    private func text(in response: HTTPResponse) throws(OvalEdgeError) -> String {
        guard response.status == .ok else { throw refusal(response) }
        if response.mediaType == "text/html" { throw page }
        switch TokenReply(response.body) {
        case .token(let text): return text
        case .declined(let reason): throw declined(reason)
        case .page: throw page
        case .without(let names): throw unreadable(names)
        case .empty:
            let header = configuration.fallbackHeader.flatMap { response.fields[$0] }
            guard let text = header.flatMap(TokenReply.bare) else { throw empty }
            return text
        }
    }
}

// What can go wrong, each in two sentences.
extension TokenExchange {
    private var missing: OvalEdgeError {
        .notSet((configuration.baseURL.isEmpty ? ["the address of OvalEdge"] : []) + credentials.missing)
    }

    private func refusal(_ response: HTTPResponse) -> OvalEdgeError {
        let response = response.fieldsRedacted(by: redactor.finder)
        let general = OvalEdgeError(response, to: "POST \(Self.path)", redactor: redactor)
        let said = response.isPage ? nil : Quotation.words(in: response.body, redactor: redactor).first
        let words = Quotation.clause(said, redactor: redactor)
        switch (response.status, general.kind) {
        case (.notFound, _), (.methodNotAllowed, _):
            return general.rephrased(
                .notUnderstood,
                "\(configuration.host) has no OvalEdge sign-in at the address that is set (status \(response.status)).",
                .checkContextPath
            )
        case (_, .notAllowed) where response.isPage, (_, .notValid) where response.isPage:
            return general.rephrased(
                .notAllowed,
                "The sign-in at \(configuration.host) was answered in HTML, with the status \(response.status).",
                .askAboutFirewall
            )
        case (_, .notSignedIn), (_, .notAllowed), (_, .notValid), (_, .conflict):
            return general.rephrased(
                .notSignedIn,
                "OvalEdge refused the \(isDelegated ? "token with which you signed in" : "user token and secret")\(words).",
                isDelegated ? .signInAgain : .checkCredentials
            )
        case (_, .notUnderstood):
            let target = response.status.isRedirect ? "redirected the sign-in\(response.redirectTarget)" : nil
            let what = target ?? "answered the sign-in with the unexpected status \(response.status)"
            return general.rephrased(.notUnderstood, "\(configuration.host) \(what).", .checkAddress)
        default:
            return general.rephrased(general.kind, "The sign-in failed: \(general.what)", general.remedy)
        }
    }

    private func declined(_ reason: String) -> OvalEdgeError {
        let words = Quotation.clause(reason, redactor: redactor)
        return OvalEdgeError(
            .notSignedIn,
            "OvalEdge declined to sign in\(words).",
            remedy: isDelegated ? .signInAgain : .checkCredentials,
            status: 200
        )
    }

    private var page: OvalEdgeError {
        OvalEdgeError(
            .notUnderstood,
            "\(configuration.host) answered the sign-in with a web page instead of a token.",
            remedy: .checkAddress,
            status: 200
        )
    }

    private var empty: OvalEdgeError {
        let place = configuration.fallbackHeader.map { " and no token in the header \($0)" } ?? ""
        return OvalEdgeError(
            .notUnderstood,
            "\(configuration.host) answered the sign-in with an empty body\(place).",
            remedy: .checkTokenHeader,
            status: 200
        )
    }

    private func unreadable(_ names: [String]) -> OvalEdgeError {
        let list = Quotation.of(names.prefix(8).joined(separator: ", "), redactor: redactor)
        return OvalEdgeError(
            .notUnderstood,
            "\(configuration.host) answered the sign-in without a usable token\(list.map { " (it sent \($0))" } ?? "").",
            remedy: .checkAddress,
            status: 200
        )
    }
}

extension OvalEdgeError {
    fileprivate var exchangeOutcome: Metrics.ExchangeOutcome {
        switch kind {
        case .notSignedIn, .notAllowed, .notValid: .refused
        case .notUnderstood: .unusable
        default: .failed
        }
    }

    /// `names` are what still needs a value.
    package static func notSet(_ names: [String], remedy: Remedy = .checkCredentials) -> OvalEdgeError {
        let last = names.last ?? ""
        let list = names.count > 1 ? names.dropLast().joined(separator: ", ") + " and " + last : last
        return OvalEdgeError(
            .notSignedIn,
            "Cannot sign in, because \(list) \(names.count == 1 ? "is" : "are") not set.",
            remedy: remedy
        )
    }
}
