package import HTTP
package import Logging

/// The client that really goes out: libcurl, on a thread of its own that starts with the first request.
///
/// Connections are kept and shared by all requests of one client; HTTP/2 is spoken where a server offers it over TLS.
/// Redirects are not followed: they are the caller's to judge.
package final class CurlClient: HTTPStreamingClient, HTTPReceivingClient {
    private let loop: CurlLoop
    private let milliseconds: Int

    package init(_ configuration: CurlConfiguration, log: Log) {
        loop = CurlLoop(configuration, log: log)
        milliseconds = Self.milliseconds(configuration.timeout)
    }

    deinit { loop.close() }

    /// For tasks that mostly wait for this client.
    package var executor: any TaskExecutor { loop.executor }

    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        try await response(to: request, from: nil)
    }

    package func send(_ request: HTTPRequest, body: any HTTPBodySource) async throws(HTTPFailure) -> HTTPResponse {
        try await response(to: request, from: body)
    }

    package func send(_ request: HTTPRequest, to sink: any HTTPResponseSink) async throws(HTTPFailure) {
        let limit = request.timeLimit.map { Self.milliseconds($0) } ?? 0
        let url = try address(of: request)
        _ = try await response(to: CurlTransfer(request, to: url, milliseconds: limit, sink: sink))
    }

    package func forgetConnections() { loop.forgetConnections() }

    private func response(
        to request: HTTPRequest,
        from source: (any HTTPBodySource)?
    ) async throws(HTTPFailure) -> HTTPResponse {
        let limit = request.timeLimit.map { min(Self.milliseconds($0), milliseconds) } ?? milliseconds
        let url = try address(of: request)
        return try await response(to: CurlTransfer(request, to: url, milliseconds: limit, source: source))
    }

    private func address(of request: HTTPRequest) throws(HTTPFailure) -> URLText {
        if let url = URLText(request.url) { return url }
        throw .addressNotValid(CurlFailure.withoutSecrets(request.url))
    }

    private func response(to transfer: CurlTransfer) async throws(HTTPFailure) -> HTTPResponse {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.wait(continuation)
                loop.begin(transfer)
            }
        } onCancel: { [loop] in
            loop.cancel(transfer)
        }
        return try outcome.get()
    }

    /// At least one, because libcurl takes 0 for no limit, and no more than it can count.
    static func milliseconds(_ duration: Duration) -> Int {
        Int(min(max(duration / .milliseconds(1), 1), 2_000_000_000).rounded(.up))
    }
}
