import JSON
import JSONRPC
import Logging
import Synchronization
import Testing

@Suite struct `One end of a conversation` {
    @Test func `answers what needs no waiting before it reads on`() {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":"a","method":"now"}"#)
        #expect(end.written == [#"{"jsonrpc":"2.0","id":"a","result":{"was":"now"}}"#])
    }

    @Test func `answers the quick while the slow still work`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"later"}"#)
        end.write(#"{"jsonrpc":"2.0","id":2,"method":"now"}"#)
        #expect(end.written == [#"{"jsonrpc":"2.0","id":2,"result":{"was":"now"}}"#])
        end.handler.release()
        await end.idle()
        #expect(end.written.last == #"{"jsonrpc":"2.0","id":1,"result":{"was":"later"}}"#)
    }

    @Test func `never answers what was cancelled, and frees its id`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"later"}"#)
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#)
        await end.idle()
        #expect(end.written.isEmpty)
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"now"}"#)
        end.handler.release()
        #expect(end.written == [#"{"jsonrpc":"2.0","id":1,"result":{"was":"now"}}"#])
    }

    @Test func `tells the task that it was cancelled`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"until cancelled"}"#)
        end.write(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":1}}"#)
        await end.handler.cancelled()
    }

    @Test func `keeps two requests of one id apart`() async {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"later"}"#)
        end.write(#"{"jsonrpc":"2.0","id":1,"method":"now"}"#)
        end.handler.release()
        await end.idle()
        #expect(end.written.count == 2)
        #expect(end.written[0].contains(#""id":null,"error":{"code":-32600"#))
        #expect(end.written[1] == #"{"jsonrpc":"2.0","id":1,"result":{"was":"later"}}"#)
    }

    @Test func `leaves the unknown id out once it may`() {
        let end = End()
        end.write("{bad")
        end.peer.leaveOutUnknownID()
        end.write("{bad")
        #expect(end.written[0].hasPrefix(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700"#))
        #expect(end.written[1].hasPrefix(#"{"jsonrpc":"2.0","error":{"code":-32700"#))
    }

    @Test func `says no more to a notification or a response`() {
        let end = End()
        end.write(#"{"jsonrpc":"2.0","method":"whatever"}"#)
        end.write(#"{"jsonrpc":"2.0","id":99,"result":{}}"#)
        #expect(end.written.isEmpty)
    }

    @Test func `answers a line that was too long`() {
        let end = End()
        end.peer.receive(.tooLong)
        #expect(end.written[0].contains(#""code":-32600"#))
    }
}

/// A peer whose other side is a list of lines.
private final class End: Sendable {
    let handler = Handler()
    let peer: Peer
    private let lines: Lines

    var written: [String] { lines.all.withLock { $0 } }

    init() {
        let lines = Lines()
        self.lines = lines
        let transport = MemoryTransport { line in
            lines.all.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        peer = Peer(handler: handler, transport: transport, log: .none)
    }

    func write(_ line: String) { peer.receive(.text(Array(line.utf8))) }

    func idle() async {
        await withCheckedContinuation { continuation in peer.whenIdle { continuation.resume() } }
    }

    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }
}

/// Answers `now` at once, `later` when released, and notes when a task is cancelled.
private final class Handler: RequestHandler {
    private let gate = AsyncStream<Void>.makeStream()
    private let cancellation = AsyncStream<Void>.makeStream()

    func reply(to request: Request, on peer: Peer) -> Reply {
        let outcome = Outcome.success(EncodedJSON(["was": .string(request.method)]))
        switch request.method {
        case "now": return .now(outcome)
        case "later":
            return .later { [gate] in
                for await _ in gate.stream { break }
                return outcome
            }
        default:
            return .later { [cancellation] in
                try? await Task.sleep(for: .seconds(60))
                if Task.isCancelled { cancellation.continuation.yield() }
                return outcome
            }
        }
    }

    func received(_ notification: Notification, on peer: Peer) {
        if notification.method == "cancel", let id = notification.params?["id"].flatMap({ RequestID($0) }) {
            peer.cancel(id)
        }
    }

    func release() { gate.continuation.yield() }

    func cancelled() async { for await _ in cancellation.stream { break } }
}
