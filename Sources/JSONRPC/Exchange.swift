package import JSON
package import Logging

/// One stream of messages within a conversation: what belongs to a request goes to where the request came from.
///
/// A pipe is one exchange for all; over HTTP, each POST is one (2025-11-25, basic/transports).
package struct Exchange: Sendable {
    package let conversation: Conversation
    package let sink: any MessageSink

    package init(_ conversation: Conversation, _ sink: any MessageSink) {
        self.conversation = conversation
        self.sink = sink
    }

    /// The operator's log, whose lines say which conversation they are about.
    package var log: Log { conversation.log }

    /// Whether so much waits to be written that what can be done without should not be sent.
    package var isCongested: Bool { sink.isCongested }

    /// One line of input; never throws, whatever is in it.
    package func receive(_ line: LineFramer.Line) { conversation.receive(line, in: self) }

    /// A message or a batch that was read already, of so many bytes; never throws, whatever is in it.
    package func receive(_ json: JSON, size: Int) { conversation.receive(json, size: size, in: self) }

    /// A request that was read already, in a message of so many bytes; never throws, whatever is in it.
    package func receive(_ request: Request, size: Int) { conversation.receive(request, size: size, in: self) }

    /// `written` is called once the message has left this process, or never can.
    package func send(_ notification: Notification, written: (@Sendable () -> Void)? = nil) {
        conversation.write(notification.encoded, as: .notification, to: sink, written: written)
    }

    /// Asks the other side, and waits for its answer as long as `limit` and the task allow.
    ///
    /// The answer may come in any exchange of the conversation.
    package func ask(_ method: String, _ params: JSON?, within limit: Duration) async throws -> JSON {
        try await conversation.ask(method, params, within: limit, in: self)
    }
}
