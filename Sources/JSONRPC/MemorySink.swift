/// The other side in the same process: what is sent is handed to a closure.
package struct MemorySink: MessageSink {
    private let deliver: @Sendable ([UInt8]) -> Void

    package init(_ deliver: @escaping @Sendable ([UInt8]) -> Void) { self.deliver = deliver }

    package func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
        deliver(message)
        written?()
    }
}
