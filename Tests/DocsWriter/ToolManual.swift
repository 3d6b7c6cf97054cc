package import JSON
package import MCP
import OvalEdgeTools
import Rendering
import Text
package import Writes

/// The page that shows every tool: what it takes, an example and its result.
package struct ToolManual: Sendable {
    /// Calls a tool by its name, in a sandbox that allows all writes.
    package typealias Caller = @Sendable (String, JSONObject) async throws -> Answer

    private static let introduction: Inline = """
        Every tool with its parameters, an example call and its real answer from the sandbox. \
        [`scripts/docs`](../scripts/docs) writes this page; what a tool tells of itself is in its file under \
        `Sources/OvalEdgeTools`. Tokens are estimates.
        """

    private let setting: @Sendable (WriteFamily) -> String
    private let call: Caller

    /// `setting` allows the writes of a family.
    package init(setting: @escaping @Sendable (WriteFamily) -> String, _ call: @escaping Caller) {
        self.setting = setting
        self.call = call
    }

    package func page() async throws -> String {
        var text = Markdown()
        text.heading(1, "The tools")
        text.paragraph(Self.introduction)
        text.heading(2, "What the list costs")
        text.paragraph("A client gives its model the list of tools before anything is asked. In tokens:")
        text.paragraph("\(words: ListCost.markdown.text)")
        for tool in Registry.tools { try await write(tool, to: &text) }
        return text.text
    }

    private func write(_ tool: any Tool.Type, to text: inout Markdown) async throws {
        let definition = tool.definition
        text.heading(2, "\(words: definition.name)")
        text.paragraph("**\(words: definition.title).** \(effect(of: tool))")
        text.paragraph("\(words: definition.description)")
        let parameters = ParameterTable(tool.inputSchema)
        text.line("")
        text.table(parameters.header, parameters.rows)
        guard let example = ToolName(rawValue: definition.name)?.example.object else { return }
        try await write(example, of: definition.name, to: &text)
    }

    private func write(_ example: JSONObject, of name: String, to text: inout Markdown) async throws {
        let answer = Self.withoutToken(try await call(name, example))
        guard !answer.isFailure else { throw ExampleFailed(description: "\(name): \(answer.text)") }
        var size: Inline = "The answer, \(TokenEstimate.tokens(in: answer.text)) tokens"
        if let structured = answer.structured { size += "; as JSON \(TokenEstimate.tokens(in: structured.text))" }
        text.paragraph("For example:")
        text.line("")
        text.ownCode(JSON.object(example).prettyText, in: "json")
        text.paragraph("\(size):")
        text.line("")
        text.ownCode(answer.text, in: "markdown")
    }

    private func effect(of tool: any Tool.Type) -> Inline {
        guard let writing = tool.writing else { return "Only reads." }
        let steps = tool.withheld(allowing: []).sorted().map { "\(code: $0)" as Inline }
        let what: Inline =
            steps.isEmpty ? "Changes OvalEdge" : "Only reads without the steps \(steps.joined(separator: ", "))"
        return "\(what); needs \(code: setting(writing.family))\(steps.isEmpty ? "" : " for those")."
    }

    /// A preview's token is another one each time.
    private static func withoutToken(_ answer: Answer) -> Answer {
        guard let token = answer.structured?["confirmationToken"]?.string else { return answer }
        let text = answer.text.replacing(every: token, with: "…")
        var answer = answer
        answer.content = [.text(text)]
        answer.structured?["confirmationToken"] = "…"
        let notes = answer.structured?["notes"]?.array ?? []
        answer.structured?["notes"] = .array(
            notes.map { $0.string.map { .string($0.replacing(every: token, with: "…")) } ?? $0 }
        )
        return answer
    }

    private struct ExampleFailed: Error, CustomStringConvertible {
        let description: String
    }
}

extension Markdown {
    fileprivate mutating func paragraph(_ words: Inline) {
        line("")
        line(words)
    }
}
