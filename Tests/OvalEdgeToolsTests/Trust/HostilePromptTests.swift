import HTTP
import JSON
import MCP
import OvalEdgeContent
import OvalEdgeTools
import Testing

/// Prompts carry what a person typed and nothing of the catalog: they are made without asking OvalEdge anything.
@Suite struct `What is typed for a prompt` {
    @Test(arguments: AnyPrompt.all, Poison.allCases)
    func `stays between its quotes and changes no step`(_ any: AnyPrompt, _ poison: Poison) async throws {
        var values = any.values
        let texts = any.prompt.arguments.filter { $0.kind == .text }.map { $0.name }
        for name in texts { values[name] = poison.text }
        let tools = EnabledTools(ToolDefinition.all)
        let plain = try any.prompt.text(PromptValues(any.values, for: any.prompt), for: tools)
        let text = try any.prompt.text(PromptValues(values, for: any.prompt), for: tools)
        let (lines, plainLines) = (text.split(separator: "\n"), plain.split(separator: "\n"))
        #expect(lines.count == plainLines.count)
        for (line, plainLine) in zip(lines, plainLines) where line != plainLine {
            let name = try #require(texts.first { line.hasPrefix("- \($0): \"") })
            let rest = line.dropFirst("- \(name): ".count)
            let quoted = rest.hasSuffix(")") ? rest[..<(rest.lastIndex(of: "\"") ?? rest.startIndex)] + "\"" : rest[...]
            #expect(try JSON(parsing: String(quoted)).string != nil, "\(line.prefix(200))")
        }
        #expect(Hidden.kinds(in: text) == [])
        #expect(text.utf8.count < plain.utf8.count + 2 * 3000 * max(1, texts.count))
    }

    @Test(arguments: AnyPrompt.all)
    func `is all that a prompt holds besides its own words`(_ any: AnyPrompt) async throws {
        // A catalog that answers everything with the same words, and a prompt without them.
        let marker = "7f3-from-the-catalog"
        let catalog = TestCatalog(answering: .ok, #"{"ok":true,"data":{"items":[{"objectName":"\#(marker)"}]}}"#)
        let answer = try await catalog.prompt(any.prompt.name, any.values)
        for message in answer.messages { #expect(message.content.text?.contains(marker) == false) }
        #expect(answer.messages.compactMap { $0.content.text } == [try any.text()])
    }
}
