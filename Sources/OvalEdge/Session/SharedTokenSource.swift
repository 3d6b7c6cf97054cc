package import Logging
import Synchronization

/// Looks whether someone else has fetched a token already, and exchanges only when no one has.
///
/// OvalEdge keeps one session token per credential and every exchange kills the one before. So who needs one waits for
/// a turn, reads again, *adopts* what is newer than what it had, and replaces a refused token only while the store still
/// holds that same one. Without a usable store it does the same with what it remembers itself.
package final class SharedTokenSource: TokenSource {
    private struct Memory {
        var record = TokenRecord()
        /// When this process last counted a token as refused before its end.
        var counted: Double?
        var hasWarned = false
    }

    private let exchange: TokenExchange
    private let store: (any TokenStore)?
    private let patience: Double
    private let refusalLife: Double
    private let log: Log
    private let clock: SessionClock
    private let memory = Mutex(Memory())

    /// `store` is nil where sharing is switched off.
    ///
    /// `patience` is how many seconds to wait for another that is signing in; it must be longer than an exchange can take,
    /// and after it this process signs in by itself. For `refusalLife` seconds after OvalEdge refused the credential no one
    /// who shares the store tries it again.
    package init(
        _ exchange: TokenExchange,
        store: (any TokenStore)?,
        patience: Double,
        refusalLife: Double = 0,
        log: Log,
        clock: SessionClock = .system
    ) {
        self.exchange = exchange
        self.store = store
        self.patience = patience
        self.refusalLife = refusalLife
        self.log = log
        self.clock = clock
    }

    /// Whether another machine or program seems to use the same credential, as all who share the store have seen it.
    package var isContended: Bool {
        get async {
            let shared = try? await opened()?.record()
            return (shared ?? memory.withLock { $0.record }).contention.isContended(at: clock.now())
        }
    }

    package func token(insteadOf refused: SessionToken?) async throws(OvalEdgeError) -> SessionToken {
        guard let store = opened() else { return try await exchanged(insteadOf: refused) }
        switch try await turn(in: store, insteadOf: refused) {
        case .adopted(let token): return token
        case .alone(let counts): return try await exchanged(insteadOf: refused, counts: counts)
        case .turn(let turn):
            let outcome: Result<SessionToken, OvalEdgeError>
            do throws(OvalEdgeError) {
                outcome = .success(try await token(in: store, turn, insteadOf: refused))
            } catch {
                outcome = .failure(error)
            }
            // The others go on when the new token is written.
            await turn.release()
            return try outcome.get()
        }
    }

    private func token(
        in store: any OpenTokenStore,
        _ turn: any TokenTurn,
        insteadOf refused: SessionToken?
    ) async throws(OvalEdgeError) -> SessionToken {
        do {
            if let token = try await adoptable(in: store, insteadOf: refused) { return token }
        } catch let error as OvalEdgeError {
            throw error
        } catch {
            warn(error)
        }
        return try await exchanged(in: store, turn, insteadOf: refused)
    }

    private func opened() -> (any OpenTokenStore)? {
        do {
            return try store?.opened(for: exchange.credentials, at: exchange.configuration.baseURL)
        } catch {
            warn(error)
            return nil
        }
    }

    private func warn(_ error: any Error) {
        guard !(error is TokenStoreUnreachable) else { return }
        let isFirst = memory.withLock { memory in
            defer { memory.hasWarned = true }
            return !memory.hasWarned
        }
        guard isFirst else { return }
        log.warning("the session token is not shared with other processes", ("reason", "\(error)"))
    }
}

// Waiting for one's turn.
extension SharedTokenSource {
    private enum Turn {
        case turn(any TokenTurn)
        case adopted(SessionToken)
        /// There are no turns here, or who has it has stopped.
        ///
        /// `counts` is false where others are known to go on alone as well, so that a lost token says nothing.
        case alone(counts: Bool)
    }

