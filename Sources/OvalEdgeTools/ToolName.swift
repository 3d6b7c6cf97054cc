package import MCP

/// The tools of the product by their names on the wire, in the order in which they are listed.
///
/// Prompts and guides name tools through these, so that a name cannot be mistyped.
package enum ToolName: String, CaseIterable, Sendable {
    case assetExplorer = "asset_explorer"
    case assetDetails = "asset_details"
    case assetLineage = "asset_lineage"
    case metadataChanges = "metadata_changes_between_crawls"
    case knowledgeSearch = "knowledge_search"
    case accessExplorer = "access_explorer"
    case updateAssetDescriptions = "update_asset_descriptions"
    case updateCDEAssociations = "update_cde_associations"
    case createGlossaryTerm = "create_glossary_term"
    case createTag = "create_tag"
    case updateGovernanceRoles = "update_governance_roles"
    case updateCustomFieldValue = "update_custom_field_value"
    case dqRuleAdvisor = "dq_rule_advisor"
    case dqRuleManager = "dq_rule_manager"
    case createServiceRequest = "create_service_request"
}

/// The tools that are listed, by which prompts and guides decide of what they may speak.
package struct EnabledTools: Sendable {
    package let definitions: [ToolDefinition]
    private let names: Set<String>

    package init(_ definitions: [ToolDefinition]) {
        self.definitions = definitions
        names = Set(definitions.map { $0.name })
    }

    package init(_ tools: [any Tool.Type]) { self.init(tools.map { tool in tool.definition }) }

    package func contains(_ tool: ToolName) -> Bool { names.contains(tool.rawValue) }

    package func contains(_ tools: [ToolName]) -> Bool { tools.allSatisfy { contains($0) } }
}
