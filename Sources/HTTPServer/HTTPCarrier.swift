import HTTP
import Synchronization

/// What an exchange comes over and its answer leaves by: a connection of the library, or a caller in this process.
///
/// One thread at a time moves an exchange on. What is asked here is asked on that thread, but for `resume`.
protocol HTTPCarrier: AnyObject, Sendable {
    var core: ServerCore { get }
    /// The port on which it came, or 0.
    var localPort: Int { get }
    /// The other end has closed its side.
    var hasHungUp: Bool { get }
    /// Time was over before all of a body was here.
    var isOverdue: Bool { get }

    /// Nothing goes on until `resume`.
    func suspend()
    /// From any thread, and under the lock of who was suspended.
    func resume()
    /// False when it cannot, and the exchange then ends.
    func deliver(_ reply: HTTPServerReply) -> Bool
    func deliver(_ response: HTTPResponse, _ stream: HTTPBodyStream) -> Bool
    /// The other end knows the end of a body by that of the connection, and this is it.
    func endsWithBody()

    /// All of a head is here, and the service is about to be asked.
    func headIsComplete(_ exchange: HTTPExchange)
    func expectsBody(of exchange: HTTPExchange)
    /// All of a body is here; false when it came too late.
    func bodyIsComplete(_ exchange: HTTPExchange) -> Bool
    /// The answer is out, or never will be.
    func isOver(_ exchange: HTTPExchange)
}

extension HTTPConnection: HTTPCarrier {
    var core: ServerCore { daemon.core }
    var isOverdue: Bool { wait.kind == .overdue }

    func suspend() { library.suspend() }
    func resume() { library.resume() }
    func deliver(_ reply: HTTPServerReply) -> Bool { library.send(reply.response.status, MHDResponse(reply)) }

    func deliver(_ response: HTTPResponse, _ stream: HTTPBodyStream) -> Bool {
        library.send(response.status, MHDResponse(response, stream))
    }

    func endsWithBody() { library.isAboutToEnd() }

    func headIsComplete(_ exchange: HTTPExchange) {
        isAnswered()
        self.exchange.withLock { $0 = exchange }
    }

    func expectsBody(of exchange: HTTPExchange) { expects(.body, exchange.id) }
    func bodyIsComplete(_ exchange: HTTPExchange) -> Bool { bodyIsComplete(exchange.id) }

    func isOver(_ exchange: HTTPExchange) {
        self.exchange.withLock { $0 = nil }
        isIdle(since: exchange.id)
        repeatEnd()
    }
}
