/// How long a program that keeps a secret may take.
package struct SecretLimits: Sendable {
    package var keychain: Duration
    package var others: Duration

    package init(keychain: Duration, others: Duration) {
        self.keychain = keychain
        self.others = others
    }

    /// A client waits, and no person sees a question of the key store.
    package static let server = SecretLimits(keychain: .milliseconds(2500), others: .seconds(10))
    /// A person waits, who may have to unlock something.
    package static let command = SecretLimits(keychain: .seconds(60), others: .seconds(60))

    /// What to say of a secret that was there later than this; nil where it was there in time.
    package func lateness(of reference: SecretReference, after time: Duration) -> String? {
        let limit = limit(for: reference)
        guard reference.needsProgram, time > limit else { return nil }
        return "a call waits no longer than \(Double(limit / .milliseconds(100)) / 10) seconds for it, and would fail"
    }

    func limit(for reference: SecretReference) -> Duration {
        if case .keychain = reference { keychain } else { others }
    }
}
