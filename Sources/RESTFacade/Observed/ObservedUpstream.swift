package import Bridge
import Clock
import JSON
import JSONRPC
package import Logging
package import MCPClient
package import Telemetry

/// A server whose requests are counted, logged and traced, each by itself (07 §6).
package struct ObservedUpstream: WrappingUpstream {
    /// What is written of a request besides its line, at the level of debug.
    package struct Bodies: Hashable, Sendable {
        package var requests: Bool
        package var responses: Bool

        package init(requests: Bool = false, responses: Bool = false) {
            self.requests = requests
            self.responses = responses
        }
    }

    package let base: any Upstream
    private let host: String
    private let mode: @Sendable (BridgeCaller) -> String
    private let fieldNames: @Sendable (BridgeCaller) -> [String]
    private let observer: RequestObserver

    /// `host` is the server's, `toolPrefix` what distinguishes its tools where there are several servers, `mode` the label of
    /// the credential that a caller's requests carry; `fieldNames` says which fields go on.
    package init(
        _ base: any Upstream,
        host: String,
        toolPrefix: String = "",
        metrics: RemoteMetrics,
        tracer: Tracer?,
        log: Log,
        bodies: Bodies = Bodies(),
        mode: @escaping @Sendable (BridgeCaller) -> String = { _ in CredentialPolicy.Mode.none.rawValue },
        fieldNames: @escaping @Sendable (BridgeCaller) -> [String] = { _ in [] }
    ) {
        self.base = base
        self.host = host
        self.mode = mode
        self.fieldNames = fieldNames
        observer = RequestObserver(
            metrics: metrics,
            tracer: tracer,
            log: log,
            bodies: bodies,
            toolPrefix: toolPrefix
        )
    }

    package func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession {
        let events = ObservedEvents(base: events, metrics: observer.metrics)
        let session = base.session(for: client, as: caller, events: events)
        let label = mode(caller)
        if observer.log.level == .debug {
            let names = fieldNames(caller).joined(separator: ",")
            observer.log.debug("remote session", ("server", name), ("mode", label), ("fields", names))
        }
        return ObservedSession(session, observer.redacting(caller.token), host: host, mode: label)
    }
}

/// Counts how often a session was found again.
private struct ObservedEvents: RemoteSessionEvents {
    let base: any RemoteSessionEvents
    let metrics: RemoteMetrics

    func notified(_ notification: Notification) { base.notified(notification) }
    func asked(_ method: String, _ params: JSON?) async -> Outcome { await base.asked(method, params) }

    func reconnected() {
        metrics.countReconnect()
        base.reconnected()
    }
}

/// The session of an ``ObservedUpstream``, which counts as one for as long as someone has it.
final class ObservedSession: WrappingSession {
    let base: any RemoteSession
    private let observer: RequestObserver
    private let host: String
    private let mode: String

    init(_ base: any RemoteSession, _ observer: RequestObserver, host: String, mode: String) {
        self.base = base
        self.observer = observer
        self.host = host
        self.mode = mode
        observer.metrics.sessionOpened()
    }

    deinit { observer.metrics.sessionClosed() }

    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON {
        var call = call
        let began = SystemClock.nanoseconds()
        let span = observer.beginSpan(&call, host: host)
        do throws(RemoteFailure) {
            let result = try await base.call(call)
            if call.method == "tools/list" { observer.learn(result["tools"]?.array ?? []) }
            observer.finished(call, .success(result), began, span, host: host, mode: mode)
            return result
        } catch {
            observer.finished(call, .failure(error), began, span, host: host, mode: mode)
            throw error
        }
    }
}
