import JSON
import OvalEdge
import Rendering

/// Who owns the assets of a lineage, as far as it was looked up.
struct LineageOwners: Sendable {
    /// Nil for an asset that no one owns; an asset that is not here was not looked up.
    fileprivate(set) var people: [Lineage.Key: Person?] = [:]
    fileprivate(set) var requests = 0
}

extension LineageReader {
    /// Requests for owners, at the most.
    private static let mostLookups = 60
    /// So few of a kind are looked up one by one.
    private static let fewOfKind = 6

    /// Owners stand in the lineage, or are searched for kind by kind; the rest one by one as long as there is room.
    func owners(in trace: LineageTrace) async throws -> LineageOwners {
        var owners = LineageOwners()
        var missing: [ObjectType: [Int: Lineage.Key]] = [:]
        let rows = LineageRows(trace.walk, direction: call.direction, kinds: call.onlyTypes, until: call.until)
        for visit in rows.distinct {
            if let asset = visit.node?.asset, asset.json["owner"] != nil {
                owners.people[visit.key] = .some(asset.holder(of: "owner"))
            } else if let type = visit.objectType, let id = Int(visit.id) {
                missing[type, default: [:]][id] = visit.key
            }
        }
        for (type, keys) in missing.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            var keys = keys
            if keys.count > Self.fewOfKind { try await search(type, &keys, &owners) }
            try await look(type, keys, &owners)
        }
        return owners
    }

    /// Page by page through all assets of a kind, as long as that is fewer requests than one for each.
    private func search(
        _ type: ObjectType,
        _ keys: inout [Int: Lineage.Key],
        _ owners: inout LineageOwners
    ) async throws {
        var search = AssetSearch()
        search.objectType = type
        search.limit = AssetSearch.highestLimit
        var pages = keys.count
        while !keys.isEmpty, owners.requests < Self.mostLookups, search.page <= pages {
            let page = try await ovalEdge.send(.assetExplorer(search)).opened()
            owners.requests += 1
            for asset in page.assets where asset.type == nil || asset.objectType == type {
                guard let id = asset.id.flatMap({ Int($0) }), let key = keys.removeValue(forKey: id) else { continue }
                owners.people[key] = .some(asset.holder(of: "owner"))
            }
            let about = page.total.map { ($0 + search.limit - 1) / search.limit } ?? pages
            // More pages than assets are no short cut.
            if search.page == 1, about > keys.count, !keys.isEmpty { return }
            report(search.page, of: max(about, search.page), "owners: page")
            if page.assets.count < search.limit { return }
            pages = max(about, pages)
            search.page += 1
        }
    }

    private func look(
        _ type: ObjectType,
        _ keys: [Int: Lineage.Key],
        _ owners: inout LineageOwners
    ) async throws {
        let wanted = keys.keys.sorted().prefix(max(0, Self.mostLookups - owners.requests))
        guard !wanted.isEmpty else { return }
        owners.requests += wanted.count
        report(owners.requests, of: max(Self.mostLookups, owners.requests), "owners: asset")
        let found = try await ovalEdge.assets(wanted.map { ($0, type) })
        for (id, asset) in zip(wanted, found) {
            if let asset, let key = keys[id] { owners.people[key] = .some(asset.holder(of: "owner")) }
        }
    }
}
