import JSON
import JSONRPC

@testable import StreamableHTTP

extension FuzzTarget {
    /// By which rules a POST is served follows from its body and its version alone, whatever the order of the members.
    static let incoming = FuzzTarget("incoming") { bytes in
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, let json = try? JSON(parsing: Array(lines[1])) else { return }
        let version = lines[0].isEmpty ? nil : String(decoding: lines[0], as: UTF8.self)
        let message: IncomingMessage
        do throws(Message.Malformed) {
            message = try IncomingMessage(json, version: version)
        } catch {
            let id = json["id"].flatMap { RequestID($0) }
            return try hold(error.id == nil || error.id == id, "It is refused under another id: \(json.text)")
        }
        try checkRules(message, json, isModern: version == "2026-07-28")
        guard let members = json.object?.members else { return }
        try hold(Set(members.map { $0.name }).count == members.count, "A member was there twice: \(json.text)")
        let reversed = JSON.object(JSONObject(members.reversed()))
        try hold(try IncomingMessage(reversed, version: version) == message, "The order counts: \(json.text)")
    }

    private static func checkRules(_ message: IncomingMessage, _ json: JSON, isModern: Bool) throws {
        let method = json["method"]?.string
        switch message {
        case .selfContained(let request): try checkRequest(request, json)
        case .initialize(let request):
            try checkRequest(request, json)
            try hold(!isModern && method == "initialize", "There is no handshake in it: \(json.text)")
        case .request(let request):
            try checkRequest(request, json)
            let claimed = json["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"]
            try hold(
                !isModern && claimed == nil && method != "server/discover",
                "It says its own version: \(json.text)"
            )
        case .batch(let messages):
            try hold(!isModern && !messages.isEmpty && json == .array(messages), "It is no list: \(json.text)")
        case .reply(let isResponse):
            try hold(!isModern && isResponse == (method == nil), "It is no reply: \(json.text)")
        case .ignored: try hold(isModern && method != nil && json["id"] == nil, "It is owed an answer: \(json.text)")
        }
    }

    private static func checkRequest(_ request: Request, _ json: JSON) throws {
        try hold(json["id"].flatMap { RequestID($0) } == request.id, "A request has another id: \(json.text)")
        try hold(json["method"]?.string == request.method, "A request has another method: \(json.text)")
    }
}
