import Clock
import HTTP
import JSON
import JSONRPC
import MCP
import Synchronization
import Threads

// What belongs to no call: the GET stream of a session, or `subscriptions/listen`.
extension ClientSession {
    /// Begins to listen to conversation `number`, in place of what has listened before.
    @discardableResult
    func listen(to conversation: OpenedServer, _ number: Int) -> ListenLoop? {
        let isStateless = conversation.revision.isStateless
        let uris = isStateless ? state.withLock { $0.subscriptions } : []
        let filter = isStateless ? Self.filter(conversation.server.capabilities, uris) : nil
        guard !isStateless || filter != nil else {
            keepListening(only: nil)
            return nil
        }
        let loop = ListenLoop { [weak self] task in
            self?.keepListening(only: task)
        } reconnected: { [events] in
            events.reconnected()
        }
        let task = Task(executorPreference: WorkerPool.shared) { [weak self] in
            var pauses = ListenPauses()
            while !Task.isCancelled {
                let began = SuspendingClock.now
                guard let end = await self?.listenOnce(to: conversation, filter, loop), !Task.isCancelled else {
                    return
                }
                if end == .sessionLost { self?.openAgain(number) }
                guard let pause = pauses.next(after: end, lasted: .now - began) else { return }
                do { try await SystemClock.sleep(for: pause) } catch { return }
            }
        }
        keep(task)
        loop.runs(as: task)
        return loop
    }

    /// A process can end while nothing listens to what it says.
    func watchEnd(of conversation: OpenedServer, _ number: Int) {
        guard conversation.wire.endsAlone, conversation.revision.isStateless else { return }
        let task = Task(executorPreference: WorkerPool.shared) { [weak self] in
            let end = await conversation.wire.listen(conversation.revision) {}
            if end == .sessionLost { self?.openAgain(number) }
        }
        watch(task)
    }

    /// Ends with the conversation, but for no other listener.
    private func watch(_ task: Task<Void, Never>) {
        let isEnded = state.withLock { state in
            if case .ended = state.phase { return true }
            state.watching = task
            return false
        }
        if isEnded { task.cancel() }
    }

    private func keep(_ task: Task<Void, Never>) {
        let isEnded = state.withLock { state in
            if case .ended = state.phase { return true }
            state.listening.append(task)
            return false
        }
        if isEnded { task.cancel() }
    }

    /// Those that listened before `task` are done with.
    private func keepListening(only task: Task<Void, Never>?) {
        let old = state.withLock { state in
            let place = task.map { state.listening.firstIndex(of: $0) ?? 0 } ?? state.listening.count
            defer { state.listening.removeFirst(place) }
            return state.listening.prefix(place)
        }
        for task in old { task.cancel() }
    }

    /// What listens is to go on: it is opened again and again, until that succeeds or the session ends.
    private func openAgain(_ number: Int) {
        lose(number)
        let task = Task(executorPreference: WorkerPool.shared) { [weak self] in
            var pauses = ListenPauses()
            while !Task.isCancelled, let self {
                if (try? await conversation()) != nil { return }
                guard let pause = pauses.next(after: .failed, lasted: .zero) else { return }
                do { try await SystemClock.sleep(for: pause) } catch { return }
            }
        }
        keep(task)
    }

    /// Exactly the kinds that the server advertises; nil where it has none.
    private static func filter(_ capabilities: JSON, _ uris: [String]) -> JSONObject? {
        var filter = JSONObject()
        for kind in ["tools", "prompts", "resources"] where capabilities[kind]?["listChanged"] == true {
            filter["\(kind)ListChanged"] = true
        }
        if !uris.isEmpty, capabilities["resources"]?["subscribe"] == true {
            filter["resourceSubscriptions"] = .strings(uris)
        }
        return filter.isEmpty ? nil : filter
    }

    private func listenOnce(
        to conversation: OpenedServer,
        _ filter: JSONObject?,
        _ loop: ListenLoop
    ) async -> StreamEnd {
        // Until there is a place, it is tried again now and then.
        guard streams?.take() ?? true else {
            loop.ended(isGap: true)
            return .failed
        }
        defer { streams?.giveBack() }
        guard let filter else {
            let end = await conversation.wire.listen(conversation.revision) { loop.wasHeard() }
            loop.ended(isGap: end == .failed)
            return end
        }
        let id = inbox.calls.nextID()
        let call = RemoteCall("subscriptions/listen", JSONObject([.init("notifications", .object(filter))]))
        let request = request(call, id, conversation)
        let end = await inbox.ask(request, by: conversation.wire, silence: Self.forever, ListenEvents(loop))
        loop.ended(isGap: true)
        return StreamEnd(end)
    }

    private static let forever = Duration.seconds(1_000_000_000)
}

/// Notes that a subscription has begun; all else on its stream is the session's.
private struct ListenEvents: RemoteCallEvents {
    private let loop: ListenLoop

    init(_ loop: ListenLoop) { self.loop = loop }

    func progressed(_: JSONObject) {}

    func notified(_ notification: Notification) {
        if notification.method == "notifications/subscriptions/acknowledged" { loop.wasHeard() }
    }

    func asked(_ method: String, _: JSON?) async -> Outcome { .failure(.methodNotFound(method)) }
}

extension StreamEnd {
    /// Of `subscriptions/listen`.
    fileprivate init(_ end: CallEnd) {
        switch end {
        case .answered(.success, _), .died, .later, .sessionLost: self = .ended(retry: nil)
        case .failed(.unreachable), .failed(.timedOut): self = .failed
        case .failed(.status(let status, _, _, _)) where status.rawValue >= 500: self = .failed
        case .answered(.failure, _), .unauthorized, .failed: self = .none
        }
    }
}
