import CCurl
import HTTP

/// libcurl's set of transfers, which only the loop's thread may use but for one function.
///
/// It is freed with its last reference, so that a caller about to wake the thread can still do so when it has left.
final class CurlMulti: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer
    private let faults: CurlFaults

    /// Nil when libcurl has no memory for it.
    init?(_ faults: CurlFaults = CurlFaults()) {
        guard let pointer = oe_multi_make() else { return nil }
        self.pointer = pointer
        self.faults = faults
    }

    deinit { oe_multi_free(pointer) }

    /// Keeps no more connections open than this when nothing uses them; one more or less is no failure.
    func setMaxIdleConnections(_ count: Int) { oe_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, count) }

    /// Opens no more connections than this at a time: further requests wait for one.
    func setMaxConnections(_ count: Int) { oe_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, count) }

    func add(_ handle: CurlHandle) throws(CurlLoopFailure) {
        try Self.check(oe_multi_add(pointer, handle.easy), "take a request")
    }

    /// A handle that was not in the set counts as removed too.
    func remove(_ handle: CurlHandle) { oe_multi_remove(pointer, handle.easy) }

    /// Moves every transfer on as far as it goes without waiting.
    func perform() throws(CurlLoopFailure) {
        var running: Int32 = 0
        try Self.check(faults.perform?() ?? oe_multi_perform(pointer, &running), "go on")
    }

    /// Waits until something arrives, a time is up or another thread wakes the loop.
    func wait(milliseconds: Int32) throws(CurlLoopFailure) {
        try Self.check(faults.wait?() ?? oe_multi_wait(pointer, milliseconds), "wait")
    }

    /// The next handle that has ended, and how.
    func nextEnded() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        return oe_multi_ended(pointer, &code).map { ($0, code) }
    }

    /// Ends the wait of the loop's thread, or the next one; may be called on any thread.
    func wake() { oe_multi_wake(pointer) }

    private static func check(_ code: CURLMcode, _ what: String) throws(CurlLoopFailure) {
        guard code != CURLM_OK else { return }
        throw CurlLoopFailure(detail: "libcurl could not \(what): \(String(cString: oe_multi_message(code)))")
    }
}

/// A call of libcurl's failed that is about all transfers, not one.
struct CurlLoopFailure: Error, Hashable {
    let detail: String
}
