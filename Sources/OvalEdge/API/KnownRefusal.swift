import Text

/// A refusal that the product explains in words alone: what they mean, and what to do about it.
struct KnownRefusal {
    var code: String?
    var remedy: Remedy?
    var cause: OvalEdgeError.Cause?

    /// Nil for words that say nothing known.
    init?(_ words: String?) {
        guard let words = words?.lowercased() else { return nil }
        if words.holds("governance role is not enabled") {
            code = "GOVERNANCE_ROLE_NOT_ENABLED"
            remedy = .text("Use another role, or ask an OvalEdge administrator to enable it.")
        } else if Self.unsupportedSource.contains(where: { words.holds($0) }) {
            cause = .sourceNotSupported
        } else {
            return nil
        }
    }

    private static let unsupportedSource = ["not supported for native dam", "continue with operation=catalog_access"]
}
