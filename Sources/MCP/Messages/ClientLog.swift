package import JSON
import JSONRPC
import Synchronization

/// Log lines for the client that asked for them: `context.log(.info, "Looked twice.", ("tries", 2))`.
///
/// One belongs to one request, and sends nothing once that is answered or cancelled. What comes faster than a client
/// could use is left out, and so is everything while the client does not read.
package struct ClientLog: Sendable {
    /// How bad it is; the names and their order are those of RFC 5424.
    package enum Level: String, CaseIterable, Comparable, Sendable {
        case debug, info, notice, warning, error, critical, alert, emergency

        package static func < (a: Level, b: Level) -> Bool {
            allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0
        }
    }

    /// The client did not ask for it.
    package static let unheard = ClientLog(line: nil)

    private let line: Line?

    /// Whether anything may be sent.
    var isHeard: Bool { line != nil }

    private init(line: Line?) { self.line = line }

    /// For one request, from `level` on.
    init(from level: Level, to exchange: Exchange) { line = Line(from: level, to: exchange) }

    /// Never name arguments, people or secrets; `data` is what a program reads.
    package func callAsFunction(_ level: Level, _ message: @autoclosure () -> String, _ data: (String, JSON)...) {
        guard let line, line.isOpen(to: level) else { return }
        let message = message()
        let members = [JSONObject.Member("message", .string(message))] + data.map { .init($0.0, $0.1) }
        let params = JSON.members(
            ("level", .string(level.rawValue)),
            ("data", data.isEmpty ? .string(message) : .object(JSONObject(members)))
        )
        line.send(Notification("notifications/message", params: params))
    }

    /// The request is answered, or its answer is not wanted any more.
    func end() { line?.end() }

    private final class Line: Sendable {
        private struct State {
            var isOver = false
            var rate = RateLimit(burst: 50, perSecond: 10)
        }

        private let level: Level
        private let exchange: Exchange
        private let state = Mutex(State())

        init(from level: Level, to exchange: Exchange) {
            self.level = level
            self.exchange = exchange
        }

        func isOpen(to level: Level) -> Bool {
            guard level >= self.level, !exchange.isCongested else { return false }
            return state.withLock { !$0.isOver && $0.rate.admits() }
        }

        func send(_ notification: Notification) { exchange.send(notification) }

        func end() { state.withLock { $0.isOver = true } }
    }
}
