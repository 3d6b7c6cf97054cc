/// What a caller may write, and how they agree to it; it may change while they are asked.
package protocol WriteAccess: Sendable {
    var families: Set<WriteFamily> { get }
    var confirmBy: ConfirmBy { get }
    /// Whether a tool may be called.
    func contains(_ tool: String) -> Bool
}
