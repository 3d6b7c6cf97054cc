import HTTP
import JSON
import JSONRPC
import MCP
import Synchronization
import Threads

/// HTTP+SSE of 2024-11-05: one stream brings all messages of the server, and names where to POST those of the client.
final class EventsWire: RemoteWire {
    private struct State {
        var endpoint: String?
        var stream: Task<Void, Never>?
        var isClosed = false
    }

    private let server: HTTPRemoteServer
    private let url: String
    private let inbox: Inbox
    private let state = Mutex(State())

    init(_ server: HTTPRemoteServer, at url: String, _ inbox: Inbox) {
        self.server = server
        self.url = url
        self.inbox = inbox
    }

    var credentials: (any RemoteCredentials)? { server.credentials }

    /// Its address has the session in it.
    var hasSession: Bool { true }

    private var endpoint: String? { state.withLock { $0.endpoint } }

    /// Opens the stream, and waits for the address; nil when it is there, else why not.
    func connect() async -> CallEnd? {
        let id = inbox.calls.nextID()
        let end = await inbox.calls.ending(of: id, events: nil) { [self] in
            let stream = Task(executorPreference: WorkerPool.shared) { await self.follow(until: id) }
            state.withLock { $0.stream = stream }
            return nil
        } abandon: { [self] _ in
            state.withLock { $0.stream }?.cancel()
        }
        if case .answered(.success, _) = end { return nil }
        return end
    }

    /// Takes the stream to its end; `opening` waits for its first event.
    private func follow(until opening: Int) async {
        let own: HTTPFields
        do { own = try await server.credentials.fields() } catch {
            inbox.calls.finish(opening, .failed(error))
            return
        }
        var http = HTTPRequest(.get, url)
        http.fields = fields(own, isPost: false)
        let reader = RemoteReplyReader(limit: server.maxMessageBytes) { [weak self] event in
            self?.deliver(event, opening)
        }
        var detail = "The stream of the server's messages ended."
        do throws(HTTPFailure) {
            try await server.client.send(http, to: reader)
            let reply = reader.reply
            let fault = RemoteFailure.protocolFault(detail: "The server has no stream that names where to POST.")
            let isRefused = !reply.head.status.isSuccess
            inbox.calls.finish(
                opening,
                isRefused ? RefusedReply(reply, of: opening, hadSession: false).callEnd(own) : .failed(fault)
            )
        } catch {
            detail = "\(error)"
            inbox.calls.finish(opening, .failed(.unreachable(error, url: url)))
        }
        let wasOpen = state.withLock { $0.endpoint.take() } != nil
        if wasOpen { inbox.calls.finishAll(.died(detail: detail, isBare: true)) }
    }

    private func deliver(_ event: SSEParser.Event, _ opening: Int) {
        guard event.type == "endpoint" else {
            if event.type == "message", !event.data.isEmpty { inbox.deliver(event.data, of: nil) }
            return
        }
        let place = String(decoding: event.data, as: UTF8.self)
        guard let target = Redirect.target(place, from: url), Redirect.isSameOrigin(target, url) else {
            let words = "The server names an address of another origin for its messages."
            inbox.calls.finish(opening, .failed(.protocolFault(detail: words)))
            return state.withLock { $0.stream }?.cancel() ?? ()
        }
        state.withLock { $0.endpoint = target }
        inbox.calls.finish(opening, .answered(.success(.null)))
    }

    private func fields(_ own: HTTPFields, isPost: Bool, _ ofCall: HTTPFields = [:]) -> HTTPFields {
        var fields = ofCall
        fields.put(server.fields())
        fields["Accept"] = isPost ? "application/json, text/event-stream" : "text/event-stream"
        if isPost { fields["Content-Type"] = "application/json" }
        fields.put(own)
        return fields
    }

    func transfer(_ request: OutgoingRequest) async -> CallEnd? {
        guard let endpoint else { return .sessionLost(detail: "The stream of the server's messages ended.") }
        let own: HTTPFields
        do { own = try await server.credentials.fields() } catch { return .failed(error) }
        var http = HTTPRequest(.post, endpoint, body: request.bytes)
        http.fields = fields(own, isPost: true, request.fields)
        let reader = RemoteReplyReader(limit: server.maxMessageBytes) { [inbox] event in
            inbox.deliver(event.data, of: request.id)
        }
        do throws(HTTPFailure) {
            try await server.client.send(http, to: reader)
        } catch {
            if case .cancelled = error { return .failed(.cancelled) }
            if error.isAllInUse { return .failed(.busy) }
            guard error.mayHaveBeenSent else { return .failed(.unreachable(error, url: url)) }
            return .died(detail: "\(error)", isBare: true)
        }
        let reply = reader.reply
        guard reply.head.status.isSuccess else {
            return RefusedReply(reply, of: request.id, hadSession: true).callEnd(own)
        }
        if reply.form == .json, !reply.body.isEmpty { inbox.deliver(reply.body, of: request.id) }
        return nil
    }

    func post(_ message: [UInt8], revision _: Revision?) async {
        guard let endpoint, let own = try? await server.credentials.fields() else { return }
        var http = HTTPRequest(.post, endpoint, body: message)
        http.timeLimit = .seconds(10)
        http.fields = fields(own, isPost: true)
        try? await server.client.send(http, to: RemoteReplyReader(limit: server.maxMessageBytes) { _ in })
    }

    /// The stream is the session: with its end both are gone.
    func listen(_: Revision, heard: @escaping @Sendable () -> Void) async -> StreamEnd {
        heard()
        await state.withLock { $0.stream }?.value
        return state.withLock { $0.isClosed } ? .none : .sessionLost
    }

    func abandon(_ request: OutgoingRequest, _ transfer: Task<Void, Never>?) {
        transfer?.cancel()
        guard request.method != "initialize" else { return }
        let notice = Notification("notifications/cancelled", params: ["requestId": .int(request.id)])
        Task(executorPreference: WorkerPool.shared) { await self.post(notice.encoded, revision: nil) }
    }

    func close() async {
        let stream = state.withLock { state in
            state.isClosed = true
            state.endpoint = nil
            return state.stream
        }
        stream?.cancel()
    }

    func forgetConnections() {
        server.client.forgetConnections()
        state.withLock { $0.stream }?.cancel()
    }

    func drop() async { await close() }
}
