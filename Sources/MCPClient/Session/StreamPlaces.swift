import Synchronization

/// How many streams may be open at a time to one server, for all sessions together: each takes a connection away from calls.
final class StreamPlaces: Sendable {
    private let most: Int
    private let taken = Mutex(0)
    private let changed: @Sendable (Int) -> Void

    /// `changed` is called with 1 for each that opens, and with -1 when it ends.
    init(_ most: Int, changed: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.most = most
        self.changed = changed
    }

    /// False where all are taken.
    func take() -> Bool {
        let isTaken = taken.withLock { taken in
            guard taken < most else { return false }
            taken += 1
            return true
        }
        if isTaken { changed(1) }
        return isTaken
    }

    func giveBack() {
        taken.withLock { $0 -= 1 }
        changed(-1)
    }
}
