import CCurl
import HTTP

/// libcurl's set of transfers, and the sockets that it waits for.
///
/// One thread at a time may use it; meanwhile another may wait, and a third wake that one. It is freed with its last
/// reference, so that a caller about to wake the thread can still do so when it has left.
final class CurlMulti: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer
    private let sockets: UnsafeMutablePointer<oe_sockets>
    private let faults: CurlFaults
    /// What the last wait has found; the loop's thread's alone.
    private let ready: UnsafeMutablePointer<oe_ready_socket>
    private var readyCount = 0

    /// Nil when libcurl has no memory for it, or the system no descriptors.
    init?(_ faults: CurlFaults = CurlFaults()) {
        sockets = .allocate(capacity: 1)
        ready = .allocate(capacity: Int(oe_sockets_room))
        self.faults = faults
        let isOpen = oe_sockets_open(sockets)
        guard isOpen, let pointer = oe_multi_make(sockets) else {
            oe_sockets_close(sockets.pointee)
            sockets.deallocate()
            ready.deallocate()
            return nil
        }
        self.pointer = pointer
    }

    deinit {
        oe_multi_free(pointer)
        oe_sockets_close(sockets.pointee)
        sockets.deallocate()
        ready.deallocate()
    }

    /// Keeps no more connections open than this when nothing uses them; one more or less is no failure.
    func setMaxIdleConnections(_ count: Int) { oe_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, count) }

    /// Opens no more connections than this at a time: further requests wait for one.
    func setMaxConnections(_ count: Int) { oe_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, count) }

    func add(_ handle: CurlHandle) throws(CurlLoopFailure) {
        try Self.check(oe_multi_add(pointer, handle.easy), "take a request")
    }

    /// A handle that was not in the set counts as removed too.
    func remove(_ handle: CurlHandle) { oe_multi_remove(pointer, handle.easy) }

    /// Moves on what was begun, and what the clock is about, as far as it goes without waiting.
    func perform() throws(CurlLoopFailure) { try act(on: CURL_SOCKET_BAD, 0) }

    /// The same, and what the last wait has found.
    func performReady() throws(CurlLoopFailure) {
        let count = readyCount
        readyCount = 0
        for place in 0..<count { try act(on: ready[place].socket, ready[place].how) }
        if count == 0 { try perform() }
    }

    private func act(on socket: curl_socket_t, _ how: Int32) throws(CurlLoopFailure) {
        try Self.check(faults.perform?() ?? oe_multi_act(pointer, socket, how), "go on")
    }

    /// Until libcurl has to look at the clock.
    func milliseconds(atMost most: Int32) -> Int32 {
        let milliseconds = oe_multi_milliseconds(pointer)
        return milliseconds < 0 ? most : Int32(min(milliseconds, Int(most)))
    }

    /// Waits until something arrives, the time is up or another thread wakes the loop; while others use the set.
    func wait(milliseconds: Int32) throws(CurlLoopFailure) {
        if let fault = faults.wait?() { try Self.check(fault, "wait") }
        let count = oe_sockets_wait(sockets.pointee, ready, milliseconds)
        readyCount = max(Int(count), 0)
        if count < 0 { throw CurlLoopFailure(detail: "the system refused to wait for sockets") }
    }

    /// The next handle that has ended, and how.
    func nextEnded() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var code = CURLE_OK
        return oe_multi_ended(pointer, &code).map { ($0, code) }
    }

    /// Ends the wait of the loop's thread, or the next one; may be called on any thread.
    func wake() { oe_sockets_wake(sockets.pointee) }

    private static func check(_ code: CURLMcode, _ what: String) throws(CurlLoopFailure) {
        guard code != CURLM_OK else { return }
        throw CurlLoopFailure(detail: "libcurl could not \(what): \(String(cString: oe_multi_message(code)))")
    }
}

/// A call of libcurl's failed that is about all transfers, not one.
struct CurlLoopFailure: Error, Hashable {
    let detail: String
}
