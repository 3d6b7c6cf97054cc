package import MCP

/// What is known of a change, in the audit log and in `status`.
package enum WriteOutcome: String, Sendable {
    /// It is about to be sent.
    case attempted
    /// It never left this process, or no one was there to take it.
    case notSent = "not_sent"
    /// It was sent, and its outcome is not known.
    case unknown
    /// OvalEdge did not take it.
    case refused
    /// OvalEdge took it and could do none of it.
    case failed
    case partlyDone = "partly_done"
    case done
    case unchanged
    /// OvalEdge was asked what it would do, and has changed nothing.
    case dryRun = "dry_run"
    /// The same, and the catalog is not what it was before.
    case dryRunChanged = "dry_run_changed"

    /// Whether anything was changed; nil where that is not known.
    package var isWritten: Bool? {
        switch self {
        case .done, .partlyDone, .dryRunChanged: true
        case .attempted, .unknown: nil
        case .notSent, .refused, .failed, .unchanged, .dryRun: false
        }
    }
}

/// The outcome of a change, and how it is reported.
package struct WriteResult: Sendable {
    package let outcome: WriteOutcome
    package let answer: Answer

    package init(_ outcome: WriteOutcome, _ answer: Answer) {
        self.outcome = outcome
        self.answer = answer
    }
}
