import HTTP

/// Whatever can turn a request to OvalEdge into a response for one account: a cache, a sign-in, a test.
///
/// Each is around the next, as below them `RetryingClient` is around libcurl.
protocol OvalEdgeClient: Sendable {
    func send(_ request: HTTPRequest) async throws(OvalEdgeError) -> HTTPResponse
}
