import HTTP
import MCP

/// A way by which messages reach a server; what the server sends goes into the ``Inbox`` it was made with.
protocol RemoteWire: Sendable {
    /// Who answers for a refused request; nil where no request carries credentials.
    var credentials: (any RemoteCredentials)? { get }

    /// Whether requests name a session, which the server may lose.
    var hasSession: Bool { get }

    /// Whether ``listen(_:heard:)`` is there to notice its end, whatever else is listened to.
    var endsAlone: Bool { get }

    /// Sends a request, and follows it to its end; nil where its answer comes by the way of all messages.
    func transfer(_ request: OutgoingRequest) async -> CallEnd?

    /// Sends a notification, or the client's answer to the server; what cannot be sent is dropped.
    func post(_ message: [UInt8], revision: Revision?) async

    /// Takes what belongs to no call, until that ends; calls `heard` once it is there.
    func listen(_ revision: Revision, heard: @escaping @Sendable () -> Void) async -> StreamEnd

    /// Ends a request that is no longer waited for.
    func abandon(_ request: OutgoingRequest, _ transfer: Task<Void, Never>?)

    /// Ends the session with the server, as far as there is one; within two seconds.
    func close() async

    /// The machine has slept: what looks like a connection is dead.
    func forgetConnections()

    /// Lets go of a server that has lost the session.
    func drop() async
}

extension RemoteWire {
    var endsAlone: Bool { false }
    func forgetConnections() {}
}

/// How a stream ended that belongs to no call.
enum StreamEnd: Hashable, Sendable {
    /// The server has none.
    case none
    case sessionLost
    /// It was there; the server asks to come back after so many milliseconds, where it says so.
    case ended(retry: Int?)
    /// It could not be had.
    case failed
}

/// What opens a conversation, a new one each time.
protocol RemoteOpener: Sendable {
    func open(for client: RemoteClient) async throws(RemoteFailure) -> OpenedServer
}

/// What was agreed with a server, and how it is reached.
struct OpenedServer: Sendable {
    let server: RemoteServer
    let wire: any RemoteWire

    var revision: Revision { server.revision }
}
