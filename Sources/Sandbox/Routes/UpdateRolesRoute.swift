import HTTP
import JSON

/// `POST update-governance-roles`: other people for some roles of one object.
///
/// The sixth role is switched off here; the steward of `revenue_daily` follows from its glossary term and is locked.
enum UpdateRolesRoute {
    private static let facts = [
        "owner": "owner", "steward": "steward", "custodian": "custodian", "governance_role_4": "governanceRole4",
        "governance_role_5": "governanceRole5",
    ]
    private static let people: Set<String> = ["aiko", "jonas", "lena", "mira", "pablo", "tariq"]

    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let target = SampleTarget(call.body?["target"], in: catalog) else {
            return .refusal(.notFound, "target.objectId and target.objectType lead to nothing")
        }
        let wanted = (call.body?["roleUpdates"]?.object?.members ?? []).map { ($0.name, $0.value.string ?? "") }
        guard !wanted.isEmpty else { return .refusal(.badRequest, "roleUpdates is empty") }
        for (role, person) in wanted {
            guard facts[role] != nil else { return .refusal(.badRequest, "Governance role is not enabled: \(role)") }
            guard people.contains(person) else { return .refusal(.badRequest, "There is no user \(person)") }
        }
        let locked = target.asset.list("lockedRoles")
        let free = wanted.filter { !locked.contains($0.0) }
        if call.body?["options"]?["dryRun"] != true {
            for (role, person) in free { catalog.set(facts[role] ?? role, to: person, of: target.asset.id) }
        }
        let blocked = wanted.map { $0.0 }.filter { locked.contains($0) }
        return .json(reply(target, updated: free.map { $0.0 }, blocked: blocked, call, catalog))
    }

    private static func reply(
        _ target: SampleTarget,
        updated: [String],
        blocked: [String],
        _ call: SandboxCall,
        _ catalog: SampleCatalog
    ) -> JSON {
        .members(
            ("status", .string(blocked.isEmpty ? "success" : updated.isEmpty ? "blocked" : "partial_success")),
            ("reasonCode", blocked.isEmpty ? nil : "GLOSSARY_PROPAGATED_GOVERNANCE_ROLE"),
            ("target", target.json(call, catalog)),
            ("updatedRoles", .strings(updated)),
            ("blockedRoles", .strings(blocked)),
            ("message", blocked.isEmpty ? nil : "Some roles follow from a glossary term and are changed there")
        )
    }
}
