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

    /// Throws a `CancellationError` when the task is cancelled.
    ///
    /// Time in which the machine sleeps does not count.
    package static func sleep(for duration: Duration) async throws { try await Timers.shared.sleep(for: duration) }
}
