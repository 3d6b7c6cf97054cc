/// Whether a person agrees to what they have seen of a change.
package enum Consent: Sendable {
    /// `how` is what the record says of it, such as `terminal`.
    case given(how: String)
    case declined
    /// No one is there who could; `advice` says how it can be given.
    case notPossible(advice: String)

    /// Asks the person at this process, where there is no client in between.
    package typealias Asking = @Sendable (_ preview: String) async -> Consent
}
