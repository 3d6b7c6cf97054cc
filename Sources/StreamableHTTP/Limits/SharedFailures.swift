/// How many sign-ins from one address have failed within a minute, at all servers that stand in for each other.
package struct FailureCount: Hashable, Sendable {
    let failures: Int
    /// How many seconds of that minute are left.
    let left: Int

    package init(failures: Int, left: Int) {
        self.failures = failures
        self.left = left
    }
}

package protocol SharedFailures: Sendable {
    /// Counts one more; nil where it cannot be known at the moment.
    func count(_ address: String) async -> FailureCount?
}
