/// A body that is taken piece by piece by who sends it, while it comes into being.
package protocol HTTPBodySource: Sendable {
    /// Fills `buffer` as far as there is something, and returns how many bytes that are; nil at the end.
    ///
    /// After 0, `ready` is called once there is more, or the end: on any thread, perhaps before this has returned.
    func read(into buffer: UnsafeMutableRawBufferPointer, ready: @escaping @Sendable () -> Void) -> Int?
}

/// A client that sends bodies which are not all there yet.
package protocol HTTPStreamingClient: HTTPClient {
    /// Sends `request` with what `body` gives in place of its own, in chunks (RFC 9112 §7.1), and waits for the response.
    func send(_ request: HTTPRequest, body: any HTTPBodySource) async throws(HTTPFailure) -> HTTPResponse
}
