/// What a message is, for its carrier.
package enum MessageKind: Hashable, Sendable {
    case notification
    /// A question to the other side.
    case request
    /// Ends what one message of the other side began, a batch as a whole; with the error it says.
    case response(RPCError? = nil)
}

/// Takes whole messages to the other side, in order.
package protocol MessageSink: Sendable {
    /// Whether so much waits to be written that further answers should wait before they are.
    var isCongested: Bool { get }

    /// Never waits; `written` is called once the message has left this process, or never can.
    func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?)

    /// What one message of the other side began ends without a response: it was cancelled, or asked for none.
    func endUnanswered()
}

extension MessageSink {
    package var isCongested: Bool { false }

    /// A pipe says nothing then.
    package func endUnanswered() {}
}
