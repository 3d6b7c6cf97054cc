import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A secret that could not be looked up, stored or removed: what happened, and what to do.
package struct SecretFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Sendable {
        /// There is nothing of that name.
        case missing
        /// A person has to unlock it or sign in.
        case locked
        /// No answer came in time.
        case timeout
        /// The program to ask is not installed, or cannot be trusted.
        case noProgram
        /// What came cannot be used as a secret.
        case unusable
        case failed
    }

    package let kind: Kind
    package let reference: SecretReference
    /// What happened, without the point that ends the sentence.
    package let cause: String
    /// One sentence: what to do.
    package let advice: String

    /// What happened, as a sentence.
    package var what: String { cause + "." }

    package init(_ kind: Kind, _ reference: SecretReference, _ cause: String, advice: String) {
        self.kind = kind
        self.reference = reference
        self.cause = cause
        self.advice = advice
    }

    package var description: String { "\(what) \(advice)" }

    /// Without secrets that are known already: a program may have written one of them.
    func redacted(_ redactor: Redactor) -> SecretFailure {
        SecretFailure(kind, reference, redactor.redacted(cause), advice: advice)
    }
}

extension SecretFailure {
    static func cannotAsk(for reference: SecretReference) -> SecretFailure {
        SecretFailure(
            .unusable,
            reference,
            "\(reference) needs a program to be asked, and this setting is read before that can be done",
            advice: "Keep this secret in a file, and write file: and its path."
        )
    }

    init(late reference: SecretReference, limit: Duration) {
        let seconds = "\(Double(limit / .milliseconds(100)) / 10) seconds"
        if case .keychain = reference {
            self.init(
                .timeout,
                reference,
                "The key store did not give \(reference) within \(seconds), as one does that is locked",
                advice: "Unlock it and try again, or keep the secret in a file."
            )
        } else {
            self.init(
                .timeout,
                reference,
                "\(reference) was not there within \(seconds)",
                advice: "Unlock what keeps it, so that no person has to be asked, and try again."
            )
        }
    }

    init(notStarted reference: SecretReference, _ error: Int32) {
        self.init(
            .noProgram,
            reference,
            "The program of \(reference) could not be started (\(String(cString: strerror(error))))",
            advice: "Check that it can be run."
        )
    }
}
