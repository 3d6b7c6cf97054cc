import JSON
import MCP
import OvalEdge
import OvalEdgeContent
import OvalEdgeTools
import TestSupport
import Testing

/// A prompt as an argument of a test, shown by its name.
struct AnyPrompt: CustomTestStringConvertible, Sendable {
    let prompt: Prompt

    static let all = OvalEdgePrompts.all.map { AnyPrompt(prompt: $0) }
    var testDescription: String { prompt.name }

    /// A value for each argument.
    var values: [String: String] {
        Dictionary(uniqueKeysWithValues: prompt.arguments.map { ($0.name, $0.kind == .text ? "orders" : "20") })
    }

    func text(for tools: [ToolDefinition] = ToolDefinition.all) throws -> String {
        try prompt.text(PromptValues(values, for: prompt), for: EnabledTools(tools))
    }
}

@Suite struct `Every prompt` {
    /// Rows: G151, G152.
    @Test(arguments: AnyPrompt.all)
    func `has a title, a sentence, and a description for every argument`(_ any: AnyPrompt) {
        let prompt = any.prompt
        let isPlain = prompt.name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }
        #expect(isPlain)
        #expect(!prompt.title.isEmpty && prompt.title.count <= 40)
        #expect(prompt.description.hasSuffix(".") && prompt.description.count <= 120)
        #expect(!prompt.arguments.isEmpty)
        for argument in prompt.definition.arguments {
            #expect(argument.isRequired && argument.title != nil)
            #expect(argument.description.hasSuffix("."))
        }
    }

    @Test(arguments: AnyPrompt.all)
    func `speaks of the tools that it needs and of no others`(_ any: AnyPrompt) throws {
        let needed = any.prompt.tools + any.prompt.steps.flatMap { $0.tools }
        let named = ToolName.allCases.filter { code(in: (try? any.text()) ?? "").contains($0.rawValue) }
        #expect(Set(named) == Set(needed), "What stands in backticks in the steps is what `using` and `with` name.")
        #expect(Set(any.prompt.tools).count == any.prompt.tools.count)
    }

    @Test(arguments: AnyPrompt.all)
    func `leaves out the steps of tools that are not listed`(_ any: AnyPrompt) throws {
        let tools = ToolDefinition.all.filter { definition in
            any.prompt.tools.contains { $0.rawValue == definition.name }
        }
        let named = ToolName.allCases.filter { code(in: (try? any.text(for: tools)) ?? "").contains($0.rawValue) }
        #expect(Set(named) == Set(any.prompt.tools))
    }

    /// Arguments that a step sets are arguments of the tools it names.
    @Test(arguments: AnyPrompt.all.filter { EnabledTools(Registry.tools).contains($0.prompt.tools) })
    func `names only what exists`(_ any: AnyPrompt) throws {
        let needed = any.prompt.tools + any.prompt.steps.flatMap { $0.tools }
        let tools = Registry.tools.filter { tool in needed.contains { $0.rawValue == tool.definition.name } }
        let arguments = tools.flatMap { $0.inputSchema["properties"]?.object?.members ?? [] }
        let choices = arguments.flatMap { $0.value["enum"]?.array ?? [] }.compactMap { $0.string }
        let known = Set(
            tools.map { tool in tool.definition.name } + arguments.map { $0.name } + choices
                + ObjectType.allCases.map { $0.rawValue } + ["ovaledge://"]
        )
        #expect(code(in: try any.text(for: tools.map { tool in tool.definition })).subtracting(known) == [])
    }

    @Test(arguments: AnyPrompt.all)
    func `is short enough to be read`(_ any: AnyPrompt) throws {
        #expect((3...8).contains(any.prompt.steps.count))
        #expect(try any.text().count < 3200)
    }

    @Test(arguments: AnyPrompt.all)
    func `keeps its words`(_ any: AnyPrompt) throws {
        try expectSnapshot("prompts/\(any.prompt.name).md", of: any.text())
    }

    @Test func `is one of the documented ones, with its arguments`() {
        let documented = [
            "data_discovery(query)", "trust_assessment(asset_name)", "explore_data_domain(domain)",
            "trace_data_lineage(asset_name)", "find_related_assets(asset_name)", "metadata_drift(scope)",
            "organizational_knowledge(question)", "platform_help(question)", "resolve_object_access(question)",
            "native_source_access(source_system, question)", "dam_object_browse(connection_id, scope)",
            "catalog_object_access(question)", "explain_business_term(term)", "explain_tag(tag_name)",
            "create_business_glossary_term(term_name)", "create_governance_tag(tag_name)",
            "document_asset_descriptions(asset_name, intent)", "assign_governance_roles(asset_name, role_changes)",
            "explain_dq_rule(rule_name)", "assess_cde_dq_coverage(scope)",
            "create_custom_sql_dq_workflow(user_intent)", "create_service_desk_request(intent)",
        ]
        let all = OvalEdgePrompts.all.map { prompt in
            "\(prompt.name)(\(prompt.arguments.map { $0.name }.joined(separator: ", ")))"
        }
        #expect(all == documented, "Is a prompt meant to be new? Add it here, and in Tests/Clients/test_features.py.")
    }

    /// What stands between backticks.
    private func code(in text: String) -> Set<String> {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        return Set(parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) })
    }
}
