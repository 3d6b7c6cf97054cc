package import HTTP
import Synchronization

/// One request and its answer, from the head to the last byte sent.
///
/// The library's thread moves it on (``advanced(_:)``); a service decides from any thread. The first answer wins: the
/// service's, or that of a server that stops.
package final class HTTPExchange: Sendable {
    enum Phase {
        /// The service has been asked, on the library's thread.
        case asked
        /// The connection rests until there is a decision.
        case resting
        /// The library's thread is to take this up.
        case decided(Decision)
        /// The body is being read.
        case reading(Reading)
        /// The answer is on its way.
        case answering(HTTPBodyStream?)
        case over
    }

    enum Decision {
        case reply(HTTPServerReply)
        case stream(HTTPResponse, HTTPBodyStream)
        case read(Reading)
    }

    struct Reading {
        let limit: Int
        let then: @Sendable ([UInt8]) -> Void
    }

    struct State {
        var phase = Phase.asked
        var isGone = false
        var whenGone: [@Sendable () -> Void] = []
        var whenOverdue: [@Sendable () -> Void] = []
        /// What was sent, for the record.
        var status: HTTPStatus = 499
        var sentBytes = 0
    }

    package let head: HTTPRequestHead
    /// Unique in the process.
    package let id: UInt64
    let carrier: any HTTPCarrier
    let framing: RequestFraming
    let state = Mutex(State())
    /// For the library's thread only.
    nonisolated(unsafe) var intake = Intake()
    /// What the service knows of the request; set in ``HTTPService/receive(_:)``, for ``HTTPService/ended(_:_:)``.
    package nonisolated(unsafe) var attachment: (any AnyObject & Sendable)?

    /// When a head is complete.
    init(_ id: UInt64, over carrier: any HTTPCarrier, _ head: HTTPRequestHead, _ framing: RequestFraming) {
        self.id = id
        self.carrier = carrier
        self.head = head
        self.framing = framing
    }

    /// Answers at once or, where the service has taken its time, wakes the connection up.
    ///
    /// The first answer wins, and later ones are dropped. False when it was not the first, or the client has hung up.
    @discardableResult
    package func reply(_ response: HTTPResponse) -> Bool { decide(.reply(.response(response))) }

    /// Sends the head of `response`, then its body and whatever is written to the stream, until that is ended.
    ///
    /// The stream is over from the beginning where this was not the first answer.
    package func stream(_ response: HTTPResponse) -> HTTPBodyStream {
        let stream = HTTPBodyStream(carrier, endsConnection: head.version != "HTTP/1.1")
        stream.write(response.body)
        if !decide(.stream(response, stream)) { stream.breakOff() }
        return stream
    }

    /// Reads the whole body, then calls back on the library's thread.
    ///
    /// What is over `limit` is refused with ``HTTPProblem/bodyTooLarge(limit:)``: before any of it is read, where its
    /// length is announced.
    package func readBody(upTo limit: Int, then: @escaping @Sendable ([UInt8]) -> Void) {
        decide(.read(Reading(limit: limit, then: then)))
    }

    /// Called once when the client hangs up before all of the answer is out; at once if it has already.
    ///
    /// A client that closes its side only counts as one that hangs up; what it is answered is still sent.
    package func whenGone(_ callback: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if state.isGone || carrier.hasHungUp { return true }
            if case .over = state.phase { return false }
            state.whenGone.append(callback)
            return false
        }
        if isGone { callback() }
    }

    /// The same for answers that break off.
    @discardableResult
    func answer(_ reply: HTTPServerReply) -> Bool { decide(.reply(reply)) }

    @discardableResult
    private func decide(_ decision: Decision) -> Bool {
        state.withLock { state in
            switch (state.phase, decision) {
            case (.resting, _):
                state.phase = .decided(decision)
                // Under the lock, so that a server that stops finds nothing suspended once it has seen all exchanges.
                carrier.resume()
            case (.asked, _), (.decided(.read), .reply), (.decided(.read), .stream), (.reading, .reply),
                (.reading, .stream):
                state.phase = .decided(decision)
            case (.reading, .read), (.decided, _), (.answering, _), (.over, _): return false
            }
            return !state.isGone
        }
    }
}

extension HTTPExchange {
    /// The other end has closed its side: of interest only to what waits.
    ///
    /// True when a stream was open, which is of no use any more.
    @discardableResult
    func clientHungUp() -> Bool {
        let gone: (callbacks: [@Sendable () -> Void], stream: HTTPBodyStream?)? = state.withLock { state in
            let stream: HTTPBodyStream?
            switch state.phase {
            case .resting: stream = nil
            case .decided(.stream(_, let waiting)), .answering(.some(let waiting)): stream = waiting
            case .asked, .decided, .reading, .answering(nil), .over: return nil
            }
            return (state.takeCallbacks(), stream)
        }
        guard let gone else { return false }
        gone.stream?.breakOff()
        for callback in gone.callbacks { callback() }
        return gone.stream != nil
    }

    /// Called once when time is about to be over and there is still no answer, or no end of it.
    ///
    /// For those that are carried by who does not wait for ever; what is not answered soon after is refused with
    /// ``HTTPProblem/overdue``.
    package func whenOverdue(_ callback: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenOverdue.append(callback) }
    }

    func isAboutToBeOverdue() {
        let callbacks = state.withLock { state in
            defer { state.whenOverdue = [] }
            return state.whenOverdue
        }
        for callback in callbacks { callback() }
    }

    /// Nothing may rest or stay open any more, because of `problem`.
    func giveUp(_ problem: HTTPProblem) {
        let (callbacks, stream) = state.withLock { state in
            switch state.phase {
            case .asked, .resting, .decided(.read), .reading: (state.takeCallbacks(), nil as HTTPBodyStream?)
            case .decided(.stream(_, let stream)), .answering(.some(let stream)): (state.takeCallbacks(), stream)
            case .decided, .answering(nil), .over: ([], nil)
            }
        }
        stream?.end()
        answer(.response(carrier.core.refusal(problem, of: head)))
        for callback in callbacks { callback() }
    }

    /// The body has not come in time, and nothing but this is going to be sent: its bytes.
    func bodyIsOverdue() -> [UInt8] {
        let response = carrier.core.refusal(.bodyTooSlow, of: head)
        state.withLock { $0.status = response.status }
        var text = "HTTP/1.1 \(response.status) Request Timeout\r\nContent-Length: \(response.body.count)\r\n"
        for field in response.fields.all { text += "\(field.name): \(field.value)\r\n" }
        return Array("\(text)\r\n".utf8) + response.body
    }
}

extension HTTPExchange.State {
    fileprivate mutating func takeCallbacks() -> [@Sendable () -> Void] {
        isGone = true
        defer { whenGone = [] }
        return whenGone
    }
}
