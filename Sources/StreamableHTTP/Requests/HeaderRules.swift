import HTTP
import JSON
import JSONRPC
import MCP
import Text

/// The fields in which a request of 2026-07-28 repeats what its body says, so that what stands between can route by them.
///
/// Each must be there once and say the same (2026-07-28, basic/transports/streamable-http, "Standard headers").
struct HeaderRules {
    let fields: HTTPFields
    /// The revision that the request names, whichever it is; nil for none.
    let version: String?

    init(fields: HTTPFields) {
        self.fields = fields
        version = fields["MCP-Protocol-Version"].map { String($0.trimmed) }
    }

    func checkVersion(_ version: String) throws(RPCError) { try check("MCP-Protocol-Version", says: version) }

    /// The method, and the name of what it is about.
    func check(_ request: Request) throws(RPCError) {
        try check("Mcp-Method", says: request.method)
        guard let member = Self.names[request.method], let name = request.params?[member]?.string else { return }
        try check("Mcp-Name", says: name, decoding: true)
    }

    func check(_ parameters: [HeaderParameter], against arguments: JSON) throws(RPCError) {
        for parameter in parameters {
            let expected = parameter.value(in: arguments)
            guard let sent = try value(parameter.field, decoding: true) else {
                if expected != nil { throw .headerMismatch("\(parameter.field) is missing") }
                continue
            }
            guard let expected, HeaderParameter.isSame(sent, expected) else {
                throw .headerMismatch("\(parameter.field) is not what the arguments say")
            }
        }
    }

    private static let names = [
        "tools/call": "name", "prompts/get": "name", "resources/read": "uri", "tasks/get": "taskId",
        "tasks/update": "taskId", "tasks/cancel": "taskId",
    ]

    private func check(_ name: String, says expected: String, decoding: Bool = false) throws(RPCError) {
        guard let value = try value(name, decoding: decoding) else { throw .headerMismatch("\(name) is missing") }
        // Byte for byte: what stands between may take for different what Unicode takes for equal.
        guard value.utf8.elementsEqual(expected.utf8) else {
            throw .headerMismatch("\(name) is not what the body says")
        }
    }

    /// Nil where it is missing.
    private func value(_ name: String, decoding: Bool) throws(RPCError) -> String? {
        let values = fields.values(name)
        guard values.count < 2 else { throw .headerMismatch("\(name) is there more than once") }
        guard let value = values.first.map({ String($0.trimmed) }) else { return nil }
        guard decoding, value.hasPrefix(Self.opening), value.hasSuffix(Self.closing),
            value.utf8.count >= Self.opening.utf8.count + Self.closing.utf8.count
        else { return value }
        let encoded = value.dropFirst(Self.opening.count).dropLast(Self.closing.count)
        guard let bytes = Base64.decoded(encoded), Base64.encoded(bytes) == encoded,
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .headerMismatch("\(name) is not valid Base64") }
        return text
    }

    private static let opening = "=?base64?"
    private static let closing = "?="
}

extension RPCError {
    /// -32020 (2026-07-28): a header field is missing, or says something else than the body.
    fileprivate static func headerMismatch(_ problem: String) -> RPCError {
        RPCError(code: -32020, "\(problem). Send each field as the body has it, once.")
    }
}
