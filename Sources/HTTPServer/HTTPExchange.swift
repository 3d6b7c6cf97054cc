import HTTP
import Logging
import Synchronization
import Threads

/// One request and its answer, from the request line to the last byte sent.
///
/// The library's thread moves it on; a task answers it while the connection rests. The first to answer wins: the
/// task, or a server that stops.
final class HTTPExchange: Sendable {
    private enum Phase {
        case head
        case body
        case waiting
        case answered(HTTPServerReply)
        case over
    }

    private struct State {
        var phase = Phase.head
        var fields = HTTPFields()
        var body: [UInt8] = []
        /// How much room it has of that for all bodies.
        var room = 0
        /// What the body is answered with once it is all here.
        var refusal: HTTPResponse?
        var task: Task<Void, Never>?
        var isCancelled = false

        /// Keeps a piece of the body, or what refuses it and drops what there was.
        mutating func take(_ piece: UnsafeRawBufferPointer, refusal: HTTPResponse?) {
            self.refusal = self.refusal ?? refusal
            guard self.refusal == nil else {
                body = []
                return
            }
            room += piece.count
            body.append(contentsOf: piece)
        }
    }

    private let core: ServerCore
    private let connection: MHDConnection
    private let target: String
    private let state = Mutex(State())

    init(core: ServerCore, connection: MHDConnection, target: String) {
        self.core = core
        self.connection = connection
        self.target = target
        core.watch.expects(.head, from: connection)
    }

    /// One call of the library; false ends the connection.
    func advanced(method: String, version: String, piece: UnsafeRawBufferPointer) -> Bool {
        switch state.withLock({ $0.phase }) {
        case .head:
            let fields = connection.fields
            state.withLock { state in
                state.phase = .body
                state.fields = fields
            }
            let head = RequestHead(version: version, target: target, fields: fields)
            if let refusal = head.refusal(hosts: core.hosts, bodyLimit: core.limits.oneBody) { return refuse(refusal) }
            core.watch.expects(.body, from: connection)
            return true
        case .body where !piece.isEmpty:
            let refusal = refusal(of: piece.count)
            state.withLock { $0.take(piece, refusal: refusal) }
            return true
        case .body:
            if let refusal = state.withLock({ $0.refusal }) { return refuse(refusal) }
            rest(method: method)
            return true
        case .answered(let reply): return connection.send(reply)
        case .waiting, .over: return true
        }
    }

    private func refuse(_ refusal: HTTPResponse) -> Bool {
        core.watch.isAnswered(connection)
        return connection.send(.response(refusal))
    }

    /// Nil when there is room for so much more of the body, which is then taken.
    private func refusal(of count: Int) -> HTTPResponse? {
        let (isRefused, length) = state.withLock { ($0.refusal != nil, $0.body.count) }
        if isRefused { return nil }
        if length + count > core.limits.oneBody { return RequestHead.tooLarge(core.limits.oneBody) }
        return core.takeRoom(count) ? nil : Self.crowded
    }

    /// Lets the connection rest until a task has answered.
    private func rest(method: String) {
        core.watch.isAnswered(connection)
        let request = request(method: method)
        state.withLock { $0.phase = .waiting }
        connection.suspend()
        guard core.watch.add(self, descriptor: connection.descriptor) else { return finish(.response(Self.stopping)) }
        let task = Task(executorPreference: WorkerPool.shared) { self.finish(await self.core.answer(request)) }
        let isOver = state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isOver { task.cancel() }
    }

    private func request(method: String) -> HTTPRequest {
        let (fields, body) = state.withLock { state in
            defer { state.body = [] }
            return (state.fields, state.body)
        }
        return HTTPRequest(HTTPMethod(rawValue: method), url(fields["Host"]), fields: fields, body: body)
    }

    private func url(_ host: String?) -> String {
        if target.hasPrefix("http://") || target.hasPrefix("https://") { return target }
        let own = core.authority.withLock { $0 }
        return "http://\(host ?? own)\(target.hasPrefix("/") ? "" : "/")\(target)"
    }

    /// Takes the first answer and wakes the connection up; later ones are dropped.
    func finish(_ reply: HTTPServerReply) {
        let isFirst = state.withLock { state in
            guard case .waiting = state.phase else { return false }
            state.phase = .answered(reply)
            return true
        }
        guard isFirst else { return }
        core.log.debug("answered", ("status", reply.response.status.description))
        connection.resume()
        // Only now: a server that stops waits until nothing rests.
        core.watch.remove(self)
    }

    /// Nothing waits for the answer any more.
    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }

    func ended() {
        let room = state.withLock { state in
            state.phase = .over
            defer { state.room = 0 }
            return state.room
        }
        _ = core.takeRoom(-room)
        core.watch.remove(self)
        core.watch.expects(.nextRequest, from: connection)
        cancel()
    }

    static let stopping = HTTPResponse(.serviceUnavailable, text: "The server is stopping.\n")
    private static let crowded = RequestHead.response(
        .serviceUnavailable,
        "Too many large requests are under way. Try again in a moment."
    )
}
