import JSON
import StreamableHTTP
import Synchronization

/// Keeps what is said of a call until there is a stream to say it on.
final class EarlyEvents: Sendable {
    private struct State {
        var waiting: [JSON] = []
        var stream: EventStream?
    }

    private let state = Mutex(State())

    func report(_ event: JSON) {
        state.withLock { state in
            if let stream = state.stream { stream.sendData(event.bytes) } else { state.waiting.append(event) }
        }
    }

    func flow(into stream: EventStream) {
        state.withLock { state in
            for event in state.waiting { stream.sendData(event.bytes) }
            state.waiting = []
            state.stream = stream
        }
    }
}
