import HTTP
import Synchronization

/// One request on its way, from the task that waits for it to the loop and back.
///
/// The task touches it only until it is in the mailbox, the loop only afterwards; what both touch is atomic.
final class CurlTransfer: @unchecked Sendable {
    typealias Outcome = Result<HTTPResponse, HTTPFailure>

    let request: HTTPRequest
    let address: URLText
    let milliseconds: Int
    /// What gives the body, where that is not all there.
    let source: (any HTTPBodySource)?
    /// What takes the response while it arrives, where it is not waited for as a whole.
    let sink: (any HTTPResponseSink)?
    /// Set before anything is posted, so that a cancellation which overtakes its request is not lost.
    let isCancelled = Atomic(false)

    private var continuation: CheckedContinuation<Outcome, Never>?
    /// The handle it has on loan from the loop.
    var handle: CurlHandle?
    /// Whether it has to wait until its caller may have another connection.
    var waitsForShare = false
    /// Why the request failed, while a second connection asks whose certificate that was.
    var mistrust: (detail: String, reason: TLSFailureReason)?

    init(
        _ request: HTTPRequest,
        to address: URLText,
        milliseconds: Int,
        source: (any HTTPBodySource)? = nil,
        sink: (any HTTPResponseSink)? = nil
    ) {
        self.sink = sink
        self.request = request
        self.address = address
        self.milliseconds = milliseconds
        self.source = source
    }

    var host: String { address.host }

    func wait(_ continuation: CheckedContinuation<Outcome, Never>) { self.continuation = continuation }

    /// Lets the task go on; only the first call counts.
    func finish(_ outcome: Outcome) {
        let continuation = self.continuation.take()
        continuation?.resume(returning: outcome)
    }
}
