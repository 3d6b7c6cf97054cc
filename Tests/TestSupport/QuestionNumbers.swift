package import JSONRPC
import Synchronization

/// Ids of questions in order, as the transcripts name them.
package final class QuestionNumbers: Sendable {
    private let last = Mutex(0)

    package init() {}

    package func next() -> RequestID {
        last.withLock { last in
            last += 1
            return RequestID(text: "ask-\(last)")
        }
    }
}
