package import Logging

/// A secret as a setting has it: the secret itself, or where it is kept.
package struct SecretSource: Hashable, Sendable {
    /// Nil until it is looked up.
    package let value: Secret?
    /// Nil for one that is written into the setting.
    package let reference: SecretReference?

    package init(_ value: Secret) {
        self.value = value
        reference = nil
    }

    package init(_ reference: SecretReference) {
        value = nil
        self.reference = reference
    }

    /// One that was read together with the settings, and may be replaced there while the program runs.
    package init(_ value: Secret, readFrom reference: SecretReference) {
        self.value = value
        self.reference = reference
    }

    /// Whether another program has to be asked before it can be used.
    package var needsProgram: Bool { value == nil && reference?.needsProgram == true }
}
