import JSON
import JSONRPC
import Logging
import MCP
import Text

extension FuzzTarget {
    /// Whatever the secrets and the message, it stays a message under its id, and no form of a secret is in its texts.
    ///
    /// The first line is the secret; the rest is a message, or a text that is put into one at several places.
    static let redaction = FuzzTarget("redaction") { bytes in
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let secret = String(decoding: parts[0], as: UTF8.self)
        let rest = Array(parts.dropFirst().joined())
        let redactor = Redactor()
        redactor.add(Secret(secret))
        let message = (try? JSON(parsing: rest)).flatMap { $0.object == nil ? nil : $0 }
        for frame in message.map({ [$0] }) ?? frames(of: String(decoding: rest, as: UTF8.self), secret) {
            let redacted = redactor.redacted(frame: frame.bytes, keeping: .mcp)
            try hold(!redacted.contains(UInt8(ascii: "\n")), "A message has more than one line.")
            try checkEnvelope(try JSON(parsing: redacted, within: JSON.Limits(depth: 600)), of: frame)
            guard Secret(secret).weakness == nil, !secret.contains("•") else {
                try hold(redacted == frame.bytes, "A text that is no secret was redacted.")
                continue
            }
            for name in ["params", "result", "error"] {
                try checkTexts(of: try JSON(parsing: redacted, within: JSON.Limits(depth: 600))[name] ?? .null, secret)
            }
        }
    }

    /// A text, and forms of the secret around it, wherever data can be.
    private static func frames(of text: String, _ secret: String) -> [JSON] {
        let texts = [text, text + secret + text] + forms(of: secret).map { "\(text)<\($0)>\(text)" }
        return texts.flatMap { text -> [JSON] in
            let data: JSON = .object(JSONObject([.init(text, [.string(text), 1])]))
            let inner = JSON.string(data.text)
            return [
                ["jsonrpc": "2.0", "id": .string(secret), "result": ["content": [["type": "text", "text": inner]]]],
                ["jsonrpc": "2.0", "id": 1, "result": ["structuredContent": data, "nextCursor": "x"]],
                ["jsonrpc": "2.0", "id": 1, "error": ["code": -32602, "message": .string(text), "data": data]],
                ["jsonrpc": "2.0", "method": "notifications/message", "params": ["level": "error", "data": data]],
            ]
        }
    }

    private static func forms(of secret: String) -> [String] {
        let percent = PercentEncoding.encoded(secret)
        let html = secret.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("=", with: "&#x3d;")
        return [
            percent, PercentEncoding.encoded(percent), JSON.string(secret).text,
            JSON.string(JSON.string(secret).text).text,
            html, Base64.encoded(secret), Base64.encoded("u:" + secret, .urlSafe),
        ]
    }

    private static func checkEnvelope(_ redacted: JSON, of frame: JSON) throws {
        for name in ["jsonrpc", "id", "method"] {
            try hold(redacted[name] == frame[name], "`\(name)` is not what it was: \(redacted.text)")
        }
        try hold(redacted["error"]?["code"] == frame["error"]?["code"], "The error has another code: \(redacted.text)")
        try hold(redacted.object?.names == frame.object?.names, "The message has other members: \(redacted.text)")
        for name in ["result", "params", "error"] where frame[name]?.object != nil {
            try hold(
                redacted[name]?.object?.names == frame[name]?.object?.names,
                "It has other members: \(redacted.text)"
            )
        }
    }

    /// Members whose texts are the protocol's.
    private static let own: Set = [
        "cacheScope", "format", "io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/subscriptionId",
        "level",
        "method", "mimeType", "nextCursor", "progressToken", "protocolVersion", "requestId", "requestState",
        "resultType",
        "role", "type", "inputSchema", "outputSchema", "prompts", "resourceTemplates", "tools",
    ]

    private static func checkTexts(of json: JSON, _ secret: String) throws {
        switch json {
        case .string(let text):
            for form in [secret] + forms(of: secret).prefix(4) {
                try hold(!text.utf8.contains(form.utf8), "The secret \(secret) is in \(text)")
            }
        case .array(let items): for item in items { try checkTexts(of: item, secret) }
        case .object(let object):
            for member in object.members where !own.contains(member.name) { try checkTexts(of: member.value, secret) }
        case .null, .bool, .number: break
        }
    }
}
