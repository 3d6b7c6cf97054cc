import Text

/// A refusal that the product explains in words alone: what they mean, and what to do about it.
struct KnownRefusal {
    /// Nil where the status says what kind it is.
    var kind: OvalEdgeError.Kind?
    /// What happened, where OvalEdge's own words do not say it.
    var what: String?
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
        } else if Self.beyondWindow.contains(where: { words.holds($0) }) {
            (kind, cause) = (.notValid, .beyondWindow)
            what = "OvalEdge gives no more than the first \(Self.window(in: words)) results of a search."
            remedy = .text("Narrow the search with filters, or begin at the other end with `sort`.")
        } else if Self.busy.contains(where: { words.holds($0) }) {
            kind = .unavailable
            remedy = .text("Wait until OvalEdge has finished that, then call again.")
        } else {
            return nil
        }
    }

    private static let unsupportedSource = ["not supported for native dam", "continue with operation=catalog_access"]
    private static let beyondWindow = ["result window is too large", "max_result_window", "from + size must be less"]
    /// What passes by itself.
    private static let busy = [
        "locked by a running", "locked by a crawl", "locked while", "crawl is running", "crawl is in progress",
        "being crawled", "is being rebuilt", "being reindexed", "job is running", "currently running",
        "already in progress", "temporarily",
    ]

    /// `… less than or equal to: [10000] but was [10050]`.
    private static func window(in words: String) -> String {
        let number = words.split(separator: "[").dropFirst().first?.prefix { $0.isASCII && $0.isNumber }
        return number.flatMap { Int($0) }.map { "\($0)" } ?? "\(AssetSearch.window)"
    }
}
