import JSON
import MCP

/// Tools that ask the client for something; the same lines serve a session and the rounds of 2026-07-28.
enum AskingTools {
    static let all = [
        tool(
            "test_sampling",
            "Has the client's model answer a prompt.",
            reading: { input in input.read("prompt", "What to ask the model.") as String },
            answer: { prompt, client in
                let answers = try await client.answers(to: ["answer": .sampling(sampling(prompt))])
                return Answer("The model said: \(answers["answer"]?["content"]?["text"]?.string ?? "")")
            }
        ),
        tool(
            "test_elicitation",
            "Asks a person for a name and an address.",
            reading: { input in input.read("message", "Why it is asked.") as String },
            answer: { message, client in
                let fields = [
                    Field("username", title: "Name", isRequired: true),
                    Field("email", .text(format: .email), title: "Address", isRequired: true),
                ]
                return told(try await client.ask(Form(message, fields)))
            }
        ),
        tool("test_elicitation_sep1034_defaults", "Asks with a value in every field.") { client in
            told(try await client.ask(Form("Is this right?", Forms.defaults)))
        },
        tool("test_elicitation_sep1330_enums", "Asks for choices in every form there is.") { client in
            told(try await client.ask(Form("What will it be?", Forms.choices)))
        },
        tool("test_streaming_elicitation", "Asks for a confirmation.") { client in
            told(try await client.ask(Form("Go on?", [Field("confirm", .flag())])))
        },
        tool("test_missing_capability", "Needs a client with a model.") { client in
            try client.require(.sampling)
            return Answer("The client has a model.")
        },
    ]

    /// A tool that reads nothing and knows nothing but its client.
    static func tool(
        _ name: String,
        _ summary: String,
        answer: @escaping @Sendable (Client) async throws -> Answer
    ) -> ToolSet.Tool {
        tool(name, summary, reading: { _ in }, answer: { _, client in try await answer(client) })
    }

    private static func tool<Input: Sendable>(
        _ name: String,
        _ summary: String,
        reading: @escaping @Sendable (inout Arguments) -> Input,
        answer: @escaping @Sendable (Input, Client) async throws -> Answer
    ) -> ToolSet.Tool {
        ToolSet.Tool(
            ToolDefinition(name: name, title: name, effect: .reads, summary: summary),
            reading: reading,
            answer: { input, context in try await answer(input, context.client) }
        )
    }

    static func told(_ answer: FormAnswer) -> Answer {
        switch answer {
        case .accepted(let values): Answer("action=accept content=\(JSON.object(values).text)")
        case .declined: Answer("action=decline")
        case .cancelled: Answer("action=cancel")
        case .notPossible: .failure("This client cannot show forms. Call it from one that can.")
        }
    }

    static func sampling(_ prompt: String) -> JSON {
        [
            "messages": [["role": "user", "content": ["type": "text", "text": .string(prompt)]]],
            "maxTokens": 100,
        ]
    }
}

/// What is asked for.
private enum Forms {
    static let defaults = [
        Field("name", .text(default: "John Doe")),
        Field("age", .integer(default: 30)),
        Field("score", .number(default: 95.5)),
        Field("status", .choice([.init("active"), .init("inactive"), .init("pending")], default: "active")),
        Field("verified", .flag(default: true)),
    ]

    static let choices = [
        Field("untitledSingle", .choice(plain)),
        Field("titledSingle", .choice(titled)),
        Field("legacyEnum", .choice(titled, titles: .parallel)),
        Field("untitledMulti", .choices(plain)),
        Field("titledMulti", .choices(titled)),
    ]

    private static let plain = ["option1", "option2", "option3"].map { Field.Option($0) }
    private static let titled = ["value1", "value2", "value3"].map { Field.Option($0, title: "The \($0)") }
}
