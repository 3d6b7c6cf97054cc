import JSON
import JSONRPC
import Logging
import Synchronization
import Threads

/// What a server sends, whichever way it comes: each message goes to the one call it is about, or to the session.
final class Inbox: Sendable {
    let calls: OpenCalls
    private let events: any RemoteSessionEvents
    private let log: Log
    /// The server's own requests that are being answered.
    private let asking = Mutex<[RequestID: Task<Void, Never>]>([:])
    /// Sends what the client answers to such a request.
    private let reply: Mutex<(@Sendable ([UInt8]) async -> Void)?>

    init(_ calls: OpenCalls, _ events: any RemoteSessionEvents, _ log: Log) {
        self.calls = calls
        self.events = events
        self.log = log
        reply = Mutex(nil)
    }

    /// Where answers to the server's requests go from now on.
    func answers(by send: @escaping @Sendable ([UInt8]) async -> Void) { reply.withLock { $0 = send } }

    /// Takes one message, or several in a list (2025-03-26), of the stream of `call`, or of one that belongs to none.
    func deliver(_ bytes: [UInt8], of call: Int?) {
        do throws(JSONSyntaxError) {
            // Some servers write a byte order mark, which says nothing here (RFC 8259 §8.1).
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
            deliver(try JSON(parsing: text, within: .ofServer), of: call)
        } catch {
            log.warning("The server sent what is not JSON, which is skipped", ("cause", "\(error)"))
            // Nothing else will come for a call whose answer cannot be read.
            guard let call, error.isOverLimit else { return }
            calls.finish(call, .failed(.protocolFault(detail: "Its answer has \(error.problem).")))
        }
    }

    func deliver(_ json: JSON, of call: Int?) {
        if case .array(let messages) = json {
            for message in messages { deliver(message, of: call) }
            return
        }
        do throws(Message.Malformed) {
            switch try Message(json) {
            case .response(let response): deliver(response, of: call)
            case .notification(let notification): deliver(notification, of: call)
            case .request(let request): deliver(request, of: call)
            }
        } catch {
            log.warning("The server sent what is no message, which is skipped", ("cause", error.error.message))
        }
    }

    private func deliver(_ response: Response, of call: Int?) {
        // An error that names no request is about the one whose stream it came on.
        guard let id = response.id.map({ $0.json.int }) ?? call else {
            return log.debug("The server answered to a request that it was not asked")
        }
        let content = response.content
        let outcome: Result<JSON, RPCError>
        if let error = content["error"], content["result"] == nil || !error.isNull {
            let message = error["message"]?.string ?? "The server gave no reason."
            outcome = .failure(RPCError(code: error["code"]?.int ?? -32603, message, data: error["data"]))
        } else if let result = content["result"], result.object != nil {
            outcome = .success(result)
        } else {
            let text = "The server's result is no object. Report it to the maker of the server."
            outcome = .failure(RPCError(code: -32603, text))
        }
        calls.finish(id, .answered(outcome))
    }

    private func deliver(_ notification: Notification, of call: Int?) {
        // Of a subscription that another one has taken the place of.
        if let subscription = notification.subscription, !calls.isOpen(subscription) { return }
        switch notification.method {
        case "notifications/progress": takeProgress(notification.params)
        case "notifications/cancelled": cancelAsking(notification.params)
        case "notifications/subscriptions/acknowledged":
            (call ?? notification.subscription).flatMap { calls.events(of: $0) }?.notified(notification)
        case let method where method.hasSuffix("/list_changed") || method == "notifications/resources/updated":
            events.notified(notification.withoutSubscription)
        default:
            if let call = call ?? calls.onlyOne, let events = calls.events(of: call) {
                events.notified(notification)
            } else {
                events.notified(notification.withoutSubscription)
            }
        }
    }

    private func takeProgress(_ params: JSON?) {
        guard case .object(var params)? = params, let id = params["progressToken"]?.int else { return }
        params["progressToken"] = nil
        calls.progressed(id)?.progressed(params)
    }

    private func deliver(_ request: Request, of call: Int?) {
        guard request.method != "ping" else { return respond(to: request.id) { .success(.emptyObject) } }
        let open = call ?? calls.onlyOne
        let ofCall = open.flatMap { calls.events(of: $0) }
        respond(to: request.id) { [events, calls] in
            guard let open, let ofCall else { return await events.asked(request.method, request.params) }
            calls.questionBegan(open)
            defer { calls.questionEnded(open) }
            return await ofCall.asked(request.method, request.params)
        }
    }

    private func respond(to id: RequestID, _ outcome: @escaping @Sendable () async -> Outcome) {
        asking.withLock { asking in
            asking[id] = Task(executorPreference: WorkerPool.shared) { [weak self] in
                let outcome = await outcome()
                guard let self, self.asking.withLock({ $0.removeValue(forKey: id) }) != nil else { return }
                await reply.withLock { $0 }?(outcome.response(to: id))
            }
        }
    }

    /// The server does not wait for the answer any more.
    private func cancelAsking(_ params: JSON?) {
        guard let id = params?["requestId"].flatMap({ RequestID($0) }) else { return }
        asking.withLock { $0.removeValue(forKey: id) }?.cancel()
    }

    /// Ends the questions of a server that has gone.
    func forgetQuestions() {
        let tasks = asking.withLock { asking in
            defer { asking = [:] }
            return asking.values.map { $0 }
        }
        for task in tasks { task.cancel() }
    }
}

extension Notification {
    private static let key = "io.modelcontextprotocol/subscriptionId"

    /// The `subscriptions/listen` that it belongs to.
    fileprivate var subscription: Int? { params?["_meta"]?[Self.key]?.int }

    /// The id of a subscription belongs to this hop (2026-07-28, `subscriptions/listen`).
    fileprivate var withoutSubscription: Notification {
        let key = Self.key
        guard case .object(var meta)? = params?["_meta"], meta[key] != nil else { return self }
        meta[key] = nil
        var params = params
        params?["_meta"] = meta.isEmpty ? nil : .object(meta)
        return Notification(method, params: params)
    }
}

extension JSON.Limits {
    /// A result is larger than what a client sends, and so is what it takes: up to 200 bytes for each value.
    static let ofServer = JSON.Limits(values: 2_000_000)
}
