package import JSON
package import OvalEdgeTools

extension ToolName {
    /// Arguments of a call that the sandbox answers: what the manual shows and the tests over all tools use.
    package var example: JSON {
        switch self {
        case .assetExplorer: ["search_terms": ["orders"], "object_type": "oetable", "limit": 3]
        case .assetDetails: ["object_id": 501, "object_type": "oetable"]
        case .assetLineage: ["object_id": 501, "object_type": "oetable"]
        case .metadataChanges: ["connection_name": "bramble_dw"]
        case .knowledgeSearch: ["content_query": "retention"]
        case .accessExplorer:
            [
                "operation": "source_system_access", "query_direction": "user_to_objects",
                "source_system": "snowflake", "username": ["aiko"],
            ]
        case .updateAssetDescriptions:
            ["object_id": 501, "object_type": "oetable", "business_description": "One row per order."]
        case .updateCDEAssociations:
            ["targets": [["object_id": 502, "object_type": "oetable"]], "action": "Yes"]
        case .createGlossaryTerm:
            [
                "term_name": "Gross revenue", "domain_name": "Sales > Revenue > Reported revenue",
                "description": "What customers paid, tax included.",
            ]
        case .createTag: ["tag_name": "Home address", "parent_tag_id": 353]
        case .updateGovernanceRoles:
            ["object_id": 501, "object_type": "oetable", "role_updates": ["owner": "lena"]]
        case .updateCustomFieldValue:
            [
                "object_id": 501, "object_type": "oetable",
                "field_updates": [["field_name": "Region", "value": "APAC"]],
            ]
        case .dqRuleAdvisor: ["step": "assess", "discover_cde_columns": true]
        case .dqRuleManager:
            ["step": "associate", "dqrule_id": 701, "objects": [["object_id": 51101, "object_type": "oecolumn"]]]
        case .createServiceRequest:
            [
                "request_type": "access", "object_type": "oetable", "object_id": [501],
                "summary": "Read access to the orders", "ticket_fields": ["Needed until": "2026-12-31"],
            ]
        }
    }
}
