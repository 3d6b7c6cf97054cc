import JSON
import MCP
import OvalEdge
import Rendering

/// What rights are put together by.
package enum AccessGrouping: String, ArgumentChoice {
    case role, schema
}

/// The rights that come through one role, or that are held in one schema.
struct GrantGroup: Sendable {
    let name: String
    private(set) var rights = 0
    private(set) var principals: Set<String> = []
    private(set) var objects: Set<[String?]> = []
    private(set) var privileges: [(name: String, rights: Int)] = []

    private init(name: String) { self.name = name }

    /// Those with the most rights first.
    static func all(of grants: [Access.Grant], by grouping: AccessGrouping) -> [GrantGroup] {
        var groups: [String: GrantGroup] = [:]
        for grant in grants {
            let name = grouping == .role ? grant.source : grant.container
            groups[name, default: GrantGroup(name: name)].include(grant)
        }
        return groups.values.sorted { ($1.rights, $0.name) < ($0.rights, $1.name) }
    }

    private mutating func include(_ grant: Access.Grant) {
        rights += 1
        if let principal = grant.principal { principals.insert(principal) }
        if let path = grant.path { objects.insert([path, grant.level, grant.connection.map { String($0) }]) }
        for privilege in grant.privileges {
            if let known = privileges.firstIndex(where: { $0.name == privilege }) {
                privileges[known].rights += 1
            } else {
                privileges.append((privilege, 1))
            }
        }
    }

    var json: JSON {
        [
            "name": .string(Untrusted.cleaned(name)), "rights": .int(rights), "principals": .int(principals.count),
            "objects": .int(objects.count), "privileges": Untrusted.cleaned(.strings(privileges.map { $0.name })),
            "rightsByPrivilege": .array(
                privileges.map { ["name": .string(Untrusted.cleaned($0.name)), "rights": .int($0.rights)] }
            ),
        ]
    }

    var cells: [Inline] {
        let counts: [Inline] = privileges.map { "\(escaped: $0.name) \($0.rights)" }
        return [
            "\(escaped: name)", "\(rights)", "\(principals.count)", "\(objects.count)",
            counts.joined(separator: ", "),
        ]
    }
}

extension Access.Grant {
    /// The role or group that it comes through, else how it is held.
    fileprivate var source: String { role ?? group.map { "group \($0)" } ?? mechanism ?? "not said" }

    /// The schema or project that it is held in; what lies above schemas is there by its own name.
    fileprivate var container: String {
        guard let path else { return "not said" }
        let level = level.flatMap { AccessLevel($0) }
        let separator: Character = level == .project || level == .report ? "/" : "."
        let parts = path.split(separator: separator)
        let below =
            switch level {
            case .database, .schema, .project: 0
            case .table, .report: 1
            case .column: 2
            case nil: parts.count > 2 ? 1 : 0
            }
        return parts.dropLast(min(below, parts.count - 1)).joined(separator: String(separator))
    }
}