    /// Waits for a turn, and looks meanwhile whether its holder has written what was wanted.
    private func turn(
        in store: any OpenTokenStore,
        insteadOf refused: SessionToken?
    ) async throws(OvalEdgeError) -> Turn {
        var pause = 0.002
        var waited = 0.0
        while true {
            do {
                if let token = try await adoptable(in: store, insteadOf: refused) { return .adopted(token) }
                if let turn = try await store.turn() { return .turn(turn) }
            } catch let error as OvalEdgeError {
                throw error
            } catch {
                warn(error)
                return .alone(counts: !(error is TokenStoreUnreachable))
            }
            guard waited < patience else {
                warnOfBusyProcess()
                return .alone(counts: true)
            }
            guard (try? await clock.sleep(pause)) != nil else { throw .cancelled }
            waited += pause
            pause = min(pause * 1.5, 0.05)
        }
    }

    /// The token in the store, when it is another than the refused one, newer than what this process had, and still good.
    ///
    /// Where an exchange was begun and not ended the token is about to be replaced, or was, by a process that died. Throws
    /// ``OvalEdgeError`` where the credential was refused a moment ago, and the store's error.
    private func adoptable(in store: any OpenTokenStore, insteadOf refused: SessionToken?) async throws -> SessionToken?
    {
        guard let record = try await store.record() else { return nil }
        let now = clock.now()
        if let end = record.refusedUntil, now < end, now >= end - refusalLife {
            throw OvalEdgeError.credentialsRefused(for: end - now)
        }
        guard let token = record.token, record.exchangingSince == nil, token.secret != refused?.secret,
            token.renewal > now
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
    /// Alone, it counts refused tokens unless `counts` is false.
    private func exchanged(
        in store: (any OpenTokenStore)? = nil,
        _ turn: (any TokenTurn)? = nil,
        insteadOf refused: SessionToken?,
        counts: Bool = true
    ) async throws(OvalEdgeError) -> SessionToken {
        let remembered = memory.withLock { $0.record }
        var record = (try? await store?.record()) ?? remembered
        if counts { try await note(refused, in: &record, turn) }
        var before = record
        record.exchangingSince = clock.now()
        await write(record, turn)
        let token: SessionToken
        do {
            token = try await exchange.token(insteadOf: refused)
        } catch {
            // If the server refused, nothing was replaced; if no answer came, something may have been.
            if error.status ?? 200 >= 400 {
                let isCertain = error.kind == .notSignedIn && error.status == 401
                if refusalLife > 0, isCertain { before.refusedUntil = clock.now() + refusalLife }
                await write(before, turn)
            }
            throw error
        }
        record.exchangingSince = nil
        record.refusedUntil = nil
        record.generation = max(record.generation, remembered.generation) + 1
        record.token = token
        guard await !write(record, turn), let store else { return token }
        // Another's exchange has ended this token, or this one theirs, which shows with the next request.
        return (try? await adoptable(in: store, insteadOf: token)) ?? token
    }

    /// Counts a token that was refused long before its end though no process here has replaced it; throws while it is
    /// someone else's turn.
    private func note(
        _ refused: SessionToken?,
        in record: inout TokenRecord,
        _ turn: (any TokenTurn)?
    ) async throws(OvalEdgeError) {
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
        await write(record, turn)
        log.warning("another program seems to use the same user token", ("pause", "\(Int(pause.rounded(.up)))"))
        throw contended(for: pause)
    }

    /// Takes back what was counted, here and, where a turn is free, in the store.
    package func wasNotRefused() async {
        guard let counted = memory.withLock({ $0.counted.take() }) else { return }
        memory.withLock { $0.record.contention.withdraw(counted) }
        guard let store = opened(), let turn = try? await store.turn() else { return }
        if var record = try? await store.record() {
            record.contention.withdraw(counted)
            _ = try? await turn.write(record)
        }
        await turn.release()
    }

    /// False where another had a turn meanwhile.
    @discardableResult
    private func write(_ record: TokenRecord, _ turn: (any TokenTurn)?) async -> Bool {
        memory.withLock { $0.record = record }
        do {
            return try await turn?.write(record) ?? true
        } catch {
            warn(error)
            return true
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

extension OvalEdgeError {
    /// They are not tried again for so many `seconds`.
    package static func credentialsRefused(for seconds: Double) -> OvalEdgeError {
        OvalEdgeError(
            .notSignedIn,
            "OvalEdge refused this user token and secret a moment ago.",
            remedy: .checkCredentials,
            status: 401,
            retryAfter: seconds,
            isTransient: false,
            delivery: .notSent
        )
    }
}
