package import Logging
import Synchronization
import Threads

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Looks secrets up when they are first wanted, and keeps them until the process ends or they are forgotten.
///
/// One look at a time for each reference, for all who wait. A failure is kept by no one: who asks next has it tried
/// again. What is found is redacted before anyone gets it.
package final class SecretResolver: Sendable {
    private typealias Outcome = Result<SecretAnswer, SecretFailure>

    private struct Look {
        var waiting: [CheckedContinuation<Outcome, Never>] = []
        /// Known already, while the program that gave none is being ended.
        var failure: SecretFailure?
        /// The process group of the program that is asked.
        var group: Int32?
    }

    private struct State {
        var known: [SecretReference: SecretAnswer] = [:]
        var looks: [SecretReference: Look] = [:]
        var hasEnded = false
    }

    private let lookUp: SecretLookUp
    private let redactor: Redactor
    private let state = Mutex(State())

    package init(_ surroundings: SecretSurroundings, limits: SecretLimits = .server, redactor: Redactor) {
        lookUp = SecretLookUp(surroundings, limits: limits)
        self.redactor = redactor
    }

    /// `member` is what a program calls it that gives several secrets at once.
    package func secret(at reference: SecretReference, _ member: String = "") async throws(SecretFailure) -> Secret {
        let outcome = await withCheckedContinuation { join($0, reference) }
        return try outcome.get().secret(member, of: reference)
    }

    /// Whether it was found, and is redacted.
    package func knows(_ reference: SecretReference) -> Bool { state.withLock { $0.known[reference] != nil } }

    /// Looks again the next time: what was found was refused where it was used.
    package func forget(_ reference: SecretReference) { state.withLock { $0.known[reference] = nil } }

    /// Ends every program that is being asked, since this process is about to end; no other is started.
    package func end() {
        state.withLock { state in
            state.hasEnded = true
            for group in state.looks.values.compactMap({ $0.group }) { kill(-group, SIGKILL) }
        }
    }

    private func join(_ continuation: CheckedContinuation<Outcome, Never>, _ reference: SecretReference) {
        let (outcome, begins) = state.withLock { state -> (Outcome?, Bool) in
            if let answer = state.known[reference] { return (.success(answer), false) }
            if let failure = state.looks[reference]?.failure { return (.failure(failure), false) }
            let begins = state.looks[reference] == nil
            state.looks[reference, default: Look()].waiting.append(continuation)
            return (nil, begins)
        }
        if let outcome { return continuation.resume(returning: outcome) }
        guard begins, !Threads.start({ self.look(for: reference) }) else { return }
        finish(reference, .failure(SecretFailure(notStarted: reference, EAGAIN)))
        state.withLock { $0.looks[reference] = nil }
    }

    private func look(for reference: SecretReference) {
        lookUp.ask(for: reference) { group in
            state.withLock { state in
                state.looks[reference]?.group = group
                if let group, state.hasEnded { kill(-group, SIGKILL) }
            }
        } done: {
            finish(reference, $0)
        }
        state.withLock { $0.looks[reference] = nil }
    }

    private func finish(_ reference: SecretReference, _ outcome: Outcome) {
        let known = state.withLock { $0.known[reference] }
        if case .success(let answer) = outcome, known == nil {
            for secret in answer.secrets { redactor.add(secret) }
        }
        let outcome = outcome.mapError { $0.redacted(redactor) }
        let waiting = state.withLock { state in
            switch outcome {
            case .success(let answer): state.known[reference] = answer
            case .failure(let failure): state.looks[reference]?.failure = failure
            }
            defer { state.looks[reference]?.waiting = [] }
            return state.looks[reference]?.waiting ?? []
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }
}
