import JSON
package import JSONRPC
package import MCP
import MCPClient
import Synchronization

/// The bridge as one client sees it: decides for each message which era it belongs to, and how it goes on.
///
/// Where client and server speak the same era everything goes through as it came, but for ids and tokens, which belong to
/// one hop; otherwise message by message.
package final class BridgeConnection: ServedConnection {
    private struct State {
        var caller: BridgeCaller
        var session: HandshakeSession?
    }

    let bridge: Bridge
    private let isLasting: Bool
    private let state: Mutex<State>

    init(_ bridge: Bridge, _ caller: BridgeCaller, _ session: SessionState?, isLasting: Bool) {
        self.bridge = bridge
        self.isLasting = isLasting
        let state = State(caller: caller)
        self.state = Mutex(state)
        guard let session else { return }
        let opened = adopted(session, as: caller)
        self.state.withLock { $0.session = opened }
    }

    private var session: HandshakeSession? { state.withLock { $0.session } }
    package var sessionState: SessionState? { session?.state }

    /// The same person goes on; with other credentials, in another session with the server.
    package func goOn(as caller: BridgeCaller) {
        let left = state.withLock { state -> HandshakeSession? in
            let isOther = state.caller.key != caller.key
            state.caller = caller
            return isOther ? state.session : nil
        }
        guard let left else { return }
        let next = left.again(bridge.upstream, as: caller)
        state.withLock { $0.session = next }
    }

    package func resume(_ session: SessionState, in exchange: Exchange) {
        let opened = adopted(session, as: state.withLock { $0.caller })
        state.withLock { $0.session = opened }
        opened.begin(in: exchange)
        exchange.conversation.openQuestions()
    }

    /// Ends the session with the server; what is under way is cancelled by the conversation.
    package func ended() {
        let session = state.withLock { state in
            defer { state.session = nil }
            return state.session
        }
        session?.leave()
    }

    /// The same, and waits until the server has been notified.
    package func hangUp() async { await session?.hangUp() }

    private func adopted(_ state: SessionState, as caller: BridgeCaller) -> HandshakeSession {
        let info: JSON = state.clientName.map { ["name": .string($0), "version": "0"] } ?? bridge.options.info
        let client = RemoteClient(info: info, capabilities: state.clientCapabilities)
        return HandshakeSession(bridge, client, as: caller, isShared: !isLasting, state)
    }

    package let ownTexts = ProtocolTexts.mcp
    package var acceptsBatches: Bool { session?.state?.revision == .march2025 }

    package func reply(to request: Request, inBatch: Bool, in exchange: Exchange) -> Reply {
        do throws(RPCError) {
            let params = try Self.parameters(of: request)
            let meta = params["_meta"]
            if inBatch, request.method == "initialize" || RequestMetadata.isClaimed(by: meta, inSession: true) {
                throw .invalidRequest(
                    "`\(request.method)` opens or describes a conversation; send it on a line of its own."
                )
            }
            if request.method == "initialize", !RequestMetadata.isComplete(meta) {
                return try initialize(params, in: exchange)
            }
            let session = session
            if RequestMetadata.isClaimed(by: meta, inSession: session != nil)
                || session == nil && request.method == "server/discover"
            {
                exchange.conversation.leaveOutUnknownID()
                let caller = state.withLock { $0.caller }
                return try StatelessRequest(request, params, of: caller, in: exchange, bridge).handled()
            }
            guard let session else { return try Self.beforeInitialize(request.method) }
            return session.handle(request, params, in: exchange)
        } catch {
            return .now(.failure(error))
        }
    }

    package func received(_ notification: Notification, in exchange: Exchange) {
        switch notification.method {
        case "notifications/cancelled":
            if let id = notification.params?["requestId"].flatMap({ RequestID($0) }) {
                exchange.conversation.cancel(id)
            }
        case "notifications/initialized":
            guard let session else { return }
            exchange.conversation.openQuestions()
            session.clientIsReady()
        default: session?.received(notification)
        }
    }

    package func cancellation(of id: RequestID) -> Notification? {
        Notification("notifications/cancelled", params: ["requestId": id.json])
    }

    private func initialize(_ params: JSONObject, in exchange: Exchange) throws(RPCError) -> Reply {
        guard let requested = params["protocolVersion"]?.string else {
            throw .invalidParams("`protocolVersion` must be a text.")
        }
        let client = RemoteClient(
            info: params["clientInfo"] ?? bridge.options.info,
            capabilities: params["capabilities"] ?? [:]
        )
        let caller = state.withLock { $0.caller }
        let session = HandshakeSession(bridge, client, as: caller, isShared: !isLasting)
        let former = state.withLock { state in
            defer { state.session = session }
            return state.session
        }
        former?.leave()
        session.begin(in: exchange)
        return .later(Job { await session.initialize(requested, in: exchange) })
    }

    private static func parameters(of request: Request) throws(RPCError) -> JSONObject {
        switch request.params {
        case .object(let members)?: members
        // Some languages have one word for an empty list and an empty object.
        case nil, .null?, .array([])?: JSONObject()
        default: throw .invalidParams("`params` must be an object.")
        }
    }

    /// A client may ping before it identifies itself (lifecycle, "Initialization").
    private static func beforeInitialize(_ method: String) throws(RPCError) -> Reply {
        guard method != "ping" else { return .now(.success(.emptyObject)) }
        throw .invalidParams(
            "`\(method.prefix(80))` needs a revision: send `initialize` first, or name "
                + "`\(RequestMetadata.protocolVersion)` and `\(RequestMetadata.clientCapabilities)` in `params._meta`."
        )
    }
}
