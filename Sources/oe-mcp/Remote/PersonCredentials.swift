import HTTP
import MCPClient
import OAuthClient
import Synchronization

/// Those of the person whose process this is: none, until a server wants some.
///
/// Most servers that need no sign-in are asked without one, and a sign-in is looked for again only where one is refused.
final class PersonCredentials: RemoteCredentials {
    private let signIn: OAuthCredentials
    private let server: String
    private let isUsed = Mutex<Bool?>(nil)

    /// `server` is what it is called in sentences.
    init(_ signIn: OAuthCredentials, server: String) {
        self.signIn = signIn
        self.server = server
    }

    func fields() async throws(RemoteFailure) -> HTTPFields {
        let isUsed = isUsed.withLock { isUsed in
            if isUsed == nil { isUsed = signIn.isSignedIn }
            return isUsed == true
        }
        return isUsed ? try await signIn.fields() : [:]
    }

    func renew(
        _ fields: HTTPFields,
        challenge: String?,
        status: HTTPStatus
    ) async throws(RemoteFailure) -> Bool {
        let (isSignedIn, wasUsed) = (signIn.isSignedIn, isUsed.withLock { $0 == true })
        isUsed.withLock { $0 = isSignedIn }
        if wasUsed { return try await signIn.renew(fields, challenge: challenge, status: status) }
        if isSignedIn { return true }
        guard status == .unauthorized else { return false }
        throw .notSignedIn(detail: "\(server) requires a sign-in.")
    }
}
