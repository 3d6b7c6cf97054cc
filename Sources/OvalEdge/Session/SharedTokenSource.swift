import Files
package import Logging
import Synchronization

/// Looks whether another process has fetched a token already, and exchanges only when none has.
///
/// OvalEdge keeps one session token per credential and every exchange kills the one before. So a process takes the lock,
/// reads again, *adopts* what is newer than what it had, and replaces a refused token only while the file still holds
/// that same one. Without a usable store it does the same with what it remembers itself.
package final class SharedTokenSource: TokenSource {
    private struct Memory {
        var record = TokenRecord()
        /// When this process last counted a token as refused before its end.
        var counted: Double?
        var hasWarned = false
    }

    private let exchange: TokenExchange
    private let store: TokenStore?
    private let patience: Double
    private let log: Log
    private let clock: SessionClock
    private let memory = Mutex(Memory())

    /// `store` is nil where sharing is switched off.
    ///
    /// `patience` is how many seconds to wait for another process that is signing in; it must be longer than an exchange
    /// can take, and after it this process signs in by itself.
    package init(
        _ exchange: TokenExchange,
        store: TokenStore?,
        patience: Double,
        log: Log,
        clock: SessionClock = .system
    ) {
        self.exchange = exchange
        self.store = store
        self.patience = patience
        self.log = log
        self.clock = clock
    }

    /// Whether another machine or program seems to use the same credential, as all processes here have seen it.
    package var isContended: Bool {
        (opened()?.record() ?? memory.withLock { $0.record }).contention.isContended(at: clock.now())
    }

    package func token(insteadOf refused: SessionToken?) async throws(OvalEdgeError) -> SessionToken {
        guard let store = opened() else { return try await exchanged(in: nil, insteadOf: refused) }
        switch try await turn(in: store, insteadOf: refused) {
        case .adopted(let token):
            return token
        case .alone:
            return try await exchanged(in: nil, insteadOf: refused)
        case .locked(let lock):
            // The lock is held until the new token is written.
            defer { withExtendedLifetime(lock) {} }
            if let token = adoptable(in: store, insteadOf: refused) { return token }
            return try await exchanged(in: store, insteadOf: refused)
        }
    }

    private func opened() -> OpenTokenStore? {
        do {
            return try store?.opened(for: exchange.credentials, at: exchange.configuration.baseURL)
        } catch {
            warn(error)
            return nil
        }
    }

    private func warn(_ error: FileError) {
        let isFirst = memory.withLock { memory in
            defer { memory.hasWarned = true }
            return !memory.hasWarned
        }
        guard isFirst else { return }
        log.warning("the session token is not shared with other processes", ("reason", error.description))
    }
}

// Waiting for one's turn.
extension SharedTokenSource {
    private enum Turn {
        case locked(FileLock)
        case adopted(SessionToken)
        /// Nothing can be locked here, or who holds the lock has stopped.
        case alone
    }

    /// Waits for the lock, and looks meanwhile whether its holder has written what was wanted.
    private func turn(
        in store: OpenTokenStore,
        insteadOf refused: SessionToken?
    ) async throws(OvalEdgeError) -> Turn {
        var pause = 0.002
        var waited = 0.0
        while true {
            if let token = adoptable(in: store, insteadOf: refused) { return .adopted(token) }
            do {
                if let lock = try store.lock() { return .locked(lock) }
            } catch {
                warn(error)
                return .alone
            }
            guard waited < patience else {
                warnOfBusyProcess()
                return .alone
            }
            guard (try? await clock.sleep(pause)) != nil else { throw .cancelled }
            waited += pause
            pause = min(pause * 1.5, 0.05)
        }
    }

    /// The token in the file, when it is another than the refused one, newer than what this process had, and still good.
    ///
    /// Where an exchange was begun and not ended the token is about to be replaced, or was, by a process that died.
    private func adoptable(in store: OpenTokenStore, insteadOf refused: SessionToken?) -> SessionToken? {
        guard let record = store.record(), let token = record.token, record.exchangingSince == nil,
            token.secret != refused?.secret, token.renewal > clock.now()
        else { return nil }
        return memory.withLock { memory in
            let had = memory.record
            let isNewer = record.generation > had.generation || token.receivedAt > had.token?.receivedAt ?? 0
            guard isNewer || token.secret == had.token?.secret else { return nil }
            memory.record = record
            return token
        }
    }

    /// A process that was stopped keeps the lock.
    ///
    /// What it fetches when it goes on ends the token fetched here meanwhile, which costs one more sign-in.
    private func warnOfBusyProcess() {
        log.warning(
            "another oe-mcp process has held the lock of the session token for too long; signing in without it",
            ("seconds", "\(Int(patience))")
        )
    }
}

// Exchanging, in one's turn.
extension SharedTokenSource {
    private func exchanged(
        in store: OpenTokenStore?,
        insteadOf refused: SessionToken?
    ) async throws(OvalEdgeError) -> SessionToken {
        let remembered = memory.withLock { $0.record }
        var record = store?.record() ?? remembered
        try note(refused, in: &record, store: store)
        let before = record
        record.exchangingSince = clock.now()
        write(record, to: store)
        let token: SessionToken
        do {
            token = try await exchange.token(insteadOf: refused)
        } catch {
            // If the server refused, nothing was replaced; if no answer came, something may have been.
            if error.status ?? 200 >= 400 { write(before, to: store) }
            throw error
        }
        record.exchangingSince = nil
        record.generation = max(record.generation, remembered.generation) + 1
        record.token = token
        write(record, to: store)
        return token
    }

    /// Counts a token that was refused long before its end though no process here has replaced it; throws while it is
    /// someone else's turn.
    private func note(
        _ refused: SessionToken?,
        in record: inout TokenRecord,
        store: OpenTokenStore?
    ) throws(OvalEdgeError) {
        let now = clock.now()
        if let refused, record.token?.secret == refused.secret, record.exchangingSince == nil,
            !refused.mayHaveEnded(at: now)
        {
            record.contention.refused(at: now)
            memory.withLock { $0.counted = now }
            // Counted once: the token is gone.
            record.token = nil
        }
        let pause = record.contention.pause(at: now)
        guard pause > 0 else { return }
        write(record, to: store)
        log.warning("another program seems to use the same user token", ("pause", "\(Int(pause.rounded(.up)))"))
        throw contended(for: pause)
    }

    /// Takes back what was counted, here and, where its lock is free, in the file.
    package func wasNotRefused() async {
        guard let counted = memory.withLock({ $0.counted.take() }) else { return }
        memory.withLock { $0.record.contention.withdraw(counted) }
        guard let store = opened(), let lock = try? store.lock(), var record = store.record() else { return }
        defer { withExtendedLifetime(lock) {} }
        record.contention.withdraw(counted)
        try? store.write(record)
    }

    private func write(_ record: TokenRecord, to store: OpenTokenStore?) {
        memory.withLock { $0.record = record }
        do {
            try store?.write(record)
        } catch {
            warn(error)
        }
    }

    private func contended(for pause: Double) -> OvalEdgeError {
        OvalEdgeError(
            .notSignedIn,
            """
            OvalEdge refused one new session token after another, as it does when another machine or program signs in \
            with the same user token.
            """,
            remedy: .useOwnCredentials(scheme: exchange.configuration.authScheme),
            retryAfter: pause,
            isTransient: true
        )
    }
}
