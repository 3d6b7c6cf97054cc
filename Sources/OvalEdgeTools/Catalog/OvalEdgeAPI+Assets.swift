package import OvalEdge

extension OvalEdgeAPI {
    private static let atOnce = 6

    /// All the catalog holds of one asset; one about which OvalEdge answers nothing is not found.
    package func record(of id: Int, _ type: ObjectType) async throws(OvalEdgeError) -> AssetRecord {
        try await send(.assetDetails(id: id, type: type)).opened(about: "\(type.title) \(id)")
    }

    /// Several assets in the order asked for, a few at a time; nil for one that is not there.
    func records(_ wanted: [(id: Int, type: ObjectType)]) async throws -> [AssetRecord?] {
        try await withThrowingTaskGroup(of: (Int, AssetRecord?).self) { group in
            var found = [AssetRecord?](repeating: nil, count: wanted.count)
            for (index, asset) in wanted.enumerated() {
                if index >= Self.atOnce, let (place, record) = try await group.next() { found[place] = record }
                group.addTask { (index, try await self.recordIfAny(of: asset.id, asset.type)) }
            }
            for try await (place, record) in group { found[place] = record }
            return found
        }
    }

    /// The same of several, without what else the catalog holds of them.
    func assets(_ wanted: [(id: Int, type: ObjectType)]) async throws -> [Asset?] {
        try await records(wanted).map { $0?.asset }
    }

    /// Nil when it is not there.
    private func recordIfAny(of id: Int, _ type: ObjectType) async throws -> AssetRecord? {
        do {
            return try await record(of: id, type)
        } catch let error where error.kind == .notFound {
            return nil
        }
    }
}
