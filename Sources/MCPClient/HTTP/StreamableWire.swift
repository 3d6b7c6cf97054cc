import Clock
import HTTP
import JSON
import JSONRPC
import Logging
import MCP
import Synchronization
import Threads

/// Streamable HTTP: each message is a POST of its own, answered as JSON or as a stream (2025-03-26 on).
final class StreamableWire: RemoteWire {
    private struct State {
        var sessionID: String?
        /// By which the stream that belongs to no call goes on.
        var lastEventID: String?
    }

    let server: HTTPRemoteServer
    let inbox: Inbox
    let url: String
    private let state = Mutex(State())

    init(_ server: HTTPRemoteServer, at url: String, _ inbox: Inbox) {
        self.server = server
        self.url = url
        self.inbox = inbox
    }

    var credentials: (any RemoteCredentials)? { server.credentials }

    var hasSession: Bool { sessionID != nil }

    private var sessionID: String? { state.withLock { $0.sessionID } }

    func transfer(_ request: OutgoingRequest) async -> CallEnd? {
        let own: HTTPFields
        do { own = try await server.credentials.fields() } catch { return .failed(error) }
        var http = HTTPRequest(.post, url, body: request.bytes, mayBeRepeated: request.isRepeatable)
        http.share = server.sharesConnections ? request.caller : nil
        http.fields = fields(request.fields, request.revision, isPost: true, request.routingFields, own)
        let reader = reader(for: request)
        do {
            try await exchange(&http, reader)
        } catch {
            return outcome(after: error, reader.reply)
        }
        return await outcome(of: request, reader, own)
    }

    /// Sends it, and once more where the server names another address of its own.
    private func exchange(_ http: inout HTTPRequest, _ reader: RemoteReplyReader) async throws(HTTPFailure) {
        try await server.client.send(http, to: reader)
        let head = reader.reply.head
        guard head.status == 307 || head.status == 308, let place = head.fields["Location"],
            let target = Redirect.target(place, from: http.url), Redirect.isSameOrigin(target, http.url)
        else { return }
        http.url = target
        try await server.client.send(http, to: reader)
    }

    private func reader(for request: OutgoingRequest, seen: Set<String> = []) -> RemoteReplyReader {
        let id = request.id
        return RemoteReplyReader(limit: server.maxBytes(of: request.method), seen: seen) { [weak self] response in
            guard request.method == "initialize", let named = response.fields["Mcp-Session-Id"] else { return }
            self?.state.withLock { $0.sessionID = named }
        } event: { [inbox] event in
            // The first event of a stream may have an id alone (2025-11-25).
            if event.type == "message", !event.data.isEmpty { inbox.deliver(event.data, of: id) }
        }
    }

    /// Those of a call, beneath the server's, beneath the protocol's, beneath the credentials.
    func fields(
        _ ofCall: HTTPFields,
        _ revision: Revision?,
        isPost: Bool,
        _ routing: HTTPFields,
        _ own: HTTPFields
    ) -> HTTPFields {
        var fields = ofCall
        fields.put(server.fields())
        if isPost { fields["Content-Type"] = "application/json" }
        fields["Accept"] = isPost ? "application/json, text/event-stream" : "text/event-stream"
        if let revision, revision >= .june2025 { fields["MCP-Protocol-Version"] = revision.rawValue }
        if revision?.isStateless != true, let sessionID { fields["Mcp-Session-Id"] = sessionID }
        fields.put(routing)
        fields.put(own)
        return fields
    }

    /// What follows from a request for which no whole response came.
    private func outcome(after failure: HTTPFailure, _ reply: RemoteReply) -> CallEnd {
        if case .cancelled = failure { return .failed(.cancelled) }
        if failure.isAllInUse { return .failed(.busy) }
        guard failure.mayHaveBeenSent else { return .failed(.unreachable(failure, url: url)) }
        return .died(detail: "\(failure)", isBare: reply.form == .nothing)
    }

    private func outcome(of request: OutgoingRequest, _ reader: RemoteReplyReader, _ own: HTTPFields) async -> CallEnd?
    {
        let reply = reader.reply
        if reply.isTooLong { return .failed(.tooLarge(limit: server.maxBytes(of: request.method))) }
        guard reply.head.status.isSuccess else {
            return RefusedReply(reply, of: request.id, hadSession: hasSession).callEnd(own)
        }
        switch reply.form {
        case .json:
            inbox.deliver(reply.body, of: request.id)
            return .failed(.protocolFault(detail: "The server's answer holds no response to the request."))
        case .events: return await resumed(request, reader)
        case .other, .nothing:
            let kind = reply.head.mediaType ?? "nothing"
            return .failed(.protocolFault(detail: "The server answered with \(kind) in place of JSON or events."))
        }
    }

