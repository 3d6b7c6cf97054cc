import Synchronization

/// The answers to an array of messages, which leave as one array when the last of them is there.
///
/// JSON-RPC 2.0 §6; of MCP's revisions only 2025-03-26 has it.
final class Batch: Sendable {
    private struct State {
        /// One more than the answers that are missing, until all requests of the batch are known.
        var missing = 1
        var answers: [[UInt8]] = []
        var written: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let send: @Sendable ([UInt8], _ written: @escaping @Sendable () -> Void) -> Void

    init(send: @escaping @Sendable ([UInt8], _ written: @escaping @Sendable () -> Void) -> Void) { self.send = send }

    func expect() { state.withLock { $0.missing += 1 } }

    /// Nil for a request that was cancelled, and is not answered.
    func add(_ answer: [UInt8]?, written: @escaping @Sendable () -> Void = {}) {
        settle { state in
            if let answer { state.answers.append(answer) }
            state.written.append(written)
        }
    }

    /// Every message of the batch has been read.
    func close() { settle { _ in } }

    private func settle(_ change: (inout State) -> Void) {
        let finished = state.withLock { state -> State? in
            change(&state)
            state.missing -= 1
            return state.missing == 0 ? state : nil
        }
        guard let finished else { return }
        let written: @Sendable () -> Void = { for callback in finished.written { callback() } }
        // Notifications alone are answered with nothing, not with an empty array.
        guard !finished.answers.isEmpty else { return written() }
        send(
            [UInt8(ascii: "[")] + finished.answers.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")],
            written
        )
    }
}
