import Synchronization

/// The answers to an array of messages, which leave as one array when the last of them is there.
///
/// JSON-RPC 2.0 §6; of MCP's revisions only 2025-03-26 has it.
final class Batch: Sendable {
    /// How much the answers hold of all batches together that have not left yet.
    final class Holdings: Sendable {
        fileprivate let bytes = Atomic(0)
        private let limit: Int

        init(limit: Int = 64 << 20) { self.limit = limit }

        /// Whether so much is held that further answers should be short.
        var isFull: Bool { bytes.load(ordering: .relaxed) > limit }
    }

    private struct State {
        /// One more than the answers that are missing, until all requests of the batch are known.
        var missing = 1
        var answers: [[UInt8]] = []
        var size = 0
    }

    /// How many messages a batch may have.
    static let mostMessages = 1_000

    let holdings: Holdings
    private let state = Mutex(State())
    private let send: @Sendable ([UInt8]?) -> Void

    /// `send` gets nil where nothing is to be answered, which is not answered with an empty array.
    init(in holdings: Holdings, send: @escaping @Sendable ([UInt8]?) -> Void) {
        self.holdings = holdings
        self.send = send
    }

    func expect() { state.withLock { $0.missing += 1 } }

    /// Nil for a request that was cancelled, and is not answered.
    func add(_ answer: [UInt8]?) {
        if let answer { holdings.bytes.add(answer.count, ordering: .relaxed) }
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
        guard let finished else { return }
        guard !finished.answers.isEmpty else { return send(nil) }
        send(Self.array(of: finished.answers, size: finished.size))
        holdings.bytes.subtract(finished.size, ordering: .relaxed)
    }

    private static func array(of answers: [[UInt8]], size: Int) -> [UInt8] {
        var array = [UInt8(ascii: "[")]
        array.reserveCapacity(size + answers.count + 1)
        for answer in answers {
            if array.count > 1 { array.append(UInt8(ascii: ",")) }
            array += answer
        }
        array.append(UInt8(ascii: "]"))
        return array
    }
}
