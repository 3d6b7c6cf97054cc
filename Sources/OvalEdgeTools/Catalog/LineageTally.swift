import MCP
import OvalEdge

/// By what the assets of a lineage can be counted.
enum LineageCount: String, ArgumentChoice {
    case type, connection, owner
}

/// How many assets of a lineage there are of each kind, in each connection, or of each owner; the most first.
struct LineageTally: Sendable {
    struct Entry: Sendable {
        /// Nil for those of which it is not given.
        let name: String?
        /// The name with which an owner signs in.
        let user: String?
        fileprivate(set) var count = 0
        fileprivate(set) var kinds: [String: Int] = [:]

        /// `report 10, table 2`.
        var kindCounts: [(kind: String, count: Int)] {
            kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        }
    }

    let by: LineageCount
    let entries: [Entry]
    /// Assets of which it was not found out.
    let unknown: Int
    /// Requests it took to find owners.
    let requests: Int

    init(_ rows: LineageRows, by: LineageCount, owners: LineageOwners?) {
        self.by = by
        requests = owners?.requests ?? 0
        var entries: [String: Entry] = [:]
        var unknown = 0
        for visit in rows.distinct {
            guard let group = Self.group(of: visit, by, owners) else {
                unknown += 1
                continue
            }
            let key = "\(group.name ?? "")\u{0}\(group.user ?? "")"
            entries[key, default: group].count += 1
            entries[key, default: group].kinds[visit.kindName, default: 0] += 1
        }
        self.unknown = unknown
        self.entries = entries.values.sorted {
            ($1.count, $0.name ?? "\u{10FFFF}", $0.user ?? "") < ($0.count, $1.name ?? "\u{10FFFF}", $1.user ?? "")
        }
    }

    /// Nil where it was not looked up.
    private static func group(of visit: LineageWalk.Visit, _ by: LineageCount, _ owners: LineageOwners?) -> Entry? {
        let asset = visit.node?.asset
        switch by {
        case .type: return Entry(name: visit.kindName, user: nil)
        case .connection:
            return Entry(name: asset?.connection ?? asset?.fullName.flatMap { connection(of: $0) }, user: nil)
        case .owner:
            let person: Person??
            if let owners {
                person = owners.people[visit.key]
            } else {
                person = asset.map { $0.holder(of: "owner") }
            }
            return person.map { Entry(name: $0?.name, user: $0?.userName == $0?.name ? nil : $0?.userName) }
        }
    }

    /// A full name begins with its connection.
    private static func connection(of path: String) -> String? {
        path.split(separator: ".", maxSplits: 1).first.map { String($0) }
    }
}

extension LineageWalk.Visit {
    /// `table`, or the reply's own word for a kind that is not known here.
    var kindName: String { node?.asset.kind ?? objectType?.title ?? type ?? "asset" }
}
