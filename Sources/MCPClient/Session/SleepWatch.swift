import Clock

/// Notices that the machine has slept, by two clocks of which one stands still meanwhile: a value.
struct SleepWatch: Sendable {
    private var last: (wall: Double, awake: Double)?
    /// A clock that is set, or goes a little wrong, is no sleep (seconds).
    private static let most = 60.0

    /// Whether it slept, for longer than connections live, since it was last asked; both in seconds.
    mutating func hasSlept(wall: Double, awake: Double) -> Bool {
        defer { last = (wall, awake) }
        guard let last else { return false }
        return (wall - last.wall) - (awake - last.awake) > Self.most
    }

    mutating func hasSlept() -> Bool {
        hasSlept(wall: SystemClock.secondsSince1970(), awake: Double(SystemClock.nanoseconds()) / 1e9)
    }
}
