import CCurl

/// libcurl's set of transfers, which only the loop's thread may use but for one function.
///
/// It is freed with its last reference, so that whoever is about to wake the thread can still do so when it has left.
final class CurlMulti: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// Nil when libcurl has no memory for it.
    init?() {
        guard let pointer = oe_multi_make() else { return nil }
        self.pointer = pointer
    }

    deinit { oe_multi_free(pointer) }

    /// Ends the wait of the loop's thread, or the next one; may be called on any thread.
    func wake() { oe_multi_wake(pointer) }
}
