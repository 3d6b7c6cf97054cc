package import HTTP
package import Logging
package import MCPClient
import Threads

/// A server behind the bridge.
package protocol Upstream: Sendable {
    /// What the configuration calls it.
    var name: String { get }

    /// For tasks that mostly wait for it.
    var executor: any TaskExecutor { get }

    /// A new conversation with it for one client, which connects when it is first used.
    func session(
        for client: RemoteClient,
        as caller: BridgeCaller,
        events: any RemoteSessionEvents
    ) -> any RemoteSession

    /// What callers have in common who may share a session and lists: a digest of the credential and of the fields that go on.
    func sharingKey(for caller: BridgeCaller) -> String
}

extension Upstream {
    package func sharingKey(for caller: BridgeCaller) -> String { caller.key }
}

/// A server that stands before another, and says of itself what that one does.
package protocol WrappingUpstream: Upstream {
    var base: any Upstream { get }
}

extension WrappingUpstream {
    package var name: String { base.name }
    package var executor: any TaskExecutor { base.executor }
    package func sharingKey(for caller: BridgeCaller) -> String { base.sharingKey(for: caller) }
}

/// Whom the bridge acts for: what their request carries that may go on to a server.
package struct BridgeCaller: Sendable {
    /// Distinguishes callers that must share nothing; a digest, never a credential.
    package let key: String
    /// The access token that the caller presents.
    package let token: Secret?
    /// The header of the caller's request, of which only what the configuration names goes on.
    package let fields: HTTPFields

    package init(key: String, token: Secret? = nil, fields: HTTPFields = [:]) {
        self.key = key
        self.token = token
        self.fields = fields
    }

    /// The person whose process this is.
    package static let local = BridgeCaller(key: "local")
}

extension Upstream {
    package var executor: any TaskExecutor { WorkerPool.shared }
}
