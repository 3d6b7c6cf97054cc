import JSON
import OvalEdge
import Rendering
import Text

/// A reply about access and what was done with it: narrowed, asked again, or asked otherwise.
struct AccessFinding: Sendable {
    enum Fallback: String, Sendable {
        case catalog = "catalog_access"
        case tableWithColumns = "table+includeColumns"
    }

    var access: Access
    var level: AccessLevel?
    var privileges: [String] = []
    var needsSchema = false
    var fallback: Fallback?
    /// Schemas that hold such a table, found by looking into each.
    var discovered: [String] = []
    /// Sentences that a model needs to go on.
    var notes: [Inline] = []
    /// One for each path, where several were asked for and the catalog answered instead.
    var merged: [(path: String, access: Access)] = []

    /// What rights are counted by, instead of being listed.
    var grouping: AccessGrouping?

    init(_ access: Access) { self.access = access }

    /// Rights on the level that was asked for, without those on what lies above or below.
    mutating func keep(_ level: AccessLevel?) {
        guard let level else { return }
        let kept = access.grants.filter { $0.level.flatMap { AccessLevel($0) } == level }
        guard kept.count < access.grants.count else { return }
        let dropped = access.grants.count - kept.count
        notes.append(
            "Only rights on the level \(words: level.rawValue) are shown; \(dropped) on other levels were left out."
        )
        access.grants = kept
        self.level = level
    }

    /// Rights of these kinds; the other privileges of a grant are not hidden.
    mutating func keep(privileges wanted: [String]) {
        guard !wanted.isEmpty else { return }
        let names = Set(wanted.map { $0.uppercased() })
        let kept = access.grants.filter { grant in grant.privileges.contains { names.contains($0.uppercased()) } }
        let dropped = access.grants.count - kept.count
        notes.append("Only \(escaped: wanted.joined(separator: ", ")); \(dropped) other rights were left out.")
        access.grants = kept
        privileges = wanted
    }

    /// The ways to the tables that rights are held on, each once; they differ in their schemas.
    var tables: [String] {
        var seen: Set<String> = []
        return access.grants.filter { $0.level == nil || $0.level == AccessLevel.table.rawValue }
            .compactMap { $0.path }.filter { seen.insert($0.lowercased()).inserted }
    }

    /// Nothing is shown before it is clear which table is meant.
    mutating func askForSchema(_ candidates: [JSON], mayBeMore: Bool = false) {
        access.grants = []
        access.candidates = candidates
        needsSchema = true
        let count: Inline = "\(mayBeMore ? "at least " : "")\(candidates.count)"
        notes.append(
            "Tables of this name lie in \(count) schemas; ask which is meant, then call again with its path."
        )
    }

    /// Connections whose rights are side by side.
    var connections: [Int] { Set(access.grants.compactMap { $0.connection }).sorted() }
}

extension AccessFinding {
    /// The counts that are shown in place of rights.
    var groups: [GrantGroup]? { grouping.map { GrantGroup.all(of: access.grants, by: $0) } }

    /// How many rights, principals, objects or members were found; one, where the answer is about one user and object.
    var total: Int {
        if !merged.isEmpty { return merged.reduce(0) { $0 + AccessFinding($1.access).total } }
        if access.json.payload["grants"] != nil { return access.grants.count }
        if access.json.payload["effectiveAccess"] != nil { return 1 }
        return access.lists.reduce(0) { $0 + $1.items.count }
    }

    /// How many rows each list has.
    var lengths: [Int] {
        if !merged.isEmpty { return merged.flatMap { AccessFinding($0.access).lengths } }
        let rights = groups?.count ?? access.grants.count
        return [rights, access.candidates.count] + access.lists.map { $0.items.count }
    }

    /// How many of them are among these rows.
    private func returned(in rows: ListWindow) -> Int {
        if !merged.isEmpty { return merged.reduce(0) { $0 + AccessFinding($1.access).returned(in: rows) } }
        if let groups { return rows.of(groups).reduce(0) { $0 + $1.rights } }
        if access.json.payload["grants"] != nil { return rows.of(access.grants).count }
        if access.json.payload["effectiveAccess"] != nil { return 1 }
        return access.lists.reduce(0) { $0 + rows.of($1.items).count }
    }

