import JSON
import JSONRPC
import MCPClient
import Synchronization
import Threads

/// One call of a tool, for as long as it takes: longer than the HTTP request that began it, where a person is asked something.
///
/// Both ways in which a server asks are one here: the request in the middle of a call (revisions with a handshake), and the
/// result that wants answers (2026-07-28).
final class ToolRun: RemoteCallEvents {
    enum Turn: Sendable {
        case ended(Result<JSON, RemoteFailure>)
        /// A person has to answer these params of `elicitation/create`.
        case asked(JSON)
    }

    private struct State {
        var task: Task<Void, Never>?
        var questions: [CheckedContinuation<Outcome, Never>] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let turns: AsyncStream<Turn>
    private let feed: AsyncStream<Turn>.Continuation
    private let whenNotified: (@Sendable (Event) -> Void)?

    /// What is said of a call before its end.
    enum Event: Sendable {
        case progress(JSONObject)
        case log(JSON)
    }

    /// `whenNotified` gets progress and log lines.
    init(
        _ session: any RemoteSession,
        _ call: RemoteCall,
        on executor: any TaskExecutor,
        whenNotified: (@Sendable (Event) -> Void)? = nil
    ) {
        self.whenNotified = whenNotified
        (turns, feed) = AsyncStream.makeStream()
        var call = call
        call.events = self
        call.wantsProgress = true
        let first = call
        let task = Tasks.begin(on: executor) { [self] in
            let result = await Self.result(of: first, in: session, asking: self)
            feed.yield(.ended(result))
            feed.finish()
        }
        state.withLock { $0.task = task }
    }

    /// Waits for what comes next; the run is cancelled where no one waits any longer.
    func next() async -> Turn {
        let turns = turns
        let turn = await withTaskCancellationHandler {
            var iterator = turns.makeAsyncIterator()
            return await iterator.next()
        } onCancel: {
            cancel()
        }
        return turn ?? .ended(.failure(.cancelled))
    }

    /// Answers the oldest question, with `{action, content}`.
    func deliver(_ feedback: JSON) {
        let question = state.withLock { $0.questions.isEmpty ? nil : $0.questions.removeFirst() }
        question?.resume(returning: .success(EncodedJSON(feedback)))
    }

    func cancel() {
        let (task, questions) = state.withLock { state in
            state.isOver = true
            defer { state.questions = [] }
            return (state.task, state.questions)
        }
        task?.cancel()
        for question in questions { question.resume(returning: .failure(Self.unanswered)) }
    }

    private static let unanswered = RPCError(code: -32603, "No one has answered.")

    private static func result(
        of call: RemoteCall,
        in session: any RemoteSession,
        asking run: ToolRun
    ) async -> Result<JSON, RemoteFailure> {
        do throws(RemoteFailure) {
            return .success(try await Rounds(call).result(in: session) { await run.asked($0, $1) })
        } catch {
            return .failure(error)
        }
    }

    func progressed(_ params: JSONObject) { whenNotified?(.progress(params)) }

    func notified(_ notification: Notification) {
        guard notification.method == "notifications/message", let params = notification.params else { return }
        whenNotified?(.log(params))
    }

    func asked(_ method: String, _ params: JSON?) async -> Outcome {
        // Forms are all that was declared.
        guard method == "elicitation/create", params?["mode"] != "url" else { return .failure(.methodNotFound(method)) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { question in
                let isOpen = state.withLock { state in
                    if !state.isOver { state.questions.append(question) }
                    return !state.isOver
                }
                guard isOpen else { return question.resume(returning: .failure(Self.unanswered)) }
                feed.yield(.asked(params ?? [:]))
            }
        } onCancel: {
            cancel()
        }
    }
}
