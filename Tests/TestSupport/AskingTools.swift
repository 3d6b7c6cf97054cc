package import JSON
package import MCP

/// Tools that ask the client for something before they answer.
package struct AskingTools: ToolRegistry {
    package init() {}

    private static let all = ["greet", "two_steps", "model", "places"].map { name in
        ToolListing(
            ToolDefinition(name: name, title: name, effect: .reads, summary: "Asks, then answers."),
            inputSchema: ["type": "object"]
        )
    }

    package func listings(in context: RequestContext) -> Listed<ToolListing> { .now(Self.all) }

    package func knows(_ name: String, in context: RequestContext) -> Bool {
        Self.all.contains { $0.definition.name == name }
    }

    package func call(_ name: String, arguments: JSONObject, in context: RequestContext) async throws -> Answer {
        switch name {
        case "greet": try await greeting(context.client)
        case "two_steps": try await twoSteps(context.client)
        case "model":
            Answer(try await context.client.answers(to: ["said": .sampling(Self.sampling)])["said"]?.text ?? "")
        default: Answer(try await context.client.answers(to: ["roots": .roots])["roots"]?.text ?? "")
        }
    }

    private static let sampling: JSON = ["messages": [], "maxTokens": 10]

    private func greeting(_ client: Client) async throws -> Answer {
        let fields = [Field("name", title: "Name", isRequired: true), Field("age", .integer(0...150))]
        return switch try await client.ask(Form("Who are you?", fields)) {
        case .accepted(let values): Answer("Hello, \(values["name"]?.string ?? "").")
        case .declined: Answer("Then not.")
        case .cancelled: Answer("Another time.")
        case .notPossible: Answer("Hello, whoever you are.")
        }
    }

    private func twoSteps(_ client: Client) async throws -> Answer {
        guard case .accepted(let first) = try await client.ask(Form("One?", [Field("one")]), as: "first"),
            case .accepted(let second) = try await client.ask(Form("Two?", [Field("two")]), as: "second")
        else { return .failure("It was not answered. Call again.") }
        return Answer("\(first["one"]?.string ?? "") \(second["two"]?.string ?? "")")
    }
}
