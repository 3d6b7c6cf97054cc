import HTTP
import HTTPServer
import JSON
import Logging
import MCP
import Synchronization
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(2))) struct `A request that is over` {
    private static let posts: [SentRequest] = {
        let (body, fields) = modern("tools/call", ["name": "say", "arguments": [:]])
        let call = request("tools/call", ["name": "say", "arguments": [:]])
        return [
            SentRequest(body: body.text, fields), SentRequest(body: call.text),
            SentRequest(body: JSON.array([call]).text), SentRequest(body: request("ping").text),
            SentRequest(body: call.text, ["Accept": "text/event-stream"]), SentRequest(body: "no JSON"),
            SentRequest(.get, "/health"), SentRequest(.get, "/none"),
        ]
    }()

    @Test func `is kept by nothing, however it was answered`() async throws {
        let server = servedTools(("say", { _, _ in Answer("said") }))
        let watch = Watch(StreamableHTTP(server, StreamableHTTPConfiguration(), log: .none))
        let http = try HTTPServer(HTTPServerConfiguration(), log: .none, service: watch)
        for post in Self.posts {
            let wire = try Wire(port: http.port)
            wire.write(post.closing.text)
            #expect(await wire.read().hasPrefix("HTTP/1.1 "))
        }
        #expect(watch.count == Self.posts.count)
        try await wait { watch.kept == 0 }
    }
}

/// Serves as another service does, and sees which requests are still in memory.
private final class Watch: HTTPService {
    /// Read and written under the lock alone.
    private struct Seen: @unchecked Sendable {
        weak var exchange: HTTPExchange?
    }

    private let service: StreamableHTTP
    private let seen = Mutex<[Seen]>([])

    init(_ service: StreamableHTTP) { self.service = service }

    var count: Int { seen.withLock { $0.count } }
    var kept: Int { seen.withLock { $0.count { $0.exchange != nil } } }

    func receive(_ exchange: HTTPExchange) {
        seen.withLock { $0.append(Seen(exchange: exchange)) }
        service.receive(exchange)
    }

    func refusal(_ problem: HTTPProblem, of head: HTTPRequestHead?) -> HTTPResponse {
        service.refusal(problem, of: head)
    }

    func ended(_ exchange: HTTPExchange, _ record: HTTPRecord) { service.ended(exchange, record) }
}