    func abandon(_ request: OutgoingRequest, _ transfer: Task<Void, Never>?) {
        guard !request.isStateless, request.method != "initialize" else {
            transfer?.cancel()
            return
        }
        // A handshake server takes the end of the connection for no cancellation.
        let notice = Notification("notifications/cancelled", params: ["requestId": .int(request.id)])
        Task(executorPreference: WorkerPool.shared) {
            await self.post(notice.encoded, revision: request.revision)
            transfer?.cancel()
        }
    }

    func post(_ message: [UInt8], revision: Revision?) async {
        guard let own = try? await server.credentials.fields() else { return }
        var http = HTTPRequest(.post, url, body: message)
        http.timeLimit = min(server.timeout, .seconds(10))
        http.fields = fields([:], revision, isPost: true, [:], own)
        let reader = RemoteReplyReader(limit: server.maxMessageBytes) { [inbox] event in
            inbox.deliver(event.data, of: nil)
        }
        do throws(HTTPFailure) {
            try await exchange(&http, reader)
            let status = reader.reply.head.status
            if !status.isSuccess { server.log.debug("The server refused a message", ("status", "\(status)")) }
        } catch {
            server.log.debug("A message did not reach the server", ("cause", "\(error)"))
        }
    }

    func close() async {
        guard let sessionID else { return }
        guard let own = try? await server.credentials.fields() else { return }
        var http = HTTPRequest(.delete, url)
        http.timeLimit = .seconds(1.5)
        http.fields = fields([:], nil, isPost: false, [:], own)
        http.fields["Mcp-Session-Id"] = sessionID
        try? await server.client.send(http, to: RemoteReplyReader(limit: 0) { _ in })
    }

    func forgetConnections() { server.client.forgetConnections() }

    /// It may be another server by now.
    func drop() async { server.known.way = nil }
}

// Streams that go on after a break, and the one that belongs to no call.
extension StreamableWire {
    /// How often a server is asked again that cannot be reached.
    private static let patience = 3

    /// The end of a request whose stream has ended: it may have answered, or the stream is to be asked for again.
    private func resumed(_ request: OutgoingRequest, _ first: RemoteReplyReader) async -> CallEnd? {
        var reader = first
        /// By which the stream is asked to go on: that of its opening where a later part brought none.
        var token: String?
        var retry: Int?
        var failures = 0
        while inbox.calls.isOpen(request.id) {
            let reply = reader.reply
            if reply.isTooLong { return .failed(.tooLarge(limit: server.maxBytes(of: request.method))) }
            token = reply.lastEventID.flatMap { $0.isEmpty ? nil : $0 } ?? token
            retry = reply.retry ?? retry
            guard !request.isStateless, let token else {
                return .died(detail: "The stream ended before the answer.", isBare: !first.reply.hasEvents)
            }
            let pause = Duration.milliseconds(min(retry ?? 1000, 60_000))
            guard (try? await SystemClock.sleep(for: pause)) != nil else { return .failed(.cancelled) }
            guard inbox.calls.isOpen(request.id) else { return nil }
            reader = self.reader(for: request, seen: reader.seen)
            do {
                try await open(reader, after: token, request.revision)
                guard reader.reply.form == .events else {
                    let status = reader.reply.head.status
                    return .died(detail: "The server does not go on with its stream (HTTP \(status)).", isBare: false)
                }
                failures = 0
            } catch {
                if case .cancelled = error { return .failed(.cancelled) }
                failures += reader.reply.form == .nothing ? 1 : 0
                guard failures < Self.patience else { return .died(detail: "\(error)", isBare: false) }
            }
        }
        return nil
    }

    private func open(_ reader: RemoteReplyReader, after token: String?, _ revision: Revision?)
        async throws(HTTPFailure)
    {
        guard let own = try? await server.credentials.fields() else { throw .cancelled }
        var http = HTTPRequest(.get, url)
        http.fields = fields([:], revision, isPost: false, [:], own)
        if let token { http.fields["Last-Event-ID"] = token }
        try await server.client.send(http, to: reader)
    }

    func listen(_ revision: Revision, heard: @escaping @Sendable () -> Void) async -> StreamEnd {
        let reader = RemoteReplyReader(limit: server.maxMessageBytes) { response in
            if response.status.isSuccess { heard() }
        } event: { [inbox] event in
            if event.type == "message", !event.data.isEmpty { inbox.deliver(event.data, of: nil) }
        }
        do {
            try await open(reader, after: state.withLock { $0.lastEventID }, revision)
        } catch {
            if reader.reply.form != .events { return .failed }
        }
        let reply = reader.reply
        if let id = reply.lastEventID, !id.isEmpty { state.withLock { $0.lastEventID = id } }
        switch reply.head.status {
        case _ where reply.form == .events: return .ended(retry: reply.retry)
        case 404 where sessionID != nil: return .sessionLost
        case let status where status == 429 || status.rawValue >= 500: return .failed
        default: return .none
        }
    }
}
