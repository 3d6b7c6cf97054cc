import Clock
import HTTP
import HTTPServer
import Logging
import MCP
import OAuth
import StreamableHTTP
import Synchronization

/// What is known of an access token without asking anyone.
enum KnownToken: Sendable {
    /// It is good, and of this person.
    case caller(Caller)
    /// It is good, and the account of its person is not ready yet.
    case good
    case unknown
}

/// Knows whose an access token is.
protocol BearerCallers: Sendable {
    /// Called on the library's thread, so it must not wait.
    func known(_ token: Secret) throws(TokenRefusal) -> KnownToken

    func caller(_ token: Secret) async throws(TokenRefusal) -> Caller

    /// Throws where the token is not good any more.
    func requireGood(_ token: Secret) async throws(TokenRefusal)
}

/// Knows people by an access token (RFC 6750), wherever it comes from.
///
/// A token that was refused a moment ago is refused without a further look, and without counting as another guess: a
/// client that goes on with one keeps no one else at its address from signing in.
final class BearerAuthenticator: Authenticator {
    let credentialFields = ["Authorization"]
    let challengesAll = true
    private let callers: any BearerCallers
    private let refusals: BearerRefusals
    private let now: @Sendable () -> Double
    private let log: Log
    private let refused = Mutex(TokenCache<String>())

    /// For so many seconds; a token may be good later that was not yet.
    static let refusedSeconds = 20.0
    /// Longer ones are not kept.
    private static let longestKept = 4096

    init(
        _ callers: any BearerCallers,
        _ refusals: BearerRefusals,
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        log: Log
    ) {
        self.callers = callers
        self.refusals = refusals
        self.now = now
        self.log = log
    }

    func presents(_ head: HTTPRequestHead) -> Bool { head.fields["Authorization"] != nil }

    func authenticate(_ head: HTTPRequestHead) -> Authentication {
        let values = head.fields.values("Authorization")
        guard values.isEmpty || !CredentialFields.areThere(in: head.fields, takesAliases: false) else {
            return .refused(.twoCredentials)
        }
        switch BearerField(values) {
        case .absent: return .refused(refusals.missing(at: head.path))
        case .malformed: return .refused(.malformedToken)
        case .token(let token): return authenticate(token, at: head.path)
        }
    }

    /// What is found to be wrong at once is answered later, too: it counts among the failures of its address.
    private func authenticate(_ token: Secret, at path: String) -> Authentication {
        do throws(TokenRefusal) {
            switch try callers.known(token) {
            case .caller(let caller): return .accepted(caller)
            case .good: return .later(isGuess: false) { await self.caller(token, at: path) }
            case .unknown: break
            }
        } catch {
            if let again = refusedAgain(token, at: path) { return .refused(again) }
            let refusal = refusal(for: error, of: token, at: path)
            return .later { .refused(refusal) }
        }
        if let again = refusedAgain(token, at: path) { return .refused(again) }
        return .later { await self.caller(token, at: path) }
    }

    private func caller(_ token: Secret, at path: String) async -> Authentication {
        do throws(TokenRefusal) {
            return .accepted(try await callers.caller(token))
        } catch {
            return .refused(refusal(for: error, of: token, at: path))
        }
    }

    private func refusedAgain(_ token: Secret, at path: String) -> HTTPRefusal? {
        let now = now()
        return refused.withLock { $0.kept(token, at: now) }.map { refusals.invalid(at: path, because: $0) }
    }

    private func refusal(for reason: TokenRefusal, of token: Secret, at path: String) -> HTTPRefusal {
        switch reason {
        case .invalid(let why):
            if token.revealed.utf8.count <= Self.longestKept {
                let end = now() + Self.refusedSeconds
                refused.withLock { $0.insert(why, for: token, until: end) }
            }
            return refusals.invalid(at: path, because: why)
        case .unavailable(let why):
            log.error("access tokens cannot be verified", ("reason", why))
            return .cannotVerify(why)
        }
    }

    /// As long as no one can say, it would be.
    func review(of head: HTTPRequestHead) -> (@Sendable () async -> Bool)? {
        guard case .token(let token) = BearerField(head.fields.values("Authorization")) else { return nil }
        return { [callers] in
            do throws(TokenRefusal) {
                try await callers.requireGood(token)
                return true
            } catch {
                if case .unavailable = error { return true }
                return false
            }
        }
    }

    func refusal(of caller: Caller, doing need: AccessNeed) -> HTTPRefusal? {
        let scope: CatalogScope = need == .changing ? .write : .read
        guard !caller.principal.isGranted(scope) else { return nil }
        return refusals.insufficient(scope, holding: caller.principal.scopes ?? [])
    }
}

/// Why a request is refused that needs an access token, each with its challenge (RFC 6750 §3).
struct BearerRefusals: Sendable {
    /// The address under which clients reach this server, without a slash at its end.
    let base: String
    /// They may change with the settings.
    let scopes: @Sendable () -> ScopeNames

    /// With no error, since the client may not have known (RFC 6750 §3.1).
    func missing(at path: String) -> HTTPRefusal {
        refusal(
            .unauthorized,
            "unauthorized",
            "This needs an access token. Sign in, and send it in Authorization: Bearer.",
            BearerChallenge(metadata: metadata(for: path), scopes: scopes().all)
        )
    }

    /// `why` is for the log.
    func invalid(at path: String, because why: String) -> HTTPRefusal {
        let text = "The access token is not valid here, or has expired. Sign in again."
        return refusal(
            .unauthorized,
            "invalid_token",
            text,
            BearerChallenge(
                metadata: metadata(for: path),
                scopes: scopes().all,
                error: "invalid_token",
                description: text
            ),
            cause: why
        )
    }

    func insufficient(_ scope: CatalogScope, holding held: Set<String>) -> HTTPRefusal {
        let text = """
            This needs the scope \(scope.rawValue), which your sign-in does not have. Disconnect this server in your \
            client, connect it again\(scope == .write ? ", and tick write" : ", and agree to what it asks for"); or ask \
            your administrator for the permission.
            """
        return refusal(
            .forbidden,
            "insufficient_scope",
            text,
            BearerChallenge(
                metadata: metadata(for: "/mcp"),
                scopes: scopes().needed(for: scope, holding: held),
                error: "insufficient_scope",
                description: text
            )
        )
    }

    /// The document that names the address which the client was given (RFC 9728 §3.3).
    private func metadata(for path: String) -> String {
        base + ProtectedResourceRoutes.path + (path == "/" ? "" : "/mcp")
    }

    private func refusal(
        _ status: HTTPStatus,
        _ code: String,
        _ text: String,
        _ challenge: BearerChallenge,
        cause: String? = nil
    ) -> HTTPRefusal {
        HTTPRefusal(status, code, text, fields: ["WWW-Authenticate": challenge.text], cause: cause)
    }
}

extension HTTPRefusal {
    fileprivate static let malformedToken = HTTPRefusal(
        .badRequest,
        "invalid_request",
        "Authorization has no readable access token, or came more than once. Send one, as Authorization: Bearer <token>."
    )
    fileprivate static let twoCredentials = HTTPRefusal(
        .badRequest,
        "invalid_request",
        "Authorization and X-OvalEdge fields came together. Send an access token in Authorization, and nothing else."
    )
    /// Clients forget their token when an answer says that it is not good.
    fileprivate static func cannotVerify(_ why: String) -> HTTPRefusal {
        HTTPRefusal(
            .serviceUnavailable,
            "temporarily_unavailable",
            "Access tokens cannot be verified at the moment. Try again in a few seconds.",
            fields: ["Retry-After": "5"],
            cause: why
        )
    }
}
