package import JSON

/// Who may answer for something in the catalog; the raw value is the name on the wire.
package enum GovernanceRole: String, CaseIterable, Sendable {
    case owner, steward, custodian
    case role4 = "governance_role_4"
    case role5 = "governance_role_5"
    case role6 = "governance_role_6"

    /// Who holds the role now; nil when no one does.
    package func holder(in asset: Asset) -> Person? {
        switch self {
        case .owner, .steward, .custodian: asset.holder(of: rawValue)
        case .role4: asset.holder(of: "governanceRole4") ?? asset.holder(of: rawValue)
        case .role5: asset.holder(of: "governanceRole5") ?? asset.holder(of: rawValue)
        case .role6: asset.holder(of: "governanceRole6") ?? asset.holder(of: rawValue)
        }
    }
}

/// Other people for some roles of one object, as the body of the request.
package struct RoleUpdate: Sendable {
    /// What has roles besides the kinds that the catalog can be searched for.
    package static let furtherTypes = [
        "dqrule", "dqscheme", "dag", "policy", "processing_activity", "ropa_report", "category", "subcategory",
    ]
    /// These have a steward and no other role.
    package static let typesWithStewardOnly: Set<String> = ["dqrule", "dqscheme"]

    package let id: Int
    package let type: String
    package let people: [(role: GovernanceRole, person: String)]
    package let client: WriteContext

    package init(id: Int, type: String, people: [(role: GovernanceRole, person: String)], client: WriteContext) {
        self.id = id
        self.type = type
        self.people = people
        self.client = client
    }

    package var body: JSON {
        .members(
            ("target", ["objectId": .int(id), "objectType": .string(type)]),
            ("roleUpdates", .object(JSONObject(people.map { .init($0.role.rawValue, .string($0.person)) }))),
            ("options", client.options()),
            ("clientContext", client.context)
        )
    }
}

extension APIRequest where Reply == JSON {
    package static func updateRoles(_ update: RoleUpdate) -> Self {
        .command("/api/v1/mcp/update-governance-roles", update.body)
    }
}
