import JSON
import OvalEdge
import Rendering

/// Access in words: what was asked, how much was found, then who, what, on what, and through what.
struct AccessReport: Sendable {
    private let finding: AccessFinding
    private let rows: ListWindow
    private let call: AccessExplorer
    private let links: LinkBase
    private let limits: SizeLimits

    init(_ finding: AccessFinding, _ rows: ListWindow, of call: AccessExplorer, links: LinkBase, in limits: SizeLimits)
    {
        self.finding = finding
        self.rows = rows
        self.call = call
        self.links = links
        self.limits = limits
    }

    func write(to text: inout Markdown) {
        text.heading(1, title)
        for note in finding.notes { text.note(note) }
        if finding.merged.isEmpty { write(finding.access, to: &text) }
        for item in limits.of(finding.merged) {
            text.heading(2, "\(escaped: item.path)")
            write(item.access, to: &text)
        }
        if let advice = rows.advice { text.note(advice) }
    }

    private func write(_ access: Access, to text: inout Markdown) {
        if let advice = access.advice { text.line("> \(escaped: advice)") }
        if isAboutCatalog { writeObject(of: access, to: &text) }
        writeInheritance(of: access, to: &text)
        writeEffective(access, to: &text)
        writeGrants(access, to: &text)
        writeCandidates(access, to: &text)
        for (name, items) in access.lists { write(items, called: name, to: &text) }
        writeCodes(of: access, to: &text)
        writeOnward(of: access, to: &text)
        if isEmpty(access) { text.note(emptyAdvice) }
        if let link = access.link { text.line("\(link: "Open in OvalEdge", to: links.url(link))") }
    }

    private var isAboutCatalog: Bool { call.operation == .catalog || finding.fallback == .catalog }

    private var title: Inline {
        if isAboutCatalog {
            return call.queryDirection == .userToObject
                ? "Catalog permissions of \(escaped: call.username.first ?? "") on \(object)"
                : "Catalog permissions on \(object)"
        }
        let system: Inline = "\(escaped: call.sourceSystem ?? "")"
        let users: Inline = "\(escaped: call.username.joined(separator: ", "))"
        switch call.queryDirection {
        case .userToObjects: return "Rights in \(system): what \(users) may do"
        case .objectToUsers: return "Rights in \(system): who may do something with \(object)"
        case .browse: return "What lies in connection \(call.connectionID.first?.number ?? 0) (\(system))"
        case let direction:
            let words: Inline = "\(words: direction.rawValue.split(separator: "_").joined(separator: " "))"
            return "\(words) in \(system): \(direction.start == "user" ? users : object)"
        }
    }

    private var object: Inline {
        let names = call.objectPath + [call.fullyQualifiedName].compactMap { $0 } + call.objectName
        if !names.isEmpty { return "\(escaped: names.joined(separator: ", "))" }
        let type = call.objectType.first ?? ""
        return call.objectID.map { "\(code: "\(type) \($0.number)")" } ?? "everything"
    }

    /// Which object the catalog answered for, as others may have its name.
    private func writeObject(of access: Access, to text: inout Markdown) {
        guard call.objectID == nil else { return }
        let payload = access.json.payload
        if let id = payload.text("objectId", "object_id") {
            let names = [payload.text("objectType", "object_type"), id].compactMap { $0 }
            text.line("This is \(code: names.joined(separator: " ")).")
        } else {
            text.note("OvalEdge did not say which object this is.")
        }
        guard !call.objectName.isEmpty else { return }
        text.note("Others may be called \(object), too; for one of them, call again with its `object_id`.")
    }

    /// Permissions on a story are often those of its zone.
    private func writeInheritance(of access: Access, to text: inout Markdown) {
        guard let origin = access.json.payload["inheritedFrom"], !origin.isNull else { return }
        let name = origin.text("objectName", "object_name") ?? origin.plainText ?? "what it lies in"
        let type = origin.text("objectType", "object_type").flatMap { ObjectType(rawValue: $0) }?.title
        let kind: Inline = type.map { " (\(words: $0))" } ?? ""
        text.note("These permissions are inherited from \(escaped: name)\(kind); a change has to be made there.")
    }

    private func writeEffective(_ access: Access, to text: inout Markdown) {
        let payload = access.json.payload
        for member in payload["effectiveAccess"]?.object?.members ?? [] {
            guard let value = Inline.value(member.value, as: member.name, upTo: limits.characters) else { continue }
            text.bullet("\(escaped: Words.spaced(member.name)): \(value)")
        }
    }

    /// What the abbreviations mean that were shown.
    private func writeCodes(of access: Access, to text: inout Markdown) {
        let codes: [Inline] = PermissionCode.all(in: access.json.payload).map {
            "\(words: $0.rawValue) \(words: $0.meaning)"
        }
        if !codes.isEmpty { text.line("Permissions: \(codes.joined(separator: "; ")).") }
    }

