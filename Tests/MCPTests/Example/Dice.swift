import JSON
import MCP

enum Dice {
    static let bet = ToolSet.Tool(
        ToolDefinition(name: "bet", title: "Bet", effect: .reads, summary: "Asks for a number and rolls for it.")
    ) { context in
        let form = Form("Which number will come?", [Field("number", .integer(1...6), isRequired: true)])
        switch try await context.client.ask(form) {
        case .accepted(let values):
            return Answer(values["number"]?.int == Int.random(in: 1...6) ? "You win." : "You lose.")
        case .declined, .cancelled: return Answer("Nothing was rolled.")
        case .notPossible: return .failure("This client cannot ask for a number. Use `roll` instead.")
        }
    }

    static let resources = ResourceSet(
        [.init(Resource("dice://rules", name: "rules", mimeType: "text/plain"), .text("Six is best."))],
        templates: [
            .init(ResourceTemplate("dice://sides/{count}", name: "sides"), known: ["count": ["6", "20"]]) { values, _ in
                Int(values["count"] ?? "").map { .text("Numbers from 1 to \($0).") }
            }
        ]
    )

    static let prompts = PromptSet([
        .init(
            PromptDefinition(
                name: "explain",
                title: "Explain a game",
                description: "Explains a game of dice.",
                arguments: [.init("game", "Which game.", isRequired: true)]
            ),
            known: ["game": ["Craps", "Hazard", "Yacht"]]
        ) { arguments, _ in PromptAnswer("Explain the rules of \(arguments["game"] ?? "") in five sentences.") }
    ])
}
