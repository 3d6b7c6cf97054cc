import HTTP
import Logging
import Synchronization
import Threads

/// One request and its answer, from the request line to the last byte sent.
///
/// The library's thread moves it on; a task answers it while the connection rests. Whoever answers first wins: the
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
        var body: [UInt8] = []
        var isTooLarge = false
        var task: Task<Void, Never>?
        var isCancelled = false

        /// Keeps a piece of the body; past the limit it is dropped.
        mutating func take(_ piece: UnsafeRawBufferPointer) {
            guard !isTooLarge, body.count + piece.count <= HTTPServer.bodyLimit else {
                isTooLarge = true
                body = []
                return
            }
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
    }

    /// One call of the library; false ends the connection.
    func advanced(method: String, piece: UnsafeRawBufferPointer) -> Bool {
        switch state.withLock({ $0.phase }) {
        case .head:
            state.withLock { $0.phase = .body }
            let length = connection.field("Content-Length").flatMap { Int($0) } ?? 0
            return length > HTTPServer.bodyLimit ? connection.send(.response(Self.tooLarge)) : true
        case .body where !piece.isEmpty:
            state.withLock { $0.take(piece) }
            return true
        case .body:
            if state.withLock({ $0.isTooLarge }) { return connection.send(.response(Self.tooLarge)) }
            rest(method: method)
            return true
        case .answered(let reply): return connection.send(reply)
        case .waiting, .over: return true
        }
    }

    /// Lets the connection rest until a task has answered.
    private func rest(method: String) {
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
        let fields = connection.fields
        let body = state.withLock { state in
            defer { state.body = [] }
            return state.body
        }
        return HTTPRequest(HTTPMethod(rawValue: method), url(fields["Host"]), fields: fields, body: body)
    }

    private func url(_ host: String?) -> String {
        if target.hasPrefix("http://") || target.hasPrefix("https://") { return target }
        let own = core.authority.withLock { $0 }
        let authority = host.flatMap { URLText("http://\($0)/")?.path == "/" ? $0 : nil } ?? own
        return "http://\(authority)\(target.hasPrefix("/") ? "" : "/")\(target)"
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

    /// Nobody waits for the answer any more.
    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }

    func ended() {
        state.withLock { $0.phase = .over }
        core.watch.remove(self)
        cancel()
    }

    static let stopping = HTTPResponse(.serviceUnavailable, text: "The server is stopping.\n")
    private static let tooLarge = HTTPResponse(
        .contentTooLarge,
        text: "The body is larger than \(HTTPServer.bodyLimit >> 20) MiB.\n"
    )
}
