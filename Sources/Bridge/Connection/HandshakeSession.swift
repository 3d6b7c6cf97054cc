import JSON
import JSONRPC
import MCP
import MCPClient
import Synchronization
import Threads

/// A client's session in a revision with a handshake, and the session with the server that belongs to it.
final class HandshakeSession: RemoteSessionEvents {
    private struct State {
        var agreed: SessionState?
        /// The capabilities that the client was answered with.
        var told: JSON?
        var logLevel: String?
        /// Resources whose changes the client subscribed to, with a server that has no such request.
        var resources: Set<String> = []
        var isReady = false
        var isSignedOut = false
        var changes: ChangeQueue?
        /// Looks for the server, until it answers.
        var recovery: Task<Void, Never>?
    }

    let bridge: Bridge
    let client: RemoteClient
    let remote: any RemoteSession
    /// Whom it is for.
    let caller: String
    /// Whether the session with the server is not its own.
    private let isShared: Bool
    private let content: Mutex<State>

    /// With `agreed`, `initialize` was answered before.
    convenience init(
        _ bridge: Bridge,
        _ client: RemoteClient,
        as caller: BridgeCaller,
        isShared: Bool,
        _ agreed: SessionState? = nil
    ) {
        let relay = SessionRelay { _ in }
        let remote: any RemoteSession =
            isShared
            ? bridge.pool.session(for: caller, client: client)
            : bridge.upstream.session(for: client, as: caller, events: relay)
        self.init(bridge, client, remote, caller.key, isShared: isShared, agreed)
        if !isShared { _ = relay.register(WeakEvents(self)) }
    }

    private init(
        _ bridge: Bridge,
        _ client: RemoteClient,
        _ remote: any RemoteSession,
        _ caller: String,
        isShared: Bool,
        _ agreed: SessionState?
    ) {
        self.caller = caller
        self.bridge = bridge
        self.client = client
        self.remote = remote
        self.isShared = isShared
        content = Mutex(State(agreed: agreed, logLevel: agreed?.logLevel?.rawValue))
    }

    /// The same session of the client, for one who comes with other credentials.
    func again(_ upstream: any Upstream, as caller: BridgeCaller) -> HandshakeSession {
        let next = HandshakeSession(bridge, client, as: caller, isShared: isShared, state)
        let old = content.withLock { $0 }
        next.content.withLock { state in
            state.told = old.told
            state.isReady = old.isReady
            state.changes = old.changes
        }
        leave()
        next.reconnected()
        return next
    }

    /// What `initialize` agreed to.
    var state: SessionState? {
        content.withLock { state in
            guard let agreed = state.agreed else { return nil }
            return SessionState(
                agreed.revision,
                clientCapabilities: agreed.clientCapabilities,
                clientName: agreed.clientName,
                logLevel: state.logLevel.flatMap { ClientLog.Level(rawValue: $0) }
            )
        }
    }

    var revision: Revision { content.withLock { $0.agreed?.revision ?? .newestWithHandshake } }
    var logLevel: String? { content.withLock { $0.logLevel } }
    var isSignedOut: Bool { content.withLock { $0.isSignedOut } }

    func setLogLevel(_ level: String) { content.withLock { $0.logLevel = level } }

    /// What belongs to no request goes to the conversation's own stream from now on.
    func begin(in exchange: Exchange) {
        let queue = ChangeQueue(exchange.conversation.standalone)
        content.withLock { $0.changes = queue }
    }

    func clientIsReady() {
        content.withLock { $0.isReady = true }
    }

    private var changes: ChangeQueue? { content.withLock { $0.isReady ? $0.changes : nil } }

    /// A notification of the client to the server.
    func received(_ notification: Notification) {
        // 2026-07-28 has none that a client sends by itself.
        guard remote.server?.revision.isStateless != true else { return }
        Task(executorPreference: WorkerPool.shared) { [remote] in await remote.notify(notification) }
    }

    func leave() {
        stopRecovery()
        guard !isShared else { return }
        Task(executorPreference: WorkerPool.shared) { [remote] in await remote.close() }
    }

    func hangUp() async {
        stopRecovery()
        if !isShared { await remote.close() }
    }

    private func stopRecovery() {
        let recovery = content.withLock { state in
            defer { state.recovery = nil }
            return state.recovery
        }
        recovery?.cancel()
    }
}

// What the server reports that belongs to no call.
extension HandshakeSession {
    func notified(_ notification: Notification) {
        if remote.server?.revision.isStateless == true {
            guard notification.method.hasSuffix("/list_changed") || isWanted(notification) else { return }
        }
        changes?.enqueue(notification)
    }

    /// One that was taken back may still come, until the session listens to the others alone.
    private func isWanted(_ update: Notification) -> Bool {
        guard update.method == "notifications/resources/updated", let uri = update.params?["uri"]?.string else {
            return false
        }
        return content.withLock { $0.resources.contains { uri.hasPrefix($0) } }
    }

