/// Rights in a source system and permissions in the catalog from an endpoint each.
extension AccessQuery {
    /// The source systems that the older endpoint knows.
    private static let systems: Set = ["redshift", "snowflake", "tableau"]

    func classicPlan() throws(OvalEdgeError) -> RequestPlan {
        guard direction.operation == .source else {
            let all = parameters.filter { !["operation", "sourceSystem"].contains($0.0) }
            return RequestPlan(.get("/api/v1/mcp/get-user-object-access", all))
        }
        if let sourceSystem, !Self.systems.contains(sourceSystem) {
            // The code by which the newest endpoint says the same, so that the same is done about it.
            throw .notExpressible(["source_system: \(sourceSystem)"], code: "mcp.source.system.unsupported")
        }
        let missing = unsayable
        if !missing.isEmpty { throw .notExpressible(missing) }
        let all = asPaths.parameters.filter { !["operation", "objectId"].contains($0.0) }
        return RequestPlan(.get("/api/v1/mcp/source-system-access", all))
    }

    /// A path or a full name says which object is meant, so that its id need not be sent.
    private var unsayable: [String] {
        if direction.isMembership { return ["query_direction: \(direction.rawValue)"] }
        guard paths.isEmpty, fullName == nil else { return [] }
        return [objectID.map { _ in "object_id" }, names.isEmpty ? nil : "object_name"].compactMap { $0 }
    }

    /// The older endpoint takes a full name as a path.
    private var asPaths: AccessQuery {
        var query = self
        if paths.isEmpty, let fullName { query.paths = [fullName] }
        query.fullName = nil
        query.names = []
        return query
    }
}
