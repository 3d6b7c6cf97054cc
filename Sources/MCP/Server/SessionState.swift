package import JSON

/// What `initialize` agreed to (2024-11-05 to 2025-11-25): all that is needed to go on with a session elsewhere.
package struct SessionState: Hashable, Sendable {
    package let revision: Revision
    /// As the client declared them, an object.
    package let clientCapabilities: JSON
    package let clientName: String?
    /// From which level on the client receives log lines; nil for none.
    package internal(set) var logLevel: ClientLog.Level?

    package init(
        _ revision: Revision,
        clientCapabilities: JSON = [:],
        clientName: String? = nil,
        logLevel: ClientLog.Level? = nil
    ) {
        self.revision = revision
        self.clientCapabilities = clientCapabilities
        self.clientName = clientName
        self.logLevel = logLevel
    }
}