    private func writeOnward(of access: Access, to text: inout Markdown) {
        guard call.queryDirection == .userToRoles, !call.includeParentRoles, !access.members.isEmpty else { return }
        text.note("What these roles inherit is not here; call again with `include_parent_roles` true for that.")
    }

    private func writeGrants(_ access: Access, to text: inout Markdown) {
        let grants = access.grants
        guard !grants.isEmpty else { return }
        text.line(counts(of: grants))
        if let grouping = finding.grouping {
            let name: Inline = grouping == .role ? "Through" : "In"
            let groups = GrantGroup.all(of: grants, by: grouping)
            return text.table([name, "Rights", "Principals", "Paths", "May"], rows.of(groups).map { $0.cells })
        }
        text.table(
            ["Who", "May", "On", "Level", "Through"],
            rows.of(grants).map { grant in
                [
                    "\(escaped: grant.principal ?? "–")", "\(escaped: grant.privileges.joined(separator: ", "))",
                    "\(escaped: grant.path ?? "–")", "\(escaped: grant.level ?? "–")", Self.way(of: grant),
                ]
            }
        )
    }

    private func counts(of grants: [Access.Grant]) -> Inline {
        let principals = Set(grants.compactMap { $0.principal }).count
        let summary = AccessFinding.summary(of: grants)
        let levels: [Inline] = (summary["byObjectLevel"]?.object?.members ?? []).map {
            "\(escaped: $0.name) \($0.value.int ?? 0)"
        }
        let roles = GrantGroup.all(of: grants, by: .role)
        let schemas = GrantGroup.all(of: grants, by: .schema)
        var line: Inline = "\(grants.count == 1 ? "1 right" : "\(grants.count) rights")"
        line += " of \(principals == 1 ? "1 principal" : "\(principals) principals")"
        if !levels.isEmpty { line += "; by level: \(levels.joined(separator: ", "))" }
        if finding.grouping != .role { line += "; through \(list(roles))" }
        if finding.grouping != .schema { line += "; in \(list(schemas))" }
        line += "."
        return line
    }

    /// The largest first.
    private func list(_ groups: [GrantGroup]) -> Inline {
        let shown: [Inline] = limits.of(groups).map { "\(escaped: $0.name) \($0.rights)" }
        let left = groups.count - shown.count
        let more: Inline = left > 0 ? " and \(left) more, which `group_by` lists" : ""
        return "\(shown.joined(separator: ", "))\(more)"
    }

    private static func way(of grant: Access.Grant) -> Inline {
        let names: [Inline] = [
            grant.mechanism.map { "\(escaped: $0)" }, grant.role.map { "\(escaped: $0)" },
            grant.group.map { "\(escaped: $0)" },
        ].compactMap { $0 }
        return names.joined(separator: " ")
    }

    private func writeCandidates(_ access: Access, to text: inout Markdown) {
        guard !access.candidates.isEmpty else { return }
        text.heading(2, "What could be meant (\(access.candidates.count))")
        text.table(of: Array(rows.of(access.candidates)), .whole)
        let paths = access.candidates.map { candidate in
            [candidate.text("objectPath", "fullyQualifiedName", "objectName"), candidate.text("connectionId")]
        }
        let way: Inline =
            Set(paths).count == paths.count
            ? "`object_path` and `connection_id`" : "`object_id` and `object_type`, as some have one path"
        text.note("Ask which is meant, then call again with its \(way).")
    }

    private func write(_ items: [JSON], called name: String, to text: inout Markdown) {
        let shown = Array(rows.of(items))
        guard !shown.isEmpty else { return }
        text.heading(2, "\(escaped: Words.spaced(name)) (\(rows.count(of: items.count)))")
        guard items.contains(where: { $0.object != nil }) else {
            return shown.forEach { text.bullet("\(escaped: $0.plainText ?? "–")") }
        }
        text.table(of: shown, .whole)
    }

    private func isEmpty(_ access: Access) -> Bool {
        access.grants.isEmpty && access.candidates.isEmpty && access.lists.isEmpty
            && access.json.payload["effectiveAccess"]?.object == nil
    }

    private var emptyAdvice: Inline {
        if call.queryDirection == .browse { return "Nothing was found there; check the level and the path above it." }
        if call.level == .schema || call.level == .database, call.scopeMode == .exact, !call.queryDirection.isMembership
        {
            return """
                No right was found on the \(words: call.level?.rawValue ?? "") itself. Rights on what lies in it come with \
                `scope_mode` descendants and its `object_path`.
                """
        }
        return """
            No right was found. That may also mean that the object was not found: check its path, its level and the \
            connection.
            """
    }
}
