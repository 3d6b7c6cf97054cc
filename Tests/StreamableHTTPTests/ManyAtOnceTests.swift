import HTTP
import JSON
import MCP
import TestSupport
import Testing

@testable import StreamableHTTP

@Suite(.timeLimit(.minutes(2))) struct `Many clients at once` {
    /// Waits a moment, so that answers come in another order than their requests.
    private static let server = servedTools(
        (
            "echo",
            { arguments, context in
                context.progress.report(1, of: 2, arguments["text"]?.string ?? "")
                for _ in 0..<(arguments["text"]?.string?.utf8.count ?? 0) % 7 { await Task.yield() }
                return Answer(arguments["text"]?.string ?? "")
            }
        )
    )

    /// One request in each way there is, all under one id.
    private func requests(_ text: String, _ session: HTTPFields) -> [SentRequest] {
        let arguments: JSON = ["name": "echo", "arguments": ["text": .string(text)], "_meta": ["progressToken": "p"]]
        let (body, fields) = modern("tools/call", ["name": "echo", "arguments": ["text": .string(text)]])
        let both: HTTPFields = ["Accept": "application/json, text/event-stream", "X-Key": "good"]
        var own = fields
        own["X-Key"] = "good"
        return [
            SentRequest(body: body.text, own), SentRequest(body: request("tools/call", arguments).text, both),
            SentRequest(body: JSON.array([request("tools/call", arguments)]).text, both),
            SentRequest(body: request("tools/call", arguments, id: .string(text)).text, session),
        ]
    }

    @Test func `each get their own answers, in all revisions and under equal ids`() async throws {
        let served = try ServedMCP(Self.server, authenticator: KeyAuthenticator()) {
            $0.isStateless = false
            $0.responseForm = .auto
            $0.limits.inFlightPerPrincipal = 0
            $0.limits.inFlight = 0
        }
        let session = try await served.session(["X-Key": "good", "Accept": "application/json, text/event-stream"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<64 {
                group.addTask {
                    for (index, request) in requests("text \(client) of one", session).enumerated() {
                        let answer = try await served.answer(request)
                        #expect(answer.status == 200)
                        #expect(answer.body.contains("text \(client) of one"), "\(index): \(answer.body)")
                        #expect(answer.body.count(of: "text ") == answer.body.count(of: "text \(client) of one"))
                    }
                }
            }
            try await group.waitForAll()
        }
        await withCheckedContinuation { done in served.service.whenIdle { done.resume() } }
    }
}

extension String {
    /// How often it holds `part`.
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
