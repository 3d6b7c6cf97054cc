/// How the store has answered so far, for those who watch it.
package struct StoreHealth: Hashable, Sendable {
    /// Those that were answered, and those that failed.
    package private(set) var commands = 0
    package private(set) var errors = 0
    /// Why it cannot be used, or not for everything; nil while it can.
    package private(set) var problem: StoreFailure?
    /// The command that was refused, where others may be answered.
    private var refused: [UInt8]?

    package init() {}

    package var isAvailable: Bool { problem == nil }

    /// Of the nodes of a cluster each has other keys, so that an answer to one says nothing of the rest.
    private var isPartOfCluster: Bool { if case .elsewhere = problem { true } else { false } }

    /// True when it can be used again from now on.
    mutating func answered(_ command: [UInt8]) -> Bool {
        commands += 1
        guard problem != nil, !isPartOfCluster, refused == nil || refused == command else { return false }
        problem = nil
        refused = nil
        return true
    }

    /// True when that is news.
    mutating func failed(_ failure: StoreFailure, _ command: [UInt8]) -> Bool {
        errors += 1
        guard failure != .resting else { return false }
        defer {
            problem = failure
            refused = failure.isOfConnection ? nil : command
        }
        return problem?.kind != failure.kind
    }
}
