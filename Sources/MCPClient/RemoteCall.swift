package import HTTP
package import JSON
package import JSONRPC

/// One request to a server, and who gets what comes before its result.
package struct RemoteCall: Sendable {
    package var method: String
    /// As the client sent them, but for what belongs to the client's own hop: no `progressToken`, and none of the keys of
    /// `_meta` with which a request of 2026-07-28 describes itself, except its log level.
    package var params: JSONObject?
    /// What this request alone carries in its header, where there is one.
    package var fields: HTTPFields
    /// Whether the client wants progress notifications.
    package var wantsProgress: Bool
    /// Whether sending it twice does no harm, although the first one may have arrived.
    package var isRepeatable: Bool
    package var events: (any RemoteCallEvents)?
    /// Who calls, where connections are shared out among callers.
    package var caller: String?

    /// More of a list are not read: a server that has another cursor each time would never end.
    package static let mostPages = 1000

    package init(
        _ method: String,
        _ params: JSONObject? = nil,
        fields: HTTPFields = [:],
        wantsProgress: Bool = false,
        isRepeatable: Bool = false,
        events: (any RemoteCallEvents)? = nil,
        caller: String? = nil
    ) {
        self.method = method
        self.params = params
        self.fields = fields
        self.wantsProgress = wantsProgress
        self.isRepeatable = isRepeatable
        self.events = events
        self.caller = caller
    }
}

/// What a server sends for a call before its result.
package protocol RemoteCallEvents: Sendable {
    /// The params of `notifications/progress`, without the token.
    func progressed(_ params: JSONObject)

    /// Any other notification of this call's stream, such as `notifications/message`.
    func notified(_ notification: Notification)

    /// The server asks the client (elicitation, sampling, roots) while the call is open; revisions with a handshake only.
    func asked(_ method: String, _ params: JSON?) async -> Outcome
}
