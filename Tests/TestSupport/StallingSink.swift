import JSONRPC
import Synchronization

/// The other side in the same process, which may stop taking what is written.
final class StallingSink: MessageSink {
    private struct State {
        var isStalled = false
        var untaken: [@Sendable () -> Void] = []
    }

    private let deliver: @Sendable ([UInt8]) -> Void
    private let state = Mutex(State())

    init(_ deliver: @escaping @Sendable ([UInt8]) -> Void) { self.deliver = deliver }

    var isCongested: Bool { state.withLock { $0.isStalled } }

    func send(_ message: [UInt8], as kind: MessageKind, written: (@Sendable () -> Void)?) {
        deliver(message)
        guard let written else { return }
        let isTaken = state.withLock { state in
            if state.isStalled { state.untaken.append(written) }
            return !state.isStalled
        }
        if isTaken { written() }
    }

    func stall() { state.withLock { $0.isStalled = true } }

    func unstall() {
        let untaken = state.withLock { state in
            state.isStalled = false
            defer { state.untaken = [] }
            return state.untaken
        }
        for written in untaken { written() }
    }
}
