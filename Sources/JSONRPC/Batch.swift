import Synchronization

/// The answers to an array of messages, which leave as one array when the last of them is there.
///
/// JSON-RPC 2.0 §6; of MCP's revisions only 2025-03-26 has it.
final class Batch: Sendable {
    private struct State {
        /// One more than the answers that are missing, until all requests of the batch are known.
        var missing = 1
        var answers: [[UInt8]] = []
        var size = 0
    }

    private let state = Mutex(State())
    private let send: @Sendable ([UInt8]) -> Void

    /// How many bytes of answers are held until the last one is there.
    private static let limit = 64 << 20

    init(send: @escaping @Sendable ([UInt8]) -> Void) { self.send = send }

    func expect() { state.withLock { $0.missing += 1 } }

    /// Whether so much is held that further answers should be short.
    var isFull: Bool { state.withLock { $0.size > Self.limit } }

    /// Nil for a request that was cancelled, and is not answered.
    func add(_ answer: [UInt8]?) {
        settle { state in
            guard let answer else { return }
            state.answers.append(answer)
            state.size += answer.count
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
        // Notifications alone are answered with nothing, not with an empty array.
        guard let answers = finished?.answers, !answers.isEmpty else { return }
        send([UInt8(ascii: "[")] + answers.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")])
    }
}
