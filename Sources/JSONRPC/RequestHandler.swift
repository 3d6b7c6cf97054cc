/// Answers what one other side asks; what the methods mean, it does not know.
package protocol RequestHandler: Sendable {
    /// Whether an array of messages is understood at this moment of the conversation.
    var acceptsBatches: Bool { get }

    /// What no secret changes in a message.
    var ownTexts: ProtocolTexts { get }

    /// Called in the order of arrival on the thread that reads, so it must not wait: what has to, is `.later`.
    func reply(to request: Request, inBatch: Bool, in exchange: Exchange) -> Reply
    func received(_ notification: Notification, in exchange: Exchange)

    /// The notice that the answer to `id` is not wanted any more, where the protocol has one.
    func cancellation(of id: RequestID) -> Notification?
}

extension RequestHandler {
    package var ownTexts: ProtocolTexts { .none }
    package func cancellation(of id: RequestID) -> Notification? { nil }
}

package enum Reply: Sendable {
    case now(Outcome)
    case later(Job)
    case open(StandingRequest)
}
