import CCurl
import Threads

/// Who waits for a connection, and until when; belongs to the engine.
struct ConnectWait {
    /// A little later than libcurl's own limit, so that this one is for those alone that have not come that far.
    private let limit: Duration?
    /// In the order of their ends, because all wait equally long.
    private var waiting = Queue<(end: ContinuousClock.Instant, transfer: CurlTransfer)>()

    init(limit: Duration?) { self.limit = limit.map { $0 + .milliseconds(50) } }

    mutating func enqueue(_ transfer: CurlTransfer) {
        guard let limit else { return }
        waiting.append((.now + limit, transfer))
    }

    /// Those at the front that have sent their request wait no longer, and are not kept until their end.
    ///
    /// Called once libcurl has begun all of them: before, a handle still says what its request of before has sent.
    mutating func dropSent() {
        while let first = waiting.first?.transfer, !first.waitsForShare, first.handle?.hasSentNothing != true {
            _ = waiting.popFirst()
        }
    }

    /// Until the next end.
    func milliseconds(atMost most: Int32) -> Int32 {
        guard let end = waiting.first?.end else { return most }
        return Int32(min(max((end - .now) / .milliseconds(1), 0) + 1, Double(most)))
    }

    mutating func takeDue(_ body: (CurlTransfer) -> Void) {
        guard waiting.count > 0 else { return }
        let now = ContinuousClock.now
        while let first = waiting.first, first.end <= now {
            _ = waiting.popFirst()
            body(first.transfer)
        }
    }
}

extension CurlHandle {
    /// Whether not one byte of its request has gone out.
    var hasSentNothing: Bool { oe_easy_long(easy, CURLINFO_REQUEST_SIZE) == 0 }
}
