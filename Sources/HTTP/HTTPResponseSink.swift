/// Takes a response while it arrives.
///
/// Called on the client's own thread, in order, so nothing in it may wait.
package protocol HTTPResponseSink: Sendable {
    /// Status and fields are there; its body is empty. Called once, and not at all where no response came.
    func began(_ response: HTTPResponse)

    /// The next piece of the body, decompressed; false ends the transfer, which then is no failure.
    func received(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// A client that hands on a response while it arrives.
package protocol HTTPReceivingClient: HTTPClient {
    /// For tasks that mostly wait for this client.
    var executor: any TaskExecutor { get }

    /// Sends `request`, and returns when the body has ended.
    ///
    /// The time limit is that of the request alone, and holds until the header of the response is there: without one, the
    /// response may take as long as it likes. A body of any length is taken, because nothing is kept. What may not be
    /// repeated goes out once, also where a kept connection turns out to be dead.
    func send(_ request: HTTPRequest, to sink: any HTTPResponseSink) async throws(HTTPFailure)

    /// Kept connections are dead, whatever they look like: the machine has slept.
    func forgetConnections()
}
