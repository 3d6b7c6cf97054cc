/// Takes whole messages to the other side, in order.
package protocol MessageSink: Sendable {
    /// Whether so much waits to be written that further answers should wait before they are.
    var isCongested: Bool { get }

    /// Never waits; `written` is called once the message has left this process, or never can.
    func send(_ message: [UInt8], written: (@Sendable () -> Void)?)
}

extension MessageSink {
    package var isCongested: Bool { false }
}
