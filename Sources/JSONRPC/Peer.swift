import JSON
package import Logging
import Synchronization

/// Answers what one other side asks; what the methods mean, it does not know.
package protocol RequestHandler: Sendable {
    /// Called in the order of arrival on the thread that reads, so it must not wait: what has to, is `.later`.
    func reply(to request: Request, on peer: Peer) -> Reply
    func received(_ notification: Notification, on peer: Peer)
}

package enum Reply: Sendable {
    case now(Outcome)
    case later(@Sendable () async -> Outcome)
}

/// Takes whole messages to the other side, in order.
package protocol Transport: Sendable {
    /// Never waits; `written` is called once the message has left this process, or never can.
    func send(_ message: [UInt8], written: (@Sendable () -> Void)?)
}

/// One end of a conversation: reads messages, answers in tasks, cancels by id, drains at the end.
package final class Peer: Sendable {
    private let handler: any RequestHandler
    private let transport: any Transport
    private let log: Log
    private let requests: RequestTable
    private let leavesOutUnknownID = Atomic(false)

    /// How many requests are worked on at a time, their unwritten answers included; further ones wait.
    package static let requestsInFlight = 32

    package init(handler: any RequestHandler, transport: any Transport, log: Log) {
        self.handler = handler
        self.transport = transport
        self.log = log
        requests = RequestTable(slots: Self.requestsInFlight) { outcome, id, written in
            transport.send(outcome.response(to: id), written: written)
        }
    }

    /// Bytes of requests that were received and wait for their turn.
    package var waitingBytes: Int { requests.waitingCost }

    /// One line of input; never throws, whatever is in it.
    package func receive(_ line: LineFramer.Line) {
        switch line {
        case .tooLong:
            log.warning("line_too_long")
            refuse(.invalidRequest("The message is longer than this server reads; send less at once."))
        case .text(let bytes):
            do throws(JSONSyntaxError) {
                receive(try JSON(parsing: bytes), size: bytes.count)
            } catch {
                log.warning("not_json", ("problem", error.problem), ("offset", String(error.offset)))
                refuse(.parseError("Not JSON: \(error)."))
            }
        }
    }

    private func receive(_ json: JSON, size: Int) {
        do throws(Message.Malformed) {
            switch try Message(json) {
            case .request(let request): answer(request, size: size)
            case .notification(let notification): handler.received(notification, on: self)
            case .response: log.debug("response_ignored")
            }
        } catch {
            log.warning("not_a_message")
            refuse(error.error, id: error.id)
        }
    }

    package func send(_ notification: Notification) { transport.send(notification.encoded, written: nil) }

    /// Ends the work on a request; it is never answered.
    package func cancel(_ id: RequestID) {
        if requests.cancel(id) { log.debug("cancelled") }
    }

    package func cancelAll() { requests.cancelAll() }

    /// Calls back once every request received so far is answered.
    package func whenIdle(_ callback: @escaping @Sendable () -> Void) { requests.whenEmpty(callback) }

    /// From 2025-11-25 on an error without a known id has no `id`; before, and in plain JSON-RPC, it is null.
    package func leaveOutUnknownID() { leavesOutUnknownID.store(true, ordering: .relaxed) }

    private func answer(_ request: Request, size: Int) {
        guard !requests.holds(request.id) else {
            // Answering under this id would end the first request's wait with the second one's error.
            return refuse(.invalidRequest("The id of a request that is still being answered was used again."))
        }
        switch handler.reply(to: request, on: self) {
        case .now(let outcome): transport.send(outcome.response(to: request.id), written: nil)
        case .later(let work): requests.open(request.id, cost: size + Self.bookkeeping, work)
        }
    }

    /// What a waiting request takes beside its own bytes.
    private static let bookkeeping = 512

    private func refuse(_ error: RPCError, id: RequestID? = nil) {
        let writesNullID = !leavesOutUnknownID.load(ordering: .relaxed)
        transport.send(Outcome.failure(error).response(to: id, writesNullID: writesNullID), written: nil)
    }
}
