import OvalEdge

extension OvalEdgeAPI {
    private static let atOnce = 6

    /// Several assets in the order asked for, a few at a time; nil for one that is not there.
    func assets(_ wanted: [(id: Int, type: ObjectType)]) async throws -> [Asset?] {
        try await withThrowingTaskGroup(of: (Int, Asset?).self) { group in
            var found = [Asset?](repeating: nil, count: wanted.count)
            for (index, asset) in wanted.enumerated() {
                if index >= Self.atOnce, let (place, asset) = try await group.next() { found[place] = asset }
                group.addTask { (index, try await self.asset(asset.id, asset.type)) }
            }
            for try await (place, asset) in group { found[place] = asset }
            return found
        }
    }

    /// Nil when it is not there.
    private func asset(_ id: Int, _ type: ObjectType) async throws -> Asset? {
        do {
            return try await send(.assetDetails(id: id, type: type)).opened().asset
        } catch let error where error.kind == .notFound {
            return nil
        }
    }
}
