import JSON

/// What an asset belongs to and what it holds, where a search was asked for these.
extension Asset {
    /// Nil where the reply does not say.
    package var children: [Asset]? {
        guard let children = json.first(of: Self.childNames) else { return nil }
        return children.listed.compactMap { try? Asset($0) }
    }

    /// From the one next to it up to the farthest that is known; nil where the reply does not say.
    package var ancestors: [Asset]? {
        if let list = json.first(of: Self.hierarchyNames)?.array {
            let path = list.compactMap { try? Asset($0) }.filter { $0.name != nil }
            if !path.isEmpty { return path.reversed() }
        }
        guard json.object?.members.contains(where: { Self.parentNames.contains($0.name) }) == true else { return nil }
        var ancestors: [Asset] = []
        var next = json.first(of: Self.parentNames)
        while let parent = next?.listed.first.flatMap({ try? Asset($0) }), ancestors.count < Self.farthest {
            ancestors.append(parent)
            next = parent.json.first(of: Self.parentNames)
        }
        return ancestors
    }

    /// More steps than a catalog has levels.
    package static let farthest = 12

    package static let childNames = ["children", "childTags", "childAssets", "childObjects"]
    private static let parentNames = ["parent", "parentTag", "parentAsset", "parentObject"]
    private static let hierarchyNames = ["parentHierarchy", "hierarchy", "ancestors", "parents", "parentHierarchies"]
}
