import Synchronization

/// The secrets that are live in this process, and their removal from everything that is about to leave it.
///
/// Every byte of output passes here, so a search skips most of them and copies nothing unless something is found.
package final class Redactor: Sendable {
    private struct Held {
        let secret: Secret
        /// How often it was added and not removed.
        var holders = 1
        /// Those of the finder, since to make them costs more than all else about one.
        var forms: [SecretForm]?
    }

    private struct State {
        var secrets: [Held] = []
        /// How often a secret came or went.
        var changes = 0
        /// Made when it is first asked for: at start several secrets come one after the other.
        var built: (finder: SecretFinder, changes: Int)?
    }

    private let parent: Redactor?
    private let state = Mutex(State())

    /// Of one account, where `parent` has the secrets of the process: what others hold is not looked for.
    package init(parent: Redactor? = nil) { self.parent = parent }

    /// From now on `secret` is redacted, in the encodings in which it travels; a weak one is not.
    package func add(_ secret: Secret) {
        guard secret.weakness == nil else { return }
        state.withLock { state in
            guard let place = state.secrets.firstIndex(where: { $0.secret == secret }) else {
                state.changes += 1
                return state.secrets.append(Held(secret: secret))
            }
            state.secrets[place].holders += 1
        }
    }

    /// `secret` is worthless now; it is not redacted any more once everyone who added it has removed it.
    package func remove(_ secret: Secret) {
        state.withLock { state in
            guard let place = state.secrets.firstIndex(where: { $0.secret == secret }) else { return }
            state.secrets[place].holders -= 1
            guard state.secrets[place].holders == 0 else { return }
            state.changes += 1
            state.secrets.remove(at: place)
        }
    }

    /// Lets go of the finder, which is many times larger than the secrets; the next text makes it again.
    package func rest() {
        state.withLock { state in
            state.built = nil
            for place in state.secrets.indices { state.secrets[place].forms = nil }
        }
    }

    /// What is redacted at this moment, for many texts in a row.
    package var finder: SecretFinder {
        let inherited = parent?.changes ?? 0
        let (changes, built) = state.withLock { ($0.changes + inherited, $0.built) }
        if let built, built.changes == changes { return built.finder }
        let finder = SecretFinder(forms)
        state.withLock { $0.built = (finder, changes) }
        return finder
    }

    private var changes: Int { state.withLock { $0.changes } + (parent?.changes ?? 0) }

    private var forms: [SecretForm] {
        let secrets = state.withLock { $0.secrets }
        let all = secrets.map { $0.forms ?? SecretForm.all(of: $0.secret.revealed) }
        state.withLock { state in
            for (held, forms) in zip(secrets, all) where held.forms == nil {
                guard let place = state.secrets.firstIndex(where: { $0.secret == held.secret }) else { continue }
                state.secrets[place].forms = forms
            }
        }
        return all.flatMap { $0 } + (parent?.forms ?? [])
    }

    /// For texts that stand alone, such as a line of the log; a message is redacted value by value.
    package func redacted(_ text: String) -> String { finder.redacted(text, readingEscapes: true) ?? text }
}
