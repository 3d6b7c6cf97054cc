import JSON
import MCP

/// Tools whose questions the suite answers in rounds (2026-07-28), each under the key it expects.
enum RoundTools {
    static let all = [
        AskingTools.tool("test_input_required_result_elicitation", "Asks for a name and greets.") { client in
            guard case .accepted(let values) = try await client.ask(name, as: "user_name") else {
                return Answer("Nobody is greeted.")
            }
            return Answer("Hello, \(values["name"]?.string ?? "")!")
        },
        AskingTools.tool("test_input_required_result_sampling", "Has the client's model answer a question.") { client in
            let answers = try await client.answers(to: ["capital_question": .sampling(capital)])
            return Answer(answers["capital_question"]?["content"]?["text"]?.string ?? "")
        },
        AskingTools.tool("test_input_required_result_list_roots", "Asks where the client works.") { client in
            let roots = try await client.answers(to: ["client_roots": .roots])["client_roots"]?["roots"]?.array ?? []
            return Answer("\(roots.count) roots: \(roots.compactMap { $0["uri"]?.string }.joined(separator: ", "))")
        },
        AskingTools.tool("test_input_required_result_request_state", "Carries a state from round to round.") { client in
            confirmed(try await client.ask(confirmation, as: "confirm"), "state-ok")
        },
        AskingTools.tool("test_input_required_result_tampered_state", "Refuses a state that was touched.") { client in
            confirmed(try await client.ask(confirmation, as: "confirm"), "state-ok")
        },
        AskingTools.tool("test_input_required_result_multiple_inputs", "Asks three things at once.") { client in
            let answers = try await client.answers(to: [
                "user_name": .form(name), "greeting": .sampling(AskingTools.sampling("Greet somebody.")),
                "client_roots": .roots,
            ])
            let name = answers["user_name"]?["content"]?["name"]?.string ?? ""
            let greeting = answers["greeting"]?["content"]?["text"]?.string ?? ""
            return Answer("\(greeting) \(name), \(answers["client_roots"]?["roots"]?.array?.count ?? 0) roots")
        },
        AskingTools.tool("test_input_required_result_multi_round", "Asks one thing after the other.") { client in
            guard case .accepted(let first) = try await client.ask(name, as: "step1"),
                case .accepted(let second) = try await client.ask(color, as: "step2")
            else { return Answer("It was not answered.") }
            return Answer("\(first["name"]?.string ?? "") likes \(second["color"]?.string ?? "")")
        },
        AskingTools.tool("test_input_required_result_capabilities", "Asks for what the client can do.") { client in
            if client.can(.form) { return confirmed(try await client.ask(confirmation, as: "confirm"), "by a person") }
            guard client.can(.sampling) else { return Answer("There is nobody to ask.") }
            let answers = try await client.answers(to: ["capital_question": .sampling(capital)])
            return Answer(answers["capital_question"]?["content"]?["text"]?.string ?? "")
        },
    ]

    static let prompt = PromptSet.Prompt(
        PromptDefinition(
            name: "test_input_required_result_prompt",
            title: "Asks first",
            description: "Asks what it is about before it says anything."
        )
    ) { _, context in
        let form = Form("What is it about?", [Field("context", isRequired: true)])
        guard case .accepted(let values) = try await context.client.ask(form, as: "user_context") else {
            return PromptAnswer("Say something.")
        }
        return PromptAnswer("Say something about \(values["context"]?.string ?? "").")
    }

    private static let name = Form("What is your name?", [Field("name", isRequired: true)])
    private static let color = Form("Which color do you like?", [Field("color", isRequired: true)])
    private static let confirmation = Form("Is it right?", [Field("ok", .flag(), isRequired: true)])
    private static let capital = AskingTools.sampling("What is the capital of France?")

    private static func confirmed(_ answer: FormAnswer, _ text: String) -> Answer {
        if case .accepted = answer { Answer(text) } else { Answer("It was not confirmed.") }
    }
}
