/// A refusal that the product explains in words alone, and what to do about it.
struct KnownRefusal {
    let code: String
    let advice: String

    /// Nil for words that say nothing known.
    init?(_ words: String?) {
        guard words?.lowercased().contains(substring: "governance role is not enabled") == true else { return nil }
        code = "GOVERNANCE_ROLE_NOT_ENABLED"
        advice = "Use another role, or ask an OvalEdge administrator to enable it."
    }
}