    /// These rows of every list.
    func showing(_ rows: ListWindow, of structured: JSON) -> JSON {
        var shown = structured
        shown["returned"] = .int(returned(in: rows))
        if let groups = structured["groups"]?.array { shown["groups"] = .array(Array(rows.of(groups))) }
        guard let data = structured["data"] else { return rows.adding(to: shown) }
        if merged.isEmpty {
            shown["data"] = Self.lists(of: data, rows)
        } else {
            let objects = (data["objects"]?.array ?? []).map { Self.lists(of: $0, rows) }
            shown["data"] = ["objects": .array(objects)]
        }
        return rows.adding(to: shown)
    }

    private static func lists(of data: JSON, _ rows: ListWindow) -> JSON {
        var shown = data
        for member in data.object?.members ?? [] {
            if let items = member.value.array { shown[member.name] = .array(Array(rows.of(items))) }
        }
        return shown
    }

    /// For programs: counts first.
    func structured(links: LinkBase) -> JSON {
        let data: JSON =
            merged.isEmpty
            ? Self.data(of: self, links)
            : [
                "objects": .array(
                    merged.map { item in
                        var object = Self.data(of: AccessFinding(item.access), links)
                        object["objectPath"] = .string(Untrusted.cleaned(item.path))
                        return object
                    }
                )
            ]
        return .members(
            ("total", .int(total)),
            ("returned", .int(total)),
            ("complete", true),
            ("filteredToObjectLevel", level.map { .string($0.rawValue) }),
            ("filteredToPrivileges", privileges.isEmpty ? nil : .strings(privileges)),
            ("requiresSchemaSelection", needsSchema ? true : nil),
            ("discoveredSchemaCandidates", discovered.isEmpty ? nil : Untrusted.cleaned(.strings(discovered))),
            ("multipleConnections", connections.count > 1 ? true : nil),
            ("connectionIds", connections.count > 1 ? .array(connections.map { .int($0) }) : nil),
            ("fallback", fallback.map { .string($0.rawValue) }),
            ("groups", groups.map { .array($0.map { $0.json }) }),
            ("data", data)
        )
    }

    private static func data(of finding: AccessFinding, _ links: LinkBase) -> JSON {
        var data = finding.access.json.payload
        if data["grants"] != nil {
            let grants = finding.access.grants
            data["grants"] = finding.grouping == nil ? .array(grants.map { $0.json }) : nil
            data["summary"] = summary(of: grants)
        }
        data["matchCandidates"] = finding.access.candidates.isEmpty ? nil : .array(finding.access.candidates)
        let link = finding.access.link
        for name in ["redirectUrl", "redirect_url", "navLink", "nav_link"] { data[name] = nil }
        data["navLink"] = link.map { .string($0.fragment) }
        return Structured(links: links).enriched(data)
    }

    static func summary(of grants: [Access.Grant]) -> JSON {
        [
            "totalGrants": .int(grants.count),
            "byObjectLevel": counts(grants.compactMap { $0.level }),
            "byGrantMechanism": counts(grants.compactMap { $0.mechanism }),
            "byRole": counts(grants, by: .role),
            "bySchema": counts(grants, by: .schema),
        ]
    }

    private static func counts(_ grants: [Access.Grant], by grouping: AccessGrouping) -> JSON {
        .array(
            GrantGroup.all(of: grants, by: grouping).map {
                ["name": .string(Untrusted.cleaned($0.name)), "rights": .int($0.rights)]
            }
        )
    }

    private static func counts(_ names: [String]) -> JSON {
        let counts = names.reduce(into: [String: Int]()) { counts, name in counts[name, default: 0] += 1 }
        return .object(JSONObject(counts.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .int($0.value)) }))
    }
}

extension Access {
    /// Where people see the object.
    var link: NavLink? {
        let payload = json.payload
        return ["redirectUrl", "redirect_url", "navLink", "nav_link"].lazy
            .compactMap { payload[$0]?.string.flatMap { NavLink($0) } }.first
    }
}
