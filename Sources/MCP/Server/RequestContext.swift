package import JSON

/// What one request brought along: everything a handler may know of its caller.
///
/// It is made from the request's own `_meta` (2026-07-28) or from the session that `initialize` opened (before), so
/// that a handler never asks which, and nothing is kept in a global.
package struct RequestContext: Sendable {
    package let revision: Revision
    /// As the client declared them, an object.
    package let clientCapabilities: JSON
    /// For logs only; it must not change what is done.
    package let clientName: String?
    package let principal: Principal
    /// Sends progress to the client that asked for it; does nothing for others.
    package let progress: Progress
    /// Sends log lines to the client that wants them; does nothing for others.
    package let log: ClientLog

    package init(
        revision: Revision,
        clientCapabilities: JSON = [:],
        clientName: String? = nil,
        principal: Principal = .local,
        progress: Progress = .unheard,
        log: ClientLog = .unheard
    ) {
        self.revision = revision
        self.clientCapabilities = clientCapabilities
        self.clientName = clientName
        self.principal = principal
        self.progress = progress
        self.log = log
    }
}

/// For whom a request is made.
package enum Principal: Hashable, Sendable {
    /// The person whose process this is: stdio.
    case local
    /// A signed-in user of a server that many share.
    case user(String)
}
