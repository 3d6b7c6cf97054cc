#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread of its own for work that blocks.
enum CurlThread {
    /// Runs `work` on a new thread to which no signal is delivered; false when there can be no more threads.
    ///
    /// Blocked signals are what keeps a write to a closed connection from ending the process: TLS libraries write
    /// without asking for that.
    static func start(_ work: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(Work(run: work))
        #if canImport(Glibc)
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, { CurlThread.main($0) }, box.toOpaque())
        #else
        var thread: pthread_t?
        let result = pthread_create(&thread, nil, { CurlThread.main($0) }, box.toOpaque())
        #endif
        guard result == 0 else {
            box.release()
            return false
        }
        #if canImport(Glibc)
        pthread_detach(thread)
        #else
        if let thread { pthread_detach(thread) }
        #endif
        return true
    }

    private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
    }

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
