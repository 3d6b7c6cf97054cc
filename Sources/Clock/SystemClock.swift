#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The machine's own clock.
package enum SystemClock {
    package static func secondsSince1970() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Only ever goes up, and says how long something took; the cheapest clock there is.
    package static func nanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }

    /// Throws a `CancellationError` when the task is cancelled.
    ///
    /// Time in which the machine sleeps does not count.
    package static func sleep(for duration: Duration) async throws { try await Timers.shared.sleep(for: duration) }
}
