package import OvalEdge

extension OvalEdgeAPI {
    private static let atOnce = 6

    /// All the catalog holds of one asset; one about which OvalEdge answers nothing is not found.
    package func record(of id: Int, _ type: ObjectType) async throws(OvalEdgeError) -> AssetRecord {
        try await send(.assetDetails(id: id, type: type)).opened(about: "\(type.title) \(id)")
    }

    /// Several assets in the order asked for, a few at a time, or why one of them did not come.
    func records(
        _ wanted: [(id: Int, type: ObjectType)]
    ) async throws(OvalEdgeError) -> [Result<AssetRecord, OvalEdgeError>] {
        let found = await withTaskGroup(of: (Int, Result<AssetRecord, OvalEdgeError>).self) { group in
            var found = [Result<AssetRecord, OvalEdgeError>](repeating: .failure(.cancelled), count: wanted.count)
            for (index, asset) in wanted.enumerated() {
                if index >= Self.atOnce, let (place, record) = await group.next() { found[place] = record }
                group.addTask { (index, await self.outcome(of: asset.id, asset.type)) }
            }
            for await (place, record) in group { found[place] = record }
            return found
        }
        guard !Task.isCancelled else { throw .cancelled }
        return found
    }

    /// The same of several, without what else the catalog holds of them; nil for one that is not there.
    func assets(_ wanted: [(id: Int, type: ObjectType)]) async throws -> [Asset?] {
        try await records(wanted).map { outcome in
            if case .failure(let error) = outcome, error.kind == .notFound { return nil }
            return try outcome.get().asset
        }
    }

    private func outcome(of id: Int, _ type: ObjectType) async -> Result<AssetRecord, OvalEdgeError> {
        do throws(OvalEdgeError) {
            return .success(try await record(of: id, type))
        } catch {
            return .failure(error)
        }
    }
}
