import Synchronization

/// A number that several change.
final class Counter: Sendable {
    private let number = Mutex(0)

    var value: Int {
        get { number.withLock { $0 } }
        set { number.withLock { $0 = newValue } }
    }

    func next() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }
}
