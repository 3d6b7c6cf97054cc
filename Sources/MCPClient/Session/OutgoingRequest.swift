import HTTP
import JSON
import MCP

/// One request as it goes out.
struct OutgoingRequest: Sendable {
    let id: Int
    let method: String
    let params: JSON?
    /// Nil before a revision has been agreed on.
    let revision: Revision?
    var fields: HTTPFields = [:]
    /// Which arguments its header repeats.
    var parameters: [HeaderParameter] = []
    /// Whether the library below may send it twice.
    var isRepeatable = false
    /// Who calls.
    var caller: String?

    var isStateless: Bool { revision?.isStateless == true }

    var bytes: [UInt8] {
        JSON.members(("jsonrpc", "2.0"), ("id", .int(id)), ("method", .string(method)), ("params", params)).bytes
    }

    /// What the header of a stateless request says of its body (2026-07-28, basic/transports).
    var routingFields: HTTPFields {
        guard isStateless else { return [:] }
        var fields: HTTPFields = ["Mcp-Method": HeaderText.encoded(method)]
        let name: JSON? =
            switch method {
            case "tools/call", "prompts/get": params?["name"]
            case "resources/read": params?["uri"]
            default: method.hasPrefix("tasks/") ? params?["taskId"] : nil
            }
        if let name = name?.string { fields.append("Mcp-Name", HeaderText.encoded(name)) }
        for parameter in parameters {
            guard let value = parameter.value(in: params?["arguments"] ?? .null) else { continue }
            if let text = HeaderText.encoded(value) { fields.append(parameter.field, text) }
        }
        return fields
    }
}

/// The keys of `_meta` by which a request of 2026-07-28 describes itself.
enum HopKeys {
    static let version = "io.modelcontextprotocol/protocolVersion"
    static let capabilities = "io.modelcontextprotocol/clientCapabilities"
    static let info = "io.modelcontextprotocol/clientInfo"
    static let logLevel = "io.modelcontextprotocol/logLevel"
}
