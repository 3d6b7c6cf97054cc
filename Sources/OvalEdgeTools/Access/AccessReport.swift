import JSON
import OvalEdge
import Rendering

/// Access in words: what was asked, how much was found, then who, what, on what, and through what.
struct AccessReport: Sendable {
    private let finding: AccessFinding
    private let call: AccessExplorer
    private let links: LinkBase
    private let limits: SizeLimits

    init(_ finding: AccessFinding, of call: AccessExplorer, links: LinkBase, in limits: SizeLimits) {
        self.finding = finding
        self.call = call
        self.links = links
        self.limits = limits
    }

    func write(to text: inout Markdown) {
        text.heading(1, title)
        for note in finding.notes { text.note("\(escaped: note)") }
        guard finding.merged.isEmpty else {
            for item in limits.of(finding.merged) {
                text.heading(2, "\(escaped: item.path)")
                write(item.access, to: &text)
            }
            return
        }
        write(finding.access, to: &text)
    }

    private func write(_ access: Access, to text: inout Markdown) {
        if let advice = access.advice { text.line("> \(escaped: advice)") }
        writeInheritance(of: access, to: &text)
        writeEffective(access, to: &text)
        writeGrants(access, to: &text)
        writeCandidates(access, to: &text)
        for (name, items) in access.lists { write(items, called: name, to: &text) }
        if isEmpty(access) { text.note(emptyAdvice(access)) }
        if let link = access.link { text.line("\(link: "Open in OvalEdge", to: links.url(link))") }
    }

    private var title: Inline {
        if call.operation == .catalog || finding.fallback == .catalog {
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
            let meaning: Inline =
                member.value.string.flatMap { PermissionCode.meaning(of: $0) }.map { " (\(words: $0))" } ?? ""
            text.bullet("\(escaped: Words.spaced(member.name)): \(value)\(meaning)")
        }
    }

    private func writeGrants(_ access: Access, to text: inout Markdown) {
        let grants = access.grants
        guard !grants.isEmpty else { return }
        text.line(counts(of: grants))
        text.table(
            ["Who", "May", "On", "Level", "Through"],
            limits.of(grants).map { grant in
                [
                    "\(escaped: grant.principal ?? "–")", "\(escaped: grant.privileges.joined(separator: ", "))",
                    "\(escaped: grant.path ?? "–")", "\(escaped: grant.level ?? "–")", Self.way(of: grant),
                ]
            }
        )
        writeLeft(grants.count - limits.items, "rights", to: &text)
    }

    private func counts(of grants: [Access.Grant]) -> Inline {
        let principals = Set(grants.compactMap { $0.principal }).count
        let summary = AccessFinding.summary(of: grants)
        let levels: [Inline] = (summary["byObjectLevel"]?.object?.members ?? []).map {
            "\(escaped: $0.name) \($0.value.int ?? 0)"
        }
        let ways: [Inline] = (summary["byGrantMechanism"]?.object?.members ?? []).map {
            "\(escaped: $0.name) \($0.value.int ?? 0)"
        }
        var line: Inline = "\(grants.count == 1 ? "1 right" : "\(grants.count) rights")"
        line += " of \(principals == 1 ? "1 principal" : "\(principals) principals")"
        if !levels.isEmpty { line += "; by level: \(levels.joined(separator: ", "))" }
        if !ways.isEmpty { line += "; through: \(ways.joined(separator: ", "))" }
        line += "."
        return line
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
        text.table(of: access.candidates, limits)
        text.note("Ask which is meant, then call again with its `object_path` and `connection_id`.")
    }

    private func write(_ items: [JSON], called name: String, to text: inout Markdown) {
        text.heading(2, "\(escaped: Words.spaced(name)) (\(limits.count(of: items.count)))")
        if items.contains(where: { $0.object != nil }) {
            text.table(of: items, limits)
        } else {
            for item in limits.of(items) { text.bullet("\(escaped: item.plainText ?? "–")") }
        }
        writeCodes(of: Array(limits.of(items)), to: &text)
        writeLeft(items.count - limits.items, "of them", to: &text)
    }

    /// What the permissions among these mean, each once.
    private func writeCodes(of items: [JSON], to text: inout Markdown) {
        let codes = items.flatMap { $0.object?.members ?? [] }.filter { $0.name.hasSuffix("Permission") }
            .compactMap { $0.value.plainText?.uppercased() }
        let meanings: [Inline] = Set(codes).sorted().compactMap { code in
            PermissionCode.meaning(of: code).map { "\(words: code) (\(words: $0))" }
        }
        if !meanings.isEmpty { text.line("Permissions: \(meanings.joined(separator: ", ")).") }
    }

    private func writeLeft(_ left: Int, _ noun: String, to text: inout Markdown) {
        guard left > 0 else { return }
        text.note("\(left) more \(words: noun) are not shown; narrow the call by object, level, user or `privileges`.")
    }

    private func isEmpty(_ access: Access) -> Bool {
        access.grants.isEmpty && access.candidates.isEmpty && access.lists.isEmpty
            && access.json.payload["effectiveAccess"]?.object == nil
    }

    private func emptyAdvice(_ access: Access) -> Inline {
        if call.queryDirection == .browse { return "Nothing was found there; check the level and the path above it." }
        return """
            No right was found. That may also mean that the object was not found: check its path, its level and the \
            connection.
            """
    }
}
