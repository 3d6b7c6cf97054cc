import HTTP
import JSON
import MCP
import TestSupport
import Testing

@testable import StreamableHTTP

/// What a client of each revision sends and gets, line by line, on paper in `Snapshots`.
@Suite(.timeLimit(.minutes(2))) struct `A dialogue over HTTP` {
    private static let both = "application/json, text/event-stream"

    @Test(arguments: Revision.allCases.filter { !$0.isStateless })
    func `is the same in a session of each revision as before`(revision: Revision) async throws {
        var paper = Paper(try ServedMCP { $0.isStateless = false })
        var fields: HTTPFields = ["Accept": Self.both]
        let hello: JSON = ["protocolVersion": .string(revision.rawValue), "capabilities": [:]]
        let answer = try await paper.post(request("initialize", hello), fields)
        fields["Mcp-Session-Id"] = answer.fields["Mcp-Session-Id"]
        if revision >= .june2025 { fields["MCP-Protocol-Version"] = revision.rawValue }
        try await paper.post(["jsonrpc": "2.0", "method": "notifications/initialized"], fields)
        try await paper.post(request("ping", id: 2), fields)
        try await paper.post(call("echo", ["text": "Hello."], id: 3), fields)
        fields["Accept"] = "text/event-stream"
        try await paper.post(call("echo", ["text": "Hello."], id: 4), fields)
        fields["Accept"] = Self.both
        try await paper.post(request("no/such", id: 5), fields)
        try await paper.post([request("ping", id: 6), request("ping", id: 7)], fields)
        try await paper.send(SentRequest(.delete, "/mcp", fields))
        try await paper.post(request("ping", id: 8), fields)
        try expectSnapshot("\(revision.rawValue).txt", of: paper.text, levels: 0)
    }

    @Test func `is the same without a session as before`() async throws {
        var paper = Paper(try ServedMCP())
        for (body, own) in [
            modern("server/discover"), modern("tools/call", ["name": "echo", "arguments": ["text": "Hello."]]),
            modern("no/such"),
        ] {
            var fields = own
            fields["Accept"] = Self.both
            try await paper.post(body, fields)
        }
        var (body, fields) = modern("ping")
        fields["Mcp-Method"] = "PING"
        try await paper.post(body, fields)
        (body, fields) = modern("tools/list")
        fields["MCP-Protocol-Version"] = nil
        try await paper.post(body, fields)
        try await paper.send(SentRequest(.get, "/mcp", ["Accept": "text/event-stream"]))
        try await paper.send(SentRequest(.get, "/nowhere"))
        try await paper.send(SentRequest(.options, "/mcp", ["Origin": "http://localhost:5173"]))
        try expectSnapshot("2026-07-28.txt", of: paper.text, levels: 0)
    }
}

/// Writes down what goes each way; what is another text each time has a name instead.
private struct Paper {
    private let served: ServedMCP
    private(set) var text = ""
    private var session: String?

    init(_ served: ServedMCP) { self.served = served }

    @discardableResult
    mutating func post(_ body: JSON, _ fields: HTTPFields) async throws -> ReceivedAnswer {
        try await send(SentRequest(body: body.text, fields))
    }

    @discardableResult
    mutating func send(_ request: SentRequest) async throws -> ReceivedAnswer {
        let answer = try await served.answer(request)
        session = session ?? answer.fields["Mcp-Session-Id"]
        let head = "\(request.method) \(request.target)"
        text += "--> \(([head] + lines(request.fields) + lines(request.body ?? "")).joined(separator: "\n    "))\n"
        let back = ["\(answer.status)"] + lines(answer.fields) + lines(answer.body)
        text += "<-- \(back.joined(separator: "\n    "))\n\n"
        return answer
    }

    private func lines(_ fields: HTTPFields) -> [String] {
        fields.all.filter { !["Date", "Connection", "Transfer-Encoding"].contains($0.name) }.map { field in
            switch field.name {
            case "X-Request-Id": "X-Request-Id: <request>"
            case "Mcp-Session-Id" where field.value == session: "Mcp-Session-Id: <session>"
            default: "\(field.name): \(field.value)"
            }
        }
    }

    /// Without what frames the chunks of a stream, and with a name for its id of a request.
    private func lines(_ body: String) -> [String] {
        let kinds = [": ", "{", "[", "event: ", "data: ", "id: ", "retry: "]
        return body.split(whereSeparator: { $0.isNewline }).filter { line in kinds.contains { line.hasPrefix($0) } }
            .map { String($0).replacing(/"request_id":"[^"]+"/, with: "\"request_id\":\"<request>\"") }
    }
}
