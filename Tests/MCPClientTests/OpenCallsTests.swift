import JSON
import JSONRPC
import Logging
import TestSupport
import Testing

@testable import MCPClient

@Suite struct `The time of a call` {
    private struct Unheard: RemoteSessionEvents {
        func notified(_: Notification) {}
        func asked(_ method: String, _: JSON?) async -> Outcome { .failure(.methodNotFound(method)) }
        func reconnected() {}
    }

    /// Thinks about a question until it is told not to.
    private struct Thinking: RemoteCallEvents {
        let asked = Latch()
        let answered = Latch()

        func progressed(_: JSONObject) {}
        func notified(_: Notification) {}

        func asked(_: String, _: JSON?) async -> Outcome {
            asked.pass()
            await answered.passed()
            return .success(.emptyObject)
        }
    }

    @Test func `stands still while its client thinks about a question of the server`() async {
        let calls = OpenCalls(CallLimits(silence: .milliseconds(1), longest: .milliseconds(2)))
        let inbox = Inbox(calls, Unheard(), .none)
        let thinking = Thinking()
        let id = calls.nextID()
        let end = await calls.ending(of: id, events: thinking, silence: .seconds(600)) {
            inbox.deliver(["jsonrpc": "2.0", "id": 1, "method": "roots/list"], of: id)
            await thinking.asked.passed()
            // By then its time would be over, if it counted.
            #expect(calls.due(at: .now + .seconds(1000)) == [])
            thinking.answered.pass()
            return .failed(.busy)
        } abandon: { _ in
        }
        guard case .failed(.busy) = end else {
            Issue.record("It was given up: \(end)")
            return
        }
    }

    @Test func `is over for an answer that is too large to be read`() async {
        let calls = OpenCalls(CallLimits(silence: .seconds(600), longest: .seconds(600)))
        let inbox = Inbox(calls, Unheard(), .none)
        let id = calls.nextID()
        let deep = String(repeating: "[", count: 100_000)
        let end = await calls.ending(of: id, events: nil) {
            inbox.deliver(Array(deep.utf8), of: id)
            return nil
        } abandon: { _ in
        }
        guard case .failed(.protocolFault) = end else {
            Issue.record("It ended otherwise: \(end)")
            return
        }
    }
}
