#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// SIGTERM and SIGINT, held back so that they can be waited for.
///
/// To be made before any thread starts, because threads inherit what is held back.
struct EndSignals {
    private let signals: sigset_t

    init() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        // A reader of our output that has gone is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        self.signals = signals
    }

    /// Returns when one of them has come.
    func wait() {
        var signals = signals
        var received: Int32 = 0
        while sigwait(&signals, &received) != 0 {}
    }
}
