package import Bridge
package import HTTP
import JSON
package import MCP
package import StreamableHTTP
package import Telemetry

/// A server of others, at an MCP endpoint of ours.
package struct BridgeSource: ConnectionSource {
    private let bridge: Bridge
    private let callers: Callers
    package let telemetry: Telemetry?

    package init(_ bridge: Bridge, _ callers: Callers, telemetry: Telemetry?) {
        self.bridge = bridge
        self.callers = callers
        self.telemetry = telemetry
    }

    package func connection(
        for _: Caller,
        _ fields: HTTPFields,
        session: SessionState?,
        isLasting: Bool
    ) -> any ServedConnection {
        bridge.connection(for: callers.caller(fields), session: session, isLasting: isLasting)
    }

    package func goOn(_ connection: any ServedConnection, as _: Caller, _ fields: HTTPFields) {
        (connection as? BridgeConnection)?.goOn(as: callers.caller(fields))
    }

    /// The server has the last word on what it knows; for counting, all that any revision has.
    package func knows(_ method: String) -> Bool { Self.methods.contains(method) }

    private static let methods = Set(OperationNames.mcp(tools: [], transport: "tcp").methods)

    package func effect(of _: String) -> Effect? { nil }

    package func headerParameters(of tool: String, for _: Caller, _ fields: HTTPFields) -> [HeaderParameter] {
        let tools = bridge.catalog.keptTools(for: callers.caller(fields)) ?? []
        let schema = tools.first { $0["name"]?.string == tool }?["inputSchema"]
        return schema.flatMap { HeaderParameter.all(in: $0) } ?? []
    }
}