    /// The session with the server keeps what is listened to, and says it again where that has to be.
    func subscribes(_ isWanted: Bool, to uri: String) {
        content.withLock { state in
            if isWanted { state.resources.insert(uri) } else { state.resources.remove(uri) }
        }
    }

    func asked(_ method: String, _ params: JSON?) async -> Outcome {
        guard let exchange = changes?.exchange else { return .failure(.methodNotFound(method)) }
        if let refusal = QuestionKind.refusal(method, params, by: client.capabilities) { return .failure(refusal) }
        return await exchange.relay(method, params, within: bridge.options.questionLimit)
    }

    func reconnected() {
        if let server = remote.server { bridge.options.memory?.remember(server) }
        listsChanged()
    }

    private func listsChanged() {
        guard let changes, let told = content.withLock({ $0.told }) else { return }
        for kind in ["tools", "prompts", "resources"] where told[kind]?["listChanged"] == true {
            changes.enqueue(Notification("notifications/\(kind)/list_changed"))
        }
    }
}

// How the session begins.
extension HandshakeSession {
    func initialize(_ requested: String, in exchange: Exchange) async -> Outcome {
        guard let patience = bridge.options.patience else {
            do throws(RemoteFailure) {
                return agree(on: requested, with: try await remote.open(), in: exchange)
            } catch {
                return .failure(RPCError(error, remedy: remedy))
            }
        }
        let opening = Task(executorPreference: WorkerPool.shared) { [remote] in
            do throws(RemoteFailure) {
                return Result<RemoteServer, RemoteFailure>.success(try await remote.open())
            } catch {
                return .failure(error)
            }
        }
        switch await Patience.outcome(of: opening, within: patience) {
        case .success(let server)?:
            bridge.options.memory?.remember(server)
            return agree(on: requested, with: server, in: exchange)
        case .failure(let failure)?: lost(failure)
        case nil: recover { if case .failure(let failure) = await opening.value { throw failure } }
        }
        return agree(on: requested, with: bridge.options.memory?.recall() ?? minimal, in: exchange)
    }

    /// What is true of every server that one would stand a bridge before.
    private var minimal: RemoteServer {
        RemoteServer(
            .newestWithHandshake,
            JSONObject([
                .init("capabilities", ["tools": ["listChanged": true]]), .init("serverInfo", bridge.options.info),
            ])
        )
    }

    private func agree(on requested: String, with server: RemoteServer, in exchange: Exchange) -> Outcome {
        let revision = Opening.revision(for: requested, from: server.revision)
        let result = Opening.initializeResult(of: server, for: revision)
        let agreed = SessionState(
            revision,
            clientCapabilities: client.capabilities,
            clientName: RequestMetadata.clientName(client.info)
        )
        content.withLock { state in
            state.agreed = agreed
            state.told = result["capabilities"]
        }
        if revision >= .november2025 { exchange.conversation.leaveOutUnknownID() }
        return .success(EncodedJSON(result))
    }
}

// How the server is found again, and the client notified.
extension HandshakeSession {
    var remedy: String { bridge.options.signInRemedy ?? "Sign in again, or check the configured credentials." }

    /// There is no answer of the server: where someone has to sign in, the client is shown how.
    func lost(_ failure: RemoteFailure) {
        guard bridge.options.patience != nil else { return }
        let needsSignIn = failure.needsSignIn && bridge.options.signInRemedy != nil
        let isNew = content.withLock { state in
            defer { state.isSignedOut = needsSignIn || state.isSignedOut }
            return needsSignIn && !state.isSignedOut
        }
        if isNew { listsChanged() }
        if needsSignIn || remote.server == nil { recover(first: nil) }
    }

    /// Looks until the server answers; then the client is notified that lists may have changed.
    private func recover(first: (@Sendable () async throws -> Void)?) {
        content.withLock { state in
            guard state.recovery == nil else { return }
            state.recovery = Task(executorPreference: WorkerPool.shared) { [weak self] in
                if let first, (try? await first()) != nil { return self?.found() ?? () }
                var pauses = Backoff(from: .seconds(1), to: .seconds(30))
                while !Task.isCancelled {
                    do { try await pauses.pause() } catch { return }
                    guard let self else { return }
                    if await self.isThere() { return self.found() }
                }
            }
        }
    }

    /// Asks for something that needs to be signed in.
    func isThere() async -> Bool {
        do throws(RemoteFailure) {
            let server = try await remote.open()
            if server.capabilities["tools"] != nil {
                _ = try await remote.call(RemoteCall("tools/list", isRepeatable: true))
            }
            return true
        } catch {
            let needsSignIn = error.needsSignIn && bridge.options.signInRemedy != nil
            let isNew = content.withLock { state in
                defer { state.isSignedOut = needsSignIn }
                return state.isSignedOut != needsSignIn
            }
            if isNew { listsChanged() }
            return false
        }
    }

    func found() {
        let recovery = content.withLock { state in
            state.isSignedOut = false
            defer { state.recovery = nil }
            return state.recovery
        }
        recovery?.cancel()
        reconnected()
    }
}
