package import HTTP
package import Logging
package import MCPClient
import OAuth
import Synchronization

/// Calls a server in the name of the person who has signed in at it.
///
/// Each token is renewed once for all processes of this user: who needs another waits for its turn and looks again before
/// a refresh token is spent, since one that was spent by someone else is good no longer.
package final class OAuthCredentials: RemoteCredentials {
    /// Whose sign-in it is.
    package struct Choice: Hashable, Sendable {
        package var server: String
        package var profile: String
        /// Only a sign-in of this client; nil takes any.
        package var clientID: String?
        /// What a person runs to sign in, such as `oe-mcp login https://…`.
        package var command: String

        package init(server: String, profile: String = "", clientID: String? = nil, command: String? = nil) {
            self.server = server
            self.profile = profile
            self.clientID = clientID
            self.command = command ?? "oe-mcp login \(server)"
        }
    }

    private let choice: Choice
    private let vault: TokenVault
    private let renewal: TokenRenewal
    private let header: CredentialHeader
    private let clock: ClientClock
    private let log: Log
    private let held = Mutex<SignInRecord?>(nil)
    private let renewals = SharedWork<Secret?, Result<SignInRecord, RemoteFailure>>()

    /// `client` must follow no redirect.
    package init(
        _ choice: Choice,
        vault: TokenVault,
        client: any HTTPClient,
        header: CredentialHeader = CredentialHeader(),
        clock: ClientClock = .system,
        log: Log
    ) {
        self.choice = choice
        self.vault = vault
        self.header = header
        self.clock = clock
        self.log = log
        renewal = TokenRenewal(endpoint: TokenEndpoint(client: client, now: clock.now))
    }

    /// Whether anyone has signed in; what is kept may have been revoked since.
    package var isSignedIn: Bool { held.withLock { $0 } != nil || chosen() != nil }

    package func fields() async throws(RemoteFailure) -> HTTPFields {
        let now = clock.now()
        if let record = held.withLock({ $0 }), !record.isEnding(at: now) { return fields(record) }
        return fields(try await record(insteadOf: nil))
    }

    package func renew(
        _ fields: HTTPFields,
        challenge: String?,
        status: HTTPStatus
    ) async throws(RemoteFailure) -> Bool {
        if status == .forbidden { return try await stepsUp(fields, challenge) }
        guard status == .unauthorized else { return false }
        let refused = held.withLock { $0 }.flatMap {
            fields[header.name] == self.fields($0)[header.name] ? $0.access : nil
        }
        // Where another call has renewed it meanwhile, there is a newer one in hand.
        guard let refused else { return true }
        _ = try await record(insteadOf: refused)
        return true
    }

    private func fields(_ record: SignInRecord) -> HTTPFields { header.fields(record.access, type: record.type) }

    private func record(insteadOf refused: Secret?) async throws(RemoteFailure) -> SignInRecord {
        try await renewals.outcome(for: refused) {
            await .of { () async throws(RemoteFailure) in
                let record = try await self.good(insteadOf: refused)
                self.hold(record)
                return record
            }
        }.get()
    }

    private func hold(_ record: SignInRecord) {
        let old = held.withLock { held in
            defer { held = record }
            return held
        }
        guard old?.access != record.access || old?.refresh != record.refresh else { return }
        for secret in [record.access, record.refresh].compactMap({ $0 }) { log.redactor.add(secret) }
        for secret in [old?.access, old?.refresh].compactMap({ $0 })
        where ![record.access, record.refresh].contains(secret) {
            log.redactor.remove(secret)
        }
    }

    private func chosen() -> SignInRecord? {
        vault.records(server: choice.server, profile: choice.profile)
            .first { choice.clientID == nil || $0.client.id == choice.clientID }
    }
}

// Renewing, in one's turn.
extension OAuthCredentials {
    private func good(insteadOf refused: Secret?) async throws(RemoteFailure) -> SignInRecord {
        guard let record = chosen() else { throw notSignedIn("You are not signed in at \(choice.server).") }
        if isGood(record, insteadOf: refused) { return record }
        guard TokenRenewal.isPossible(record) else {
            if refused == nil, !record.hasEnded(at: clock.now()) { return record }
            throw notSignedIn("The sign-in at \(choice.server) has ended.")
        }
        do throws(SignInFailure) {
            let turn = try await vault.turn(record)
            defer { withExtendedLifetime(turn) {} }
            guard let current = try vault.current(record) else { throw Self.ended }
            if isGood(current, insteadOf: refused) { return current }
            return try await spent(current, insteadOf: refused)
        } catch {
            if error == Self.ended { throw notSignedIn("The sign-in at \(choice.server) has ended.") }
            if error.kind == .cancelled { throw .cancelled }
            throw .notSignedIn(detail: "\(error) Try again; if it stays so, run `\(choice.command)`.")
        }
    }

    private func isGood(_ record: SignInRecord, insteadOf refused: Secret?) -> Bool {
        record.access != refused && !record.isEnding(at: clock.now())
    }

    /// Spends the refresh token; only what the authorization server has refused is deleted.
    private func spent(_ record: SignInRecord, insteadOf refused: Secret?) async throws(SignInFailure) -> SignInRecord {
        do throws(GrantFault) {
            let next = try await renewal.renewed(record)
            // The old pair is good no longer: the new one is used even where it cannot be kept.
            do throws(SignInFailure) { try vault.replace(next) } catch {
                log.error("the renewed sign-in is not kept", ("reason", error.description))
            }
            log.info("sign-in renewed", ("server", record.issuer))
            return next
        } catch {
            log.warning("sign-in not renewed", ("server", record.issuer), ("reason", error.reason))
            return try await decided(record, insteadOf: refused, after: error)
        }
    }

    private func decided(
        _ record: SignInRecord,
        insteadOf refused: Secret?,
        after fault: GrantFault
    ) async throws(SignInFailure) -> SignInRecord {
        guard fault.code == "invalid_grant" else {
            // The next sign-in registers again.
            if fault.code == "invalid_client" { try await vault.forget(record.client, at: record.issuer) }
            if record.access != refused, !record.hasEnded(at: clock.now()) { return record }
            throw SignInFailure(.unreachable, "\(record.issuer) was asked for the next token, and \(fault.reason).")
        }
        if let other = try vault.current(record), other.access != record.access, isGood(other, insteadOf: refused) {
            return other
        }
        try vault.remove(record)
        throw Self.ended
    }

    private static let ended = SignInFailure(.refused(code: "invalid_grant"), "The sign-in has ended.")

    private func notSignedIn(_ what: String) -> RemoteFailure {
        .notSignedIn(detail: "\(what) Run `\(choice.command)` in a terminal, then try again.")
    }
}

// More than was allowed (RFC 6750 §3.1).
extension OAuthCredentials {
    private func stepsUp(_ fields: HTTPFields, _ challenge: String?) async throws(RemoteFailure) -> Bool {
        let parameters = challenge.flatMap { BearerChallenge.parameters(of: $0) } ?? [:]
        guard parameters["error"] == "insufficient_scope" else { return false }
        let wanted = parameters["scope"]?.split(separator: " ").map { String($0) } ?? []
        // The person may have signed in for more meanwhile.
        if let newest = chosen(), self.fields(newest)[header.name] != fields[header.name],
            Set(wanted).isSubset(of: newest.granted)
        {
            hold(newest)
            return true
        }
        try? await vault.want(wanted, server: choice.server, profile: choice.profile)
        let scopes = wanted.isEmpty ? "" : " (\(wanted.joined(separator: " ")))"
        throw notSignedIn("\(choice.server) requires more for this than was allowed at sign-in\(scopes).")
    }
}
