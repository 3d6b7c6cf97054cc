package import HTTP
package import JSON
package import Logging
package import MCPClient
import Synchronization

/// A person who has signed in at a bridge with a browser; the tokens stay in this process.
package final class FacadeAccount: RemoteCredentials {
    /// Who it is: `sub`, and where the issuer says, `email`, `groups` and `preferred_username`.
    package let claims: JSON

    private let renewal: TokenRenewal
    private let clock: ClientClock
    private let log: Log
    private let record: Mutex<SignInRecord>
    private let renewals = SharedWork<Secret?, Result<SignInRecord, RemoteFailure>>()

    init(_ record: SignInRecord, claims: JSON, endpoint: TokenEndpoint, clock: ClientClock, log: Log) {
        self.record = Mutex(record)
        self.clock = clock
        self.log = log
        renewal = TokenRenewal(endpoint: endpoint)
        self.claims = .object(
            JSONObject(claims.object?.members.filter { Self.shown.contains($0.name) } ?? [])
        )
        Self.redact(record, log)
    }

    deinit {
        record.withLock { for secret in [$0.access, $0.refresh].compactMap({ $0 }) { log.redactor.remove(secret) } }
    }

    private static let shown = ["sub", "email", "groups", "preferred_username"]

    /// The access token, renewed where it is about to end.
    package func token() async throws(RemoteFailure) -> Secret { try await good(insteadOf: nil).access }

    package func fields() async throws(RemoteFailure) -> HTTPFields {
        let record = try await good(insteadOf: nil)
        return CredentialHeader().fields(record.access, type: record.type)
    }

    package func renew(
        _ fields: HTTPFields,
        challenge: String?,
        status: HTTPStatus
    ) async throws(RemoteFailure) -> Bool {
        guard status == .unauthorized else { return false }
        let held = record.withLock { $0 }
        guard CredentialHeader().fields(held.access, type: held.type)["Authorization"] == fields["Authorization"] else {
            return true
        }
        return try await good(insteadOf: held.access).access != held.access
    }

    /// Revokes the tokens where the issuer offers that; returns why they are not revoked.
    package func revoke() async -> String? {
        let held = record.withLock { $0 }
        guard let address = held.revocationEndpoint else { return nil }
        let (token, kind) = held.refresh.map { ($0, "refresh_token") } ?? (held.access, "access_token")
        return await renewal.endpoint.revocationProblem(token, kind, at: address, as: held.client)
    }

    private func good(insteadOf refused: Secret?) async throws(RemoteFailure) -> SignInRecord {
        if let held = usable(insteadOf: refused) { return held }
        return try await renewals.outcome(for: refused) {
            await .of { () async throws(RemoteFailure) in
                if let held = self.usable(insteadOf: refused) { return held }
                return try await self.renewed(insteadOf: refused)
            }
        }.get()
    }

    private func usable(insteadOf refused: Secret?) -> SignInRecord? {
        let held = record.withLock { $0 }
        return held.access != refused && !held.isEnding(at: clock.now()) ? held : nil
    }

    private func renewed(insteadOf refused: Secret?) async throws(RemoteFailure) -> SignInRecord {
        let held = record.withLock { $0 }
        let isStillGood = held.access != refused && !held.hasEnded(at: clock.now())
        guard held.refresh != nil else {
            if isStillGood { return held }
            throw .notSignedIn(detail: "The sign-in at this server has ended. Sign in again.")
        }
        do throws(GrantFault) {
            let next = try await renewal.renewed(held)
            record.withLock { $0 = next }
            Self.redact(next, log)
            for old in [held.access, held.refresh].compactMap({ $0 }) where ![next.access, next.refresh].contains(old) {
                log.redactor.remove(old)
            }
            return next
        } catch {
            log.warning("sign-in not renewed", ("server", held.issuer), ("reason", error.reason))
            if isStillGood { return held }
            throw .notSignedIn(
                detail: "The sign-in at this server could not be renewed: \(error.reason). Sign in again."
            )
        }
    }

    private static func redact(_ record: SignInRecord, _ log: Log) {
        for secret in [record.access, record.refresh].compactMap({ $0 }) { log.redactor.add(secret) }
    }
}
