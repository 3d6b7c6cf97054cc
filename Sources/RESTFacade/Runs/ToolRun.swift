import Clock
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
        /// A person has to answer these params of `elicitation/create`, the oldest first.
        case asked([JSON])
    }

    /// What comes next, where it is not known yet which questions there are by then.
    private enum Signal: Sendable {
        case ended(Result<JSON, RemoteFailure>)
        case asked
    }

    private struct Question {
        let params: JSON
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var task: Task<Void, Never>?
        var questions: [Question] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let turns: AsyncStream<Signal>
    private let feed: AsyncStream<Signal>.Continuation
    private let gathering: Duration
    private let whenNotified: (@Sendable (Event) -> Void)?

    /// What is said of a call before its end.
    enum Event: Sendable {
        case progress(JSONObject)
        case log(JSON)
    }

    /// `gathering` is how long what the server asks in the same breath is waited for; `whenNotified` gets progress and log lines.
    init(
        _ session: any RemoteSession,
        _ call: RemoteCall,
        on executor: any TaskExecutor,
        gathering: Duration = .milliseconds(20),
        whenNotified: (@Sendable (Event) -> Void)? = nil
    ) {
        self.gathering = gathering
        self.whenNotified = whenNotified
        (turns, feed) = AsyncStream.makeStream()
        var call = call
        call.events = self
        call.wantsProgress = true
        let first = call
        let task = Tasks.begin(on: executor) { [self] in
            let result = await Self.result(of: first, in: session, asking: self, on: executor)
            feed.yield(.ended(result))
            feed.finish()
        }
        state.withLock { $0.task = task }
    }

    /// Waits for what comes next; the run is cancelled where no one waits any longer.
    func next() async -> Turn {
        while true {
            switch await signal() {
            case .ended(let result): return .ended(result)
            case .asked:
                // What the server asks in the same breath is asked together.
                do { try await SystemClock.sleep(for: gathering) } catch { cancel() }
                let questions = state.withLock { $0.questions.map { $0.params } }
                if !questions.isEmpty { return .asked(questions) }
            }
        }
    }

    private func signal() async -> Signal {
        let turns = turns
        let signal = await withTaskCancellationHandler {
            var iterator = turns.makeAsyncIterator()
            return await iterator.next()
        } onCancel: {
            cancel()
        }
        return signal ?? .ended(.failure(.cancelled))
    }

    /// How many questions wait for an answer.
    var questionCount: Int { state.withLock { $0.questions.count } }

    /// Answers as many questions as there are answers, the oldest first, each with `{action, content}`.
    func deliver(_ answers: [JSON]) {
        let (answered, isLeft) = state.withLock { state in
            let answered = Array(state.questions.prefix(answers.count))
            state.questions.removeFirst(answered.count)
            return (answered, !state.questions.isEmpty)
        }
        for (question, answer) in zip(answered, answers) {
            question.continuation.resume(returning: .success(EncodedJSON(answer)))
        }
        if isLeft { feed.yield(.asked) }
    }

    func cancel() {
        let (task, questions) = state.withLock { state in
            state.isOver = true
            defer { state.questions = [] }
            return (state.task, state.questions)
        }
        task?.cancel()
        for question in questions { question.continuation.resume(returning: .failure(Self.unanswered)) }
    }

    private static let unanswered = RPCError(code: -32603, "No one has answered.")

    private static func result(
        of call: RemoteCall,
        in session: any RemoteSession,
        asking run: ToolRun,
        on executor: any TaskExecutor
    ) async -> Result<JSON, RemoteFailure> {
        do throws(RemoteFailure) {
            return .success(try await Rounds(call).result(in: session, on: executor) { await run.asked($0, $1) })
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
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOver {
                        state.questions.append(Question(params: params ?? [:], continuation: continuation))
                    }
                    return !state.isOver
                }
                guard isOpen else { return continuation.resume(returning: .failure(Self.unanswered)) }
                feed.yield(.asked)
            }
        } onCancel: {
            cancel()
        }
    }
}
