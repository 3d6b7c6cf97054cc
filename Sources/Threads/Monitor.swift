#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A state that threads change in turn, and on which a thread can wait.
///
/// What a `Mutex` cannot do: sleep until another thread has changed something.
package final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        #if canImport(Glibc)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        #else
        pthread_cond_init(condition, nil)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Wakes every thread that waits, to look again.
    package func notify() { pthread_cond_broadcast(condition) }

    /// Wakes one of the threads that wait, whichever it is.
    package func notifyOne() { pthread_cond_signal(condition) }

    /// Waits until `body` has a result.
    package func wait<Result>(for body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// Waits until `body` has a result, for at most `seconds`; then nil.
    ///
    /// Time in which the machine sleeps does not count: the end is set by the clock of `pthread_cond_timedwait`.
    package func wait<Result>(seconds: Double, for body: (inout State) -> Result?) -> Result? {
        let end = SuspendingClock.now + .seconds(seconds)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
            guard sleep(until: end) else { return nil }
        }
    }

    /// Sleeps until the next notice or `end`; false when that has passed already.
    private func sleep(until end: SuspendingClock.Instant) -> Bool {
        let left = SuspendingClock.now.duration(to: end)
        guard left > .zero else { return false }
        let (seconds, attoseconds) = left.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        #if canImport(Glibc)
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let nanoseconds = time.tv_nsec + now.tv_nsec
        time.tv_sec += now.tv_sec + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &time)
        #else
        pthread_cond_timedwait_relative_np(condition, mutex, &time)
        #endif
        return true
    }
}
