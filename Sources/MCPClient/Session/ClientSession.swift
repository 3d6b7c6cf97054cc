import Clock
import HTTP
import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import Threads

/// A session with one server, over whichever way its opener finds.
final class ClientSession: RemoteSession {
    let client: RemoteClient
    let limits: CallLimits
    let events: any RemoteSessionEvents
    let inbox: Inbox
    let tools: ToolHeaders
    let log: Log
    let state = Mutex(SessionMachine())
    /// Nil where streams may be open without a limit.
    let streams: StreamPlaces?
    private let opener: any RemoteOpener

    init(
        for client: RemoteClient,
        limits: CallLimits,
        streams: StreamPlaces? = nil,
        events: any RemoteSessionEvents,
        executor: any TaskExecutor = WorkerPool.shared,
        log: Log,
        opener: (Inbox) -> any RemoteOpener
    ) {
        self.client = client
        self.limits = limits
        self.streams = streams
        self.events = events
        self.log = log
        inbox = Inbox(OpenCalls(limits, executor: executor), events, log)
        tools = ToolHeaders(log)
        self.opener = opener(inbox)
    }

    var server: RemoteServer? { state.withLock { $0.conversation?.server } }

    func open() async throws(RemoteFailure) -> RemoteServer { try await conversation().0.server }

    func notify(_ notification: Notification) async {
        // These belong to this hop, or mean nothing to a server that knows no handshake.
        let own = ["notifications/initialized", "notifications/cancelled"]
        guard !own.contains(notification.method), let (conversation, _) = try? await conversation() else { return }
        let handshake = ["notifications/roots/list_changed", "notifications/progress"]
        guard !conversation.revision.isStateless || !handshake.contains(notification.method) else { return }
        await conversation.wire.post(notification.encoded, revision: conversation.revision)
    }

    func close() async {
        let (conversation, listening, waiters) = state.withLock { $0.endAll() }
        for task in listening { task.cancel() }
        inbox.calls.close()
        inbox.forgetQuestions()
        for waiter in waiters { waiter.resume(returning: .failure(.cancelled)) }
        await conversation?.wire.close()
    }
}

// Opening, once for all who wait.
extension ClientSession {
    /// The open conversation, or a new one.
    func conversation() async throws(RemoteFailure) -> (OpenedServer, number: Int) {
        if !Task.isCancelled, case .open(let opened, let number) = state.withLock({ $0.phase }) {
            return (opened, number)
        }
        let id = state.withLock { $0.newWaiter() }
        let opened = await withTaskCancellationHandler {
            await withCheckedContinuation { enter($0, as: id) }
        } onCancel: {
            state.withLock { $0.leave(id) }?.resume(returning: .failure(.cancelled))
        }
        return try opened.get()
    }

    private func enter(_ waiter: SessionMachine.Waiter, as id: Int) {
        let entry: SessionMachine.Entry = state.withLock { state in
            // A later cancellation finds the waiter here.
            Task.isCancelled ? .now(.failure(.cancelled)) : state.enter(waiter, as: id)
        }
        switch entry {
        case .now(let opened): waiter.resume(returning: opened)
        case .waits: break
        case .opens: Task(executorPreference: WorkerPool.shared) { await self.openAnew() }
        }
    }

    private func openAnew() async {
        let outcome: Result<OpenedServer, RemoteFailure>
        do {
            let conversation = try await opener.open(for: client)
            await sayAgain(to: conversation)
            outcome = .success(conversation)
        } catch {
            outcome = .failure(error)
        }
        let (waiters, opened, openings) = state.withLock { state in
            let (waiters, opened) = state.finishOpening(outcome)
            return (waiters, opened, state.openings)
        }
        if case .success(let (conversation, number)) = opened {
            listen(to: conversation, number)
            watchEnd(of: conversation, number)
            if openings > 1 { events.reconnected() }
        } else if case .success(let conversation) = outcome {
            // It was closed meanwhile.
            await conversation.wire.close()
        }
        for waiter in waiters { waiter.resume(returning: opened) }
    }

    /// What a server with a handshake keeps for a session.
    private func sayAgain(to conversation: OpenedServer) async {
        guard !conversation.revision.isStateless else { return }
        let (level, subscriptions) = state.withLock { ($0.logLevel, $0.subscriptions) }
        if let level { await ask("logging/setLevel", JSONObject([.init("level", .string(level))]), conversation) }
        for uri in subscriptions {
            await ask("resources/subscribe", JSONObject([.init("uri", .string(uri))]), conversation)
        }
    }

    /// A request of the session's own, whose result is not waited for.
    @discardableResult
    func ask(_ method: String, _ params: JSONObject, _ conversation: OpenedServer) async -> CallEnd {
        let id = inbox.calls.nextID()
        let request = request(RemoteCall(method, params, isRepeatable: true), id, conversation)
        return await inbox.ask(request, by: conversation.wire)
    }

    /// After a sleep, streams that look open are not: what can be asked again is, and so is the stream of a session.
    func lookAfterSleep(_ conversation: OpenedServer, _ number: Int) -> Bool {
        guard state.withLock({ $0.sleep.hasSlept() }) else { return false }
        log.info("The machine has slept: connections are made again")
        conversation.wire.forgetConnections()
        if conversation.revision.isStateless, !conversation.wire.endsAlone {
            lose(number)
            return true
        }
        if !conversation.wire.endsAlone { listen(to: conversation, number) }
        return false
    }

    /// The server does not know conversation `number` any more: the next that needs one opens it again.
    func lose(_ number: Int) {
        guard let (conversation, listening) = state.withLock({ $0.lost(number) }) else { return }
        log.info("The session with the server is lost and opened again")
        for task in listening { task.cancel() }
        inbox.forgetQuestions()
        Task(executorPreference: WorkerPool.shared) { await conversation.wire.drop() }
    }
}
