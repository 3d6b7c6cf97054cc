import HTTP
import HTTPServer
import Logging
import Synchronization

/// A service of a few closures.
struct TestService: HTTPService {
    var onEnd: @Sendable (HTTPRecord) -> Void = { _ in }
    let onReceive: @Sendable (HTTPExchange) -> Void

    init(
        onEnd: @escaping @Sendable (HTTPRecord) -> Void = { _ in },
        _ onReceive: @escaping @Sendable (HTTPExchange) -> Void
    ) {
        self.onEnd = onEnd
        self.onReceive = onReceive
    }

    func receive(_ exchange: HTTPExchange) { onReceive(exchange) }

    func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead?) -> HTTPResponse {
        HTTPResponse(problem.status, text: #"{"refused":"\#(problem.status)"}"#, type: "application/json")
    }

    func ended(_ exchange: HTTPExchange, _ record: HTTPRecord) { onEnd(record) }
}

extension HTTPServer {
    /// A server of a test.
    static func serving(
        limits: HTTPServerLimits = HTTPServerLimits(),
        onEnd: @escaping @Sendable (HTTPRecord) -> Void = { _ in },
        _ onReceive: @escaping @Sendable (HTTPExchange) -> Void
    ) throws -> HTTPServer {
        try HTTPServer(
            HTTPServerConfiguration(limits: limits),
            log: .none,
            service: TestService(onEnd: onEnd, onReceive)
        )
    }
}

/// What happens in a service, for the test that waits for it.
struct Events<Element: Sendable>: Sendable {
    let stream: AsyncStream<Element>
    private let source: AsyncStream<Element>.Continuation

    init() { (stream, source) = AsyncStream.makeStream(of: Element.self) }

    func add(_ element: Element) { source.yield(element) }

    /// The next one.
    func next() async -> Element? {
        for await element in stream { return element }
        return nil
    }
}

func ok(_ text: String) -> HTTPResponse { HTTPResponse(.ok, text: text) }

let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

func post(_ body: String, _ fields: String = "") -> String {
    "POST / HTTP/1.1\r\nHost: localhost\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
