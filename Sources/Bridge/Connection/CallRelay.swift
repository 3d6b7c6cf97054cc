import JSON
import JSONRPC
import MCPClient
import Synchronization

/// Brings what a server sends for one call to the client whose call it is, until the call has ended.
final class CallRelay: RemoteCallEvents {
    private let exchange: Exchange
    private let token: JSON?
    /// The notification as the client may have it, or nil where it may not.
    private let admits: @Sendable (Notification) -> Notification?
    private let asks: @Sendable (String, JSON?) async -> Outcome
    private let isOver = Atomic(false)

    init(
        _ exchange: Exchange,
        token: JSON?,
        admits: @escaping @Sendable (Notification) -> Notification?,
        asks: @escaping @Sendable (String, JSON?) async -> Outcome
    ) {
        self.exchange = exchange
        self.token = token
        self.admits = admits
        self.asks = asks
    }

    var wantsProgress: Bool { token != nil }

    /// The call is answered, or its answer is not wanted any more: nothing is sent for it from now on.
    func mute() { isOver.store(true, ordering: .sequentiallyConsistent) }

    func progressed(_ params: JSONObject) {
        guard let token, !isOver.load(ordering: .sequentiallyConsistent) else { return }
        let members = [JSONObject.Member("progressToken", token)] + params.members
        exchange.send(Notification("notifications/progress", params: .object(JSONObject(members))))
    }

    func notified(_ notification: Notification) {
        guard !isOver.load(ordering: .sequentiallyConsistent), let own = admits(notification) else { return }
        exchange.send(own)
    }

    func asked(_ method: String, _ params: JSON?) async -> Outcome { await asks(method, params) }
}

extension Exchange {
    /// Asks the client what a server asks, in the server's own words.
    func relay(_ method: String, _ params: JSON?, within limit: Duration) async -> Outcome {
        do {
            return .success(EncodedJSON(try await ask(method, params, within: limit)))
        } catch AskFailure.refused(let error) {
            return .failure(error)
        } catch {
            return .failure(RPCError(code: -32603, "The client did not answer `\(method.prefix(80))`."))
        }
    }
}
