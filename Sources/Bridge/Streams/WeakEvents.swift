import JSON
import JSONRPC
import MCPClient

/// Hands on to one that is held elsewhere.
struct WeakEvents: RemoteSessionEvents {
    private weak let target: (any RemoteSessionEvents & AnyObject)?

    init(_ target: any RemoteSessionEvents & AnyObject) { self.target = target }

    func notified(_ notification: Notification) { target?.notified(notification) }
    func reconnected() { target?.reconnected() }

    func asked(_ method: String, _ params: JSON?) async -> Outcome {
        guard let target else { return .failure(.methodNotFound(method)) }
        return await target.asked(method, params)
    }
}
