package import JSON
package import JSONRPC

/// One client's conversation with one MCP server, whatever the transport and the revision.
///
/// What is specific to a hop belongs to it and to no one else: ids, progress tokens, the session id, `_meta` keys that
/// describe the client, header fields of the protocol. It outlives connections: a session that the server has lost is opened
/// again, once for all who wait (07 §5.2).
package protocol RemoteSession: Sendable {
    /// What the server says of itself, where that is known already.
    var server: RemoteServer? { get }

    /// Connects, finds out which revisions the server speaks, and returns what it says of itself; at once where that is known.
    func open() async throws(RemoteFailure) -> RemoteServer

    /// Sends a request and waits for its result, as it came.
    ///
    /// Cancelling the task cancels the request at the server, and throws ``RemoteFailure/cancelled``. Every call ends once.
    func call(_ call: RemoteCall) async throws(RemoteFailure) -> JSON

    /// Sends a notification; what cannot be sent is dropped.
    func notify(_ notification: Notification) async

    /// Ends what is under way, and the session with the server where there is one; returns within two seconds.
    func close() async
}

/// A session around another one, which does what is not said otherwise.
package protocol WrappingSession: RemoteSession {
    var base: any RemoteSession { get }
}

extension WrappingSession {
    package var server: RemoteServer? { base.server }
    package func open() async throws(RemoteFailure) -> RemoteServer { try await base.open() }
    package func notify(_ notification: Notification) async { await base.notify(notification) }
    package func close() async { await base.close() }
}

/// Who a session is for: what the server learns of the client.
package struct RemoteClient: Hashable, Sendable {
    /// `clientInfo`, as the client itself says it.
    package var info: JSON
    /// `capabilities`, as the client itself declares them.
    package var capabilities: JSON

    package init(info: JSON, capabilities: JSON = [:]) {
        self.info = info
        self.capabilities = capabilities
    }
}

/// What a session hands on that belongs to none of its calls.
package protocol RemoteSessionEvents: Sendable {
    /// A notification of the server, such as `notifications/tools/list_changed`; without the id of a subscription.
    func notified(_ notification: Notification)

    /// A request of the server while no call is open, or one that none of them can be found for (revisions with a handshake).
    func asked(_ method: String, _ params: JSON?) async -> Outcome

    /// The server was lost and found again: what was listed may differ now.
    func reconnected()
}
