/// What servers that stand in for each other know of each other; none of it where there is one server alone.
package struct SharedParts: Sendable {
    let ended: (any EndedSessions)?
    let failures: (any SharedFailures)?

    package init(ended: (any EndedSessions)? = nil, failures: (any SharedFailures)? = nil) {
        self.ended = ended
        self.failures = failures
    }
}
