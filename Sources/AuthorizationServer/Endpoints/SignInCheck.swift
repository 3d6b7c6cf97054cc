package import Logging

/// Says whether what a person has typed proves who they are: the one thing that the program knows and this does not.
package protocol SignInCheck: Sendable {
    /// What is wrong with the values as they are, as a sentence or two; nil where they can be tried. Asks no one.
    func complaint(about values: [String: Secret]) -> String?

    /// Bytes that are the same whenever the same person types the same, and different for others.
    func identity(of values: [String: Secret]) -> [UInt8]

    /// Tries them.
    func verdict(on values: [String: Secret]) async -> SignInVerdict
}

/// What came out of a sign-in.
package enum SignInVerdict: Sendable {
    /// `label` is what the log calls them; `payload` is what their calls will need, and is sealed.
    case accepted(label: String, payload: [UInt8])
    case refused
    /// No one can be asked; the reason is for the log.
    case unavailable(String)
}
