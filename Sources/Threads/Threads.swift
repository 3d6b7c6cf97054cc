#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads for what may block, which the cooperative pool must not.
package enum Threads {
    /// Runs something on a thread of its own; false when it cannot be started.
    package typealias Starter = @Sendable (@escaping @Sendable () -> Void) -> Bool

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// How many bytes of stack a thread gets, of which only those that are used take memory.
    ///
    /// Enough for the deepest JSON that is read. The systems' own figures run from 512 KiB (macOS) to no limit at all.
    static let stackSize = 4 << 20

    /// Runs `body` on a thread of its own, which ends with it; false when the system has no thread left.
    ///
    /// No signal is delivered to it: those that end the process are the main thread's, and a library that writes to a
    /// closed connection without asking for silence cannot end it either.
    @discardableResult
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackSize)
        defer { pthread_attr_destroy(&attributes) }
        #if canImport(Glibc)
        var thread = pthread_t()
        #else
        var thread: pthread_t?
        #endif
        let failure = pthread_create(&thread, &attributes, { Threads.run($0) }, work.toOpaque())
        if failure != 0 { work.release() }
        return failure == 0
    }

    /// Distinguishes the calling thread from all others that live.
    package static var current: UInt {
        #if canImport(Glibc)
        pthread_self()
        #else
        UInt(bitPattern: pthread_self())
        #endif
    }

    /// Holds the calling thread up, which must be one that ``start(_:)`` began: no signal ends the pause.
    package static func pause(seconds: Double) {
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1e9))
        nanosleep(&time, nil)
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
    }
}
