/// Whatever can turn a request into a response: libcurl, a retrying client around it, the sandbox, a test.
///
/// Cancelling the task that waits ends the request at once and throws ``HTTPFailure/cancelled``; one that outlasts its
/// ``HTTPRequest/timeLimit`` ends with ``HTTPFailure/timedOut(seconds:)``.
package protocol HTTPClient: Sendable {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}
