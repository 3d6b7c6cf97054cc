package import JSON
import JSONRPC
package import MCP

/// A few tools that need no product, for tests of the protocol.
package struct FixtureTools: ToolRegistry {
    package init() {}

    private static let none: JSON = ["type": "object", "additionalProperties": false]

    private static let all = [
        ToolListing(
            ToolDefinition(name: "echo", title: "Echo", effect: .reads, summary: "Says what it was told."),
            inputSchema: ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]],
            outputSchema: ["type": "object", "properties": ["text": ["type": "string"]]]
        ),
        ToolListing(
            ToolDefinition(name: "fail", title: "Fail", effect: .changes, summary: "Fails, and says so."),
            inputSchema: none
        ),
        ToolListing(
            ToolDefinition(name: "wait", title: "Wait", effect: .reads, summary: "Waits until it is cancelled."),
            inputSchema: none
        ),
        ToolListing(
            ToolDefinition(name: "revision", title: "Revision", effect: .reads, summary: "Says who asked, and how."),
            inputSchema: none
        ),
        ToolListing(
            ToolDefinition(
                name: "show",
                title: "Show",
                effect: .adds,
                summary: "Shows each kind of content.",
                guidance: "Only to look at.",
                view: FixtureServer.view,
                icons: [Icon("https://example.com/show.png")],
                meta: ["com.example/kind": "show"]
            ),
            inputSchema: none,
            outputSchema: ["type": "array", "items": ["type": "integer"]]
        ),
        ToolListing(
            ToolDefinition(name: "break", title: "Break", effect: .removes, summary: "Breaks."),
            inputSchema: none
        ),
        ToolListing(
            ToolDefinition(name: "talk", title: "Talk", effect: .reads, summary: "Says something to those who listen."),
            inputSchema: none
        ),
        ToolListing(
            ToolDefinition(name: "ask", title: "Ask", effect: .reads, summary: "Asks the client whatever it can."),
            inputSchema: none
        ),
    ]

    /// One block of each.
    package static let everyKind: [Content] = [
        .text("A text."),
        .image([1, 2, 3], mimeType: "image/png"),
        .audio([4, 5, 6], mimeType: "audio/wav"),
        .resource(ResourceContents("test://text", mimeType: "text/plain", .text("one\ntwo"))),
        .link(ResourceLink("test://bytes", name: "bytes", title: "Three bytes")),
        Content(
            .text("For people."),
            annotations: Annotations(audience: [.user], priority: 1, lastModified: "2026-07-28T12:00:00Z"),
            meta: ["com.example/kind": "note"]
        ),
    ]

    package func listings(in context: RequestContext) -> Listed<ToolListing> { .now(Self.all) }

    package func knows(_ name: String, in context: RequestContext) -> Bool {
        Self.all.contains { $0.definition.name == name }
    }

    package func call(
        _ name: String,
        arguments: JSONObject,
        in context: RequestContext
    ) async throws -> Answer {
        switch name {
        case "echo":
            let text = arguments["text"] ?? ""
            let link = ResourceLink("https://example.com/echo", name: "The echo")
            return Answer(text.string ?? "", structured: ["text": text], links: [link])
        case "fail": return .failure("It failed. Try another.")
        case "wait":
            context.progress.report(1, of: 2, "Waiting")
            context.progress.report(1, of: 2, "Still waiting")
            try? await Task.sleep(for: .seconds(60))
            return Answer("Nobody waited for this.")
        case "revision": return Answer("\(context.revision.rawValue) \(context.clientName ?? "-")")
        case "show": return Answer(Self.everyKind, structured: [1, 2, 3], meta: ["com.example/kind": "shown"])
        case "talk":
            context.log(.debug, "Not worth a word.")
            context.log(.error, "It happened.", ("times", 1))
            return Answer("Said.")
        case "ask": return try await asked(context.client)
        case "break": throw FixtureServer.Broken()
        default: throw RPCError.invalidParams("The tool `\(name)` is not known here.")
        }
    }

    private func asked(_ client: Client) async throws -> Answer {
        var heard: [String] = []
        if case .accepted(let values) = try await client.ask(Form("Who are you?", [Field("name", isRequired: true)])) {
            heard.append(JSON.object(values).text)
        }
        if client.can(.roots) { heard.append(try await client.answers(to: ["roots": .roots])["roots"]?.text ?? "") }
        if client.can(.sampling) {
            let question: JSON = [
                "messages": [["role": "user", "content": ["type": "text", "text": "Well?"]]], "maxTokens": 10,
            ]
            heard.append(try await client.answers(to: ["model": .sampling(question)])["model"]?.text ?? "")
        }
        return Answer(heard.isEmpty ? "There is nobody to ask." : heard.joined(separator: "\n"))
    }
}
