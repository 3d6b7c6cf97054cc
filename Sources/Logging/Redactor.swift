import Synchronization
import Text

/// The secrets that are live in this process, and the striking of them from whatever is about to leave it.
///
/// Every byte of output passes here, so a search skips most of them and copies nothing unless something is found.
package final class Redactor: Sendable {
    private struct State {
        var secrets: [(secret: Secret, forms: [[UInt8]])] = [] {
            didSet { finder = SecretFinder(secrets.flatMap { $0.forms }) }
        }
        private(set) var finder = SecretFinder([])
    }

    private let state = Mutex(State())

    package init() {}

    /// From now on `secret` is struck, in the encodings in which it travels.
    package func add(_ secret: Secret) {
        let forms = SecretForms.of(secret.revealed)
        state.withLock { state in
            guard !state.secrets.contains(where: { $0.secret == secret }) else { return }
            state.secrets.append((secret, forms))
        }
    }

    /// `secret` is worthless by now, and need not be looked for any more.
    package func remove(_ secret: Secret) {
        state.withLock { state in state.secrets.removeAll { $0.secret == secret } }
    }

    /// What is struck at this moment, for many texts in a row.
    package var finder: SecretFinder { state.withLock { $0.finder } }

    package func struck(_ text: String) -> String { finder.struck(text) ?? text }

    package func struck(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { finder.struck($0) } ?? bytes
    }
}
