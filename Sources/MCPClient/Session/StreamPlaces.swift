import Synchronization

/// How many streams may be open at a time to one server, for all sessions together: each takes a connection away from calls.
final class StreamPlaces: Sendable {
    private let most: Int
    private let taken = Mutex(0)

    init(_ most: Int) { self.most = most }

    /// False where all are taken.
    func take() -> Bool {
        taken.withLock { taken in
            guard taken < most else { return false }
            taken += 1
            return true
        }
    }

    func giveBack() { taken.withLock { $0 -= 1 } }
}
