/// Which sessions were ended, by whichever of the servers that stand in for each other.
package protocol EndedSessions: Sendable {
    /// False also where it cannot be known at the moment.
    func contains(_ id: String) async -> Bool

    /// `end` is when it would have ended by itself, in seconds since 1970; false where others would not know of it.
    func insert(_ id: String, until end: Double) async -> Bool
}
