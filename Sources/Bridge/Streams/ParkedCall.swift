import JSON
import JSONRPC
import MCPClient
import Synchronization
import Threads

/// A call to a server with a handshake for a client of 2026-07-28.
///
/// The server asks while the call is open, and the client answers with its next request; in between, the call waits.
final class ParkedCall: RemoteCallEvents {
    enum Event: Sendable {
        /// There are questions; see ``questions``.
        case asked
        case ended(Result<JSON, RemoteFailure>)
    }

    fileprivate struct Question {
        /// Under which it is asked and answered.
        let key: String
        let entry: JSON
        let answer: CheckedContinuation<Outcome, Never>
    }

    fileprivate struct State {
        var questions: [Question] = []
        var result: Result<JSON, RemoteFailure>?
        /// Who waits for what happens next.
        var waiter: CheckedContinuation<Event, Never>?
        /// The client's request that is open now; nil between two of them.
        var relay: CallRelay?
        var task: Task<Void, Never>?
        var isAbandoned = false
    }

    private let capabilities: JSON
    private let state = Mutex(State())

    /// `capabilities` are those of the client.
    init(capabilities: JSON) { self.capabilities = capabilities }

    /// Sends the call; what comes goes to the request that is attached.
    func begin(_ call: RemoteCall, in session: any RemoteSession) {
        var call = call
        call.events = self
        let task = Task(executorPreference: WorkerPool.shared) { [call] in
            do throws(RemoteFailure) {
                self.ended(.success(try await session.call(call)))
            } catch {
                self.ended(.failure(error))
            }
        }
        let isAbandoned = state.withLock { state in
            state.task = task
            return state.isAbandoned
        }
        if isAbandoned { task.cancel() }
    }

    /// Gets progress and log lines, until the next event.
    func attach(_ relay: CallRelay) { state.withLock { $0.relay = relay } }

    /// Waits until the server asks or has answered; cancelling the task abandons the call.
    func event() async -> Event {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let event = state.withLock { state -> Event? in
                    if let event = state.next { return event }
                    state.waiter = waiter
                    return nil
                }
                if let event { waiter.resume(returning: event) }
            }
        } onCancel: {
            abandon()
        }
    }

    /// All that the server waits for, as the client is asked it.
    var questions: JSONObject { JSONObject(state.withLock { $0.questions.map { .init($0.key, $0.entry) } }) }

    /// Answers the questions that have an answer here, each under its key; the others wait on.
    func resume(with answers: JSON) {
        let answered = state.withLock { state in
            defer { state.questions.removeAll { answers[$0.key] != nil } }
            return state.questions.filter { answers[$0.key] != nil }
        }
        for question in answered {
            question.answer.resume(returning: .success(EncodedJSON(answers[question.key] ?? .null)))
        }
    }

    /// No request waits for it any more: it is cancelled at the server.
    func abandon() {
        let (questions, task) = state.withLock { state in
            state.isAbandoned = true
            defer { state.questions = [] }
            return (state.questions, state.task)
        }
        for question in questions { question.answer.resume(returning: .failure(Self.gone)) }
        task?.cancel()
    }

    private static let gone = RPCError(code: -32603, "The client did not answer in time.")

    private func ended(_ result: Result<JSON, RemoteFailure>) {
        let waiter = state.withLock { state in
            state.result = result
            return state.waiter.take()
        }
        waiter?.resume(returning: .ended(result))
    }
}

extension ParkedCall.State {
    fileprivate var freeKey: String {
        var (key, number) = (ParkedCalls.key, 2)
        while questions.contains(where: { $0.key == key }) {
            key = "\(ParkedCalls.key)-\(number)"
            number += 1
        }
        return key
    }

    fileprivate var next: ParkedCall.Event? {
        if !questions.isEmpty { return .asked }
        return result.map { .ended($0) }
    }
}

// What the server sends meanwhile.
extension ParkedCall {
    private var relay: CallRelay? { state.withLock { $0.relay } }

    func progressed(_ params: JSONObject) { relay?.progressed(params) }
    func notified(_ notification: Notification) { relay?.notified(notification) }

    func asked(_ method: String, _ params: JSON?) async -> Outcome {
        guard QuestionKind.isTaken(method, params, by: capabilities) else { return .failure(.methodNotFound(method)) }
        return await withCheckedContinuation { answer in
            let (waiter, isAbandoned) = state.withLock { state in
                guard !state.isAbandoned else { return (nil as CheckedContinuation<Event, Never>?, true) }
                let entry = JSON.members(("method", .string(method)), ("params", params))
                state.questions.append(Question(key: state.freeKey, entry: entry, answer: answer))
                return (state.questions.count == 1 ? state.waiter.take() : nil, false)
            }
            if isAbandoned { answer.resume(returning: .failure(Self.gone)) }
            waiter?.resume(returning: .asked)
        }
    }
}
