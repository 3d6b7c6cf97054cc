package import HTTP
package import Logging
import Threads

/// A service that reads whole requests and answers each with a task, which is cancelled when its client hangs up.
struct AnsweringService: HTTPService {
    /// The names under which it answers, in small letters and without a port.
    ///
    /// A name that is not ours is how a page in a browser gets at a server of its own machine (DNS rebinding).
    let hosts: Set<String>
    let log: Log
    let answer: HTTPServer.Answer

    func receive(_ exchange: HTTPExchange) {
        guard Self.names(exchange.head).allSatisfy(hosts.contains) else {
            exchange.reply(Self.otherName)
            return
        }
        exchange.readBody(upTo: HTTPServer.bodyLimit) { body in
            let request = Self.request(exchange, body)
            let task = Task(executorPreference: WorkerPool.shared) { exchange.answer(await answer(request)) }
            exchange.whenGone { task.cancel() }
        }
    }

    func ended(_ exchange: HTTPExchange, _ record: HTTPRecord) {
        log.debug("answered", ("status", record.status.description))
    }

    private static let otherName = HTTPResponse(
        .forbidden,
        fields: ["Connection": "close"],
        text: "This server does not answer under that name. Use its own address.\n"
    )

    /// Under which names the server is asked.
    private static func names(_ head: HTTPRequestHead) -> [String] {
        let asked = [head.fields["Host"].map { "http://\($0)/" }, head.isAbsolute ? head.target : nil]
        return asked.compactMap { $0 }.map { URLText($0)?.host.lowercased() ?? "" }
    }

    private static func request(_ exchange: HTTPExchange, _ body: [UInt8]) -> HTTPRequest {
        HTTPRequest(exchange.head.method, url(exchange), fields: exchange.head.fields, body: body)
    }

    private static func url(_ exchange: HTTPExchange) -> String {
        let head = exchange.head
        if head.isAbsolute { return head.target }
        let own = head.local.contains(":") ? "[\(head.local)]" : head.local
        let host = head.fields["Host"] ?? "\(own):\(exchange.carrier.localPort)"
        return "http://\(host)\(head.target.hasPrefix("/") ? "" : "/")\(head.target)"
    }
}

extension HTTPServer {
    package typealias Answer = @Sendable (HTTPRequest) async -> HTTPServerReply

    /// A body larger than this is answered with 413.
    package static let bodyLimit = 16 << 20
    /// The names under which a server of this machine only is asked.
    package static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "::1"]

    /// `hosts` are the names, in small letters and without a port, under which it answers; any other gets 403.
    package convenience init(
        address: String = "127.0.0.1",
        port: Int = 0,
        hosts: Set<String> = loopbackNames,
        limits: HTTPServerLimits = HTTPServerLimits(),
        log: Log = .none,
        answer: @escaping Answer
    ) throws(HTTPServerError) {
        try self.init(
            HTTPServerConfiguration(address: address, port: port, limits: limits),
            log: log,
            service: AnsweringService(hosts: hosts, log: log, answer: answer)
        )
    }
}
