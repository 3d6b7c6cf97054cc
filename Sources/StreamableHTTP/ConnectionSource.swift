package import HTTP
package import MCP
package import Telemetry

/// What is served at an address: a server of this process, or one that it stands before.
package protocol ConnectionSource: Sendable {
    /// Counts and traces its requests.
    var telemetry: Telemetry? { get }

    /// For one client; `fields` are those of the request that opens it.
    ///
    /// Without `isLasting` it serves one message. With `session` a session of a revision with a handshake is open from the
    /// start.
    func connection(
        for caller: Caller,
        _ fields: HTTPFields,
        session: SessionState?,
        isLasting: Bool
    ) -> any ServedConnection

    /// The same person goes on in their session, with what they may do by now.
    func goOn(_ connection: any ServedConnection, as caller: Caller, _ fields: HTTPFields)

    /// Whether any revision has the method here.
    func knows(_ method: String) -> Bool

    /// What a tool does to what it is about; nil for one that is not known.
    func effect(of tool: String) -> Effect?

    /// The arguments of a tool that this caller has to repeat in header fields.
    func headerParameters(of tool: String, for caller: Caller, _ fields: HTTPFields) -> [HeaderParameter]
}

extension Server: ConnectionSource {
    package func connection(
        for caller: Caller,
        _: HTTPFields,
        session: SessionState?,
        isLasting: Bool
    ) -> any ServedConnection {
        connection(for: caller.principal, session: session, isLasting: isLasting)
    }

    package func goOn(_ connection: any ServedConnection, as caller: Caller, _: HTTPFields) {
        (connection as? ServerConnection)?.goOn(as: caller.principal)
    }

    package func effect(of tool: String) -> Effect? { tools?.effect(of: tool) }

    package func headerParameters(of tool: String, for _: Caller, _: HTTPFields) -> [HeaderParameter] {
        tools?.headerParameters(of: tool) ?? []
    }
}
