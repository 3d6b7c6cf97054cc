package import JSON
package import MCP
package import OvalEdge
import Rendering
package import Writes

package struct UpdateGovernanceRoles: WritingTool {
    package static let family = WriteFamily.governance
    package static let definition = ToolDefinition(
        name: "update_governance_roles",
        title: "Update governance roles",
        effect: .changes,
        searchHint: "assign change owner steward custodian",
        summary:
            "Assign the roles of one object to other people: owner, steward, custodian; after a person has agreed.",
        guidance: """
            Use it when someone else takes over. Name only the roles that change. A role can be reassigned, but not cleared. Besides catalog assets it \
            takes categories, policies (policy), data quality rules (dqrule) and the like; a rule or a scheme of rules \
            (dqscheme) has a steward only. The answer shows who holds each role now and who will; nothing is written \
            before the person has agreed. A role inherited from a glossary term is locked and changed there. With \
            dry_run OvalEdge checks it and changes nothing.
            """
    )

    let objectID: ObjectID
    let objectType: GovernedType
    let roleUpdates: RoleUpdates
    let why: WriteReason
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the object.")
        objectType = input.read("object_type", "Kind of the object, as the search returned it.")
        roleUpdates = input.read("role_updates", "The new person for each role that changes, by their user name.")
        why = WriteReason(&input)
        agreement = Agreement(&input)
        guard RoleUpdate.typesWithStewardOnly.contains(objectType.name) else { return }
        for (role, _) in roleUpdates.people where role != .steward {
            input.note("role_updates", "cannot hold \(role.rawValue): a \(objectType.name) has a steward only.")
        }
    }
}

extension UpdateGovernanceRoles {
    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        let asset = try await read(from: ovalEdge)
        let people = roleUpdates.people
        let target = "\(objectType.name) \(objectID.number)"
        let request = APIRequest.updateRoles(
            RoleUpdate(id: objectID.number, type: objectType.name, people: people, client: why.context)
        )
        let change = Change(
            of: asset?.title,
            target,
            in: request.body,
            people.map { role, _ in
                .field(.init(role.rawValue, at: ["roleUpdates", role.rawValue], now: Self.now(role, of: asset)))
            } + people.compactMap { _, person in Self.doubt(about: person) }
        )
        return .write(
            Write(
                tool: Self.definition.name,
                family: Self.family,
                target: target,
                change: change,
                request: request,
                isDryRun: why.dryRun
            ) { reply, ovalEdge in
                let now = why.dryRun ? nil : await ovalEdge.readBack { try await read(from: $0) } ?? nil
                let fields = people.map { role, person in Self.readBack(role, person, before: asset, now: now) }
                let subject = asset?.title ?? target
                return WriteReport(reply, of: subject, asset?.link, links: ovalEdge.links, isDryRun: why.dryRun)
                    .result(readBack: fields)
            }
        )
    }

    /// A display name does not say who it is, so that only user names are compared.
    private static func now(_ role: GovernanceRole, of asset: Asset?) -> Change.Now {
        guard let asset else { return .unread }
        guard let holder = role.holder(in: asset) else { return .holds(nil) }
        return holder.userName.map { .holds($0, plain: holder.text) } ?? .isCalled(holder.name)
    }

    private static func readBack(_ role: GovernanceRole, _ person: String, before: Asset?, now: Asset?) -> ReadBack {
        let holder = now.flatMap { role.holder(in: $0) }
        let isKnown = holder.map { $0.userName != nil } ?? true
        return ReadBack(
            role.rawValue,
            wanted: isKnown ? person : nil,
            before: before.flatMap { role.holder(in: $0) }.map { $0.userName ?? $0.name },
            now: .of(now) { role.holder(in: $0).map { $0.userName ?? $0.name } }
        )
    }

    /// OvalEdge takes user names, which have no blanks.
    private static func doubt(about person: String) -> Change.Part? {
        guard person.contains(" ") else { return nil }
        return .line(
            "“\(escaped: person)” looks like a display name, which several people may have; OvalEdge takes the user name."
        )
    }

    /// Nil for a kind of object that has no page of details.
    private func read(from ovalEdge: OvalEdgeAPI) async throws -> Asset? {
        guard let type = objectType.objectType else { return nil }
        return try await ovalEdge.record(of: objectID.number, type).asset
    }

    package static let outputSchema: JSON = WriteReport.outputSchema
}
