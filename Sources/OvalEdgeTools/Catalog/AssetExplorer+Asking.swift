import JSON
package import MCP
package import OvalEdge
package import Rendering

/// One page, and the few further requests that make its answer true or give it a next step.
extension AssetExplorer {
    /// What further requests have shown.
    struct Findings {
        /// Whether another page follows, where the count left that open.
        var isFollowed: Bool?
        /// Nothing is called so; these were found by meaning.
        var isByMeaning = false
        /// Nothing is called so; the name was a path, and these lie at its end.
        var isByPath = false
        /// What each asset lies in, from the root to the one next to it.
        var paths: [AssetKey: [Asset]] = [:]
    }

    package func answer(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> SizedAnswer {
        if isSurvey { return try await survey(of: ovalEdge, in: context) }
        let found = try await ovalEdge.send(request).opened()
        var findings = Findings()
        if found.assets.isEmpty, let placed = try await placed(ovalEdge) {
            findings.isByPath = true
            return render(placed, findings, links: ovalEdge.links)
        }
        if found.assets.isEmpty, let nearest = try await nearestByMeaning(ovalEdge) {
            findings.isByMeaning = true
            return render(nearest, findings, links: ovalEdge.links)
        }
        findings.isFollowed = try await isFollowed(found, ovalEdge)
        if includeParent { findings.paths = try await paths(of: found.items, ovalEdge) }
        return render(found, findings, links: ovalEdge.links)
    }

    /// What has the last part of a path as its name, and the others before it; nil where the name is no path.
    private func placed(_ ovalEdge: OvalEdgeAPI) async throws -> AssetPage? {
        guard let path = name, let dot = path.lastIndex(of: "."), objectID == nil else { return nil }
        var search = search
        search.name = String(path[dot...].dropFirst())
        (search.page, search.limit) = (1, AssetSearch.highestLimit)
        guard search.name?.isEmpty == false, let found = try await further(search, ovalEdge) else { return nil }
        let items = found.items.filter { item in
            item.fullName.map { ".\($0.lowercased())".hasSuffix(".\(path.lowercased())") } ?? false
        }
        guard !items.isEmpty else { return nil }
        let rows = items.dropFirst(page.before).prefix(page.sentLimit).map { $0.json }
        return try AssetPage(["data": ["items": .array(rows), "total": .int(items.count)]])
    }

    /// The same words as a question, because these may be misspelt; nil where that finds nothing either.
    private func nearestByMeaning(_ ovalEdge: OvalEdgeAPI) async throws -> AssetPage? {
        let words = (searchTerms + [name].compactMap { $0 }).joined(separator: " ")
        guard !words.isEmpty, contextQuery == nil, objectID == nil, page.page == 1 else { return nil }
        var search = search
        (search.terms, search.name, search.sort) = ([], nil, nil)
        search.contextQuery = words
        search.limit = min(page.sentLimit, Self.mostNear)
        let found = try await further(search, ovalEdge)
        return found.flatMap { $0.assets.isEmpty ? nil : $0 }
    }

    private static let mostNear = 10

    /// Looks at the next page, where the rows and the count do not agree on whether there is one.
    private func isFollowed(_ found: AssetPage, _ ovalEdge: OvalEdgeAPI) async throws -> Bool? {
        guard let total = found.total, found.sent > 0, page.end + page.sentLimit <= AssetSearch.window else {
            return nil
        }
        let isOpen = found.isFull(for: page) ? total <= page.before + found.sent : total > page.end
        guard isOpen else { return nil }
        var search = search
        search.page += 1
        let next = try await further(search, ovalEdge)
        return next.map { !$0.keys.subtracting(found.keys).isEmpty }
    }

    /// From each asset up to the root, step by step; what several share is asked for once.
    private func paths(of assets: [Asset], _ ovalEdge: OvalEdgeAPI) async throws -> [AssetKey: [Asset]] {
        var parents: [AssetKey: Asset?] = [:]
        var paths: [AssetKey: [Asset]] = [:]
        for asset in assets {
            guard let key = asset.key, var path = asset.ancestors, !path.isEmpty else { continue }
            while path.count < Asset.farthest, let top = path.last?.key {
                if parents[top] == nil, parents.count < Self.mostSteps {
                    parents[top] = .some(try await parent(of: top, ovalEdge))
                }
                guard let parent = parents[top] ?? nil, !path.contains(where: { $0.key == parent.key }) else { break }
                path.append(parent)
            }
            paths[key] = path.reversed()
        }
        return paths
    }

    private static let mostSteps = 40

    private func parent(of key: AssetKey, _ ovalEdge: OvalEdgeAPI) async throws -> Asset? {
        guard let id = Int(key.id), let type = ObjectType(rawValue: key.kind) else { return nil }
        var search = AssetSearch()
        (search.objectID, search.objectType, search.includesParent, search.limit) = (id, type, true, 1)
        let page = try await further(search, ovalEdge)
        return page?.assets.first { $0.key == key }?.ancestors?.first
    }

    /// A request that may fail without the answer failing; nil then.
    private func further(_ search: AssetSearch, _ ovalEdge: OvalEdgeAPI) async throws(OvalEdgeError) -> AssetPage? {
        do throws(OvalEdgeError) {
            return try await ovalEdge.send(.assetExplorer(search)).opened()
        } catch {
            guard !error.isCancellation else { throw error }
            return nil
        }
    }
}
