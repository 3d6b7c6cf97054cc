import Clock
import JSON
import JSONRPC
import MCP
import MCPClient

/// A request of 2026-07-28, which says all that is to be known of it.
struct StatelessRequest: Sendable {
    private let request: Request
    private let params: JSONObject
    private let caller: BridgeCaller
    private let exchange: Exchange
    private let bridge: Bridge
    private let capabilities: JSON
    private let level: ClientLog.Level?
    private let session: PooledSession

    init(
        _ request: Request,
        _ params: JSONObject,
        of caller: BridgeCaller,
        in exchange: Exchange,
        _ bridge: Bridge
    ) throws(RPCError) {
        let meta = params["_meta"]
        _ = try RequestMetadata.revision(named: RequestMetadata.version(meta))
        self.request = request
        self.params = params
        self.caller = caller
        self.exchange = exchange
        self.bridge = bridge
        capabilities = meta?[RequestMetadata.clientCapabilities] ?? [:]
        level = try Self.level(meta?[RequestMetadata.logLevel])
        let info = meta?[RequestMetadata.clientInfo] ?? bridge.options.info
        session = bridge.pool.session(for: caller, client: RemoteClient(info: info, capabilities: capabilities))
    }

    private static func level(_ json: JSON?) throws(RPCError) -> ClientLog.Level? {
        guard let json else { return nil }
        guard let level = json.string.flatMap({ ClientLog.Level(rawValue: $0) }) else {
            throw .invalidParams(
                "`\(RequestMetadata.logLevel)` must be a level of RFC 5424, from `debug` to `emergency`."
            )
        }
        return level
    }

    func handled() throws(RPCError) -> Reply {
        guard !EraMethods.isRemoved(request.method) else { throw .methodNotFound(request.method) }
        guard request.method != "subscriptions/listen" else { return try listen() }
        let relay = CallRelay(exchange, token: HopMetadata.carried(params).token, admits: admitted) { method, _ in
            .failure(.methodNotFound(method))
        }
        return .later(
            Job(cancelled: relay.mute) {
                defer { relay.mute() }
                do throws(RemoteFailure) {
                    return .success(EncodedJSON(try await result(relay)))
                } catch {
                    return ended(error)
                }
            }
        )
    }

    private func result(_ relay: CallRelay) async throws(RemoteFailure) -> JSON {
        let server = if let known = session.server { known } else { try await session.open() }
        guard request.method != "server/discover" else { return Opening.discoverResult(of: server) }
        var carried = HopMetadata.carried(params).params
        // With a handshake, the session's level is lowered to it, and others do not see the lines.
        if let level { carried = HopMetadata.asking(for: level.rawValue, in: carried) }
        guard !server.revision.isStateless else { return try await session.call(call(carried, relay)) }
        guard EraMethods.cross(request.method) else { throw .refused(.methodNotFound(request.method)) }
        let result = try await inRounds(carried, relay)
        return ResultToStateless.translated(result, of: request.method, from: server)
    }

    private func call(_ params: JSONObject, _ relay: CallRelay) -> RemoteCall {
        RemoteCall(
            request.method,
            params.isEmpty ? nil : params,
            wantsProgress: relay.wantsProgress,
            isRepeatable: EraMethods.isRepeatable(request.method),
            events: relay,
            caller: caller.key
        )
    }

    private func ended(_ failure: RemoteFailure) -> Outcome {
        guard case .refused(let error) = failure else { return .failure(RPCError(failure)) }
        guard session.server?.revision.isStateless != true else {
            // These two are about what the bridge sent; a missing capability is the client's own.
            let isOfBridge = error.code == -32020 || error.code == -32022
            return .failure(isOfBridge ? ResultToHandshake.ofThisHop(error) : error)
        }
        return .failure(ResultToStateless.translated(error, of: request.method, params))
    }

    /// What may come with this request: of a server with a handshake, only log lines that it asked for itself.
    private func admitted(_ notification: Notification) -> Notification? {
        guard session.server?.revision.isStateless != true else { return notification }
        guard notification.method == "notifications/message", let level,
            let own = notification.params?["level"]?.string.flatMap({ ClientLog.Level(rawValue: $0) })
        else { return nil }
        return own >= level ? notification : nil
    }
}

// A server with a handshake asks in the middle of a call.
extension StatelessRequest {
    private func inRounds(_ carried: JSONObject, _ relay: CallRelay) async throws(RemoteFailure) -> JSON {
        if let handle = params["requestState"] { return try await goOn(handle, relay) }
        var carried = carried
        carried["inputResponses"] = nil
        guard QuestionKind.isAny(takenBy: capabilities) else {
            return try await opening { () async throws(RemoteFailure) in try await session.call(call(carried, relay)) }
        }
        let parked = ParkedCall(capabilities: capabilities)
        parked.attach(relay)
        parked.begin(call(carried, relay), in: session)
        return try await round(of: parked)
    }

    private var owner: ParkedCalls.Owner { ParkedCalls.Owner(caller.key, request.method, params) }

    private func goOn(_ handle: JSON, _ relay: CallRelay) async throws(RemoteFailure) -> JSON {
        guard let handle = handle.string, let parked = bridge.parked.reclaim(handle, for: owner) else {
            throw .refused(
                .invalidParams("`requestState` is not known here, or no longer. Send the request without it.")
            )
        }
        parked.attach(relay)
        if let answers = params["inputResponses"] { parked.resume(with: answers) }
        return try await round(of: parked)
    }

    /// Until the server asks, or has answered.
    private func round(of parked: ParkedCall) async throws(RemoteFailure) -> JSON {
        switch await parked.event() {
        case .ended(let result): return try await opening { () async throws(RemoteFailure) in try result.get() }
        case .asked:
            // What the server asks in the same breath is asked together.
            try? await SystemClock.sleep(for: .milliseconds(20))
            guard let handle = bridge.parked.park(parked, for: owner) else {
                parked.abandon()
                throw .busy
            }
            return [
                "resultType": "input_required",
                "inputRequests": .object(parked.questions),
                "requestState": .string(handle),
            ]
        }
    }

    /// What 2025-11-25 says with an error is a round here, for clients that can open pages.
    private func opening(_ work: () async throws(RemoteFailure) -> JSON) async throws(RemoteFailure) -> JSON {
        do throws(RemoteFailure) { return try await work() } catch {
            guard case .refused(let refusal) = error, capabilities["elicitation"]?["url"] != nil,
                let round = ResultToStateless.opening(refusal)
            else { throw error }
            return round
        }
    }
}

// Notifications.
extension StatelessRequest {
    private func listen() throws(RPCError) -> Reply {
        let wanted = try ListenFilter(params["notifications"])
        let listen = Listen(request.id, session, to: exchange)
        let (id, conversation) = (request.id, exchange.conversation)
        listen.begin(wanted) { [weak conversation] failure in
            guard !Task.isCancelled else { return }
            // It stands open from the moment on in which this reply is taken.
            var pauses = Backoff(from: .milliseconds(1), to: .seconds(1))
            while conversation?.endStandingRequest(id, with: .failure(RPCError(failure))) == false {
                do { try await pauses.pause() } catch { return }
            }
        }
        return .open(StandingRequest(ending: EncodedJSON(Listen.ending(id)), ended: listen.stop))
    }
}
