#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// SIGTERM and SIGINT, held back so that they can be waited for.
///
/// To be made before any thread starts, because threads inherit what is held back.
package struct EndSignals {
    private let signals: sigset_t

    /// With `others`, such as SIGHUP, these are waited for as well.
    package init(and others: [Int32] = []) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT] + others { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        // A reader of our output that has gone is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        self.signals = signals
    }

    /// Returns when one has come that asks for the end, whatever comes before.
    package func waitForEnd() { while ![SIGTERM, SIGINT].contains(wait()) {} }

    /// Returns the one that has come.
    @discardableResult package func wait() -> Int32 {
        var signals = signals
        var received: Int32 = 0
        while sigwait(&signals, &received) != 0 {}
        return received
    }
}
