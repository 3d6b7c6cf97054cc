package import JSON

/// One asset with all the catalog holds of it; tables and files bring a profile, tables their relationships.
package struct AssetRecord: Model, Hashable {
    package let asset: Asset
    package let columns: [JSON]
    /// What the profile holds besides its columns.
    package let profile: JSON?
    package let relationships: [JSON]
    package let json: JSON

    /// Takes `data.details`, flat `data`, and a flat reply.
    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        asset = try Asset(payload.first(of: "details") ?? payload)
        let profile = payload.first(of: "profile")
        columns = profile?.array ?? (profile?.first(of: "columns") ?? payload.first(of: "columns"))?.array ?? []
        self.profile = profile
        let relationships = payload.first(of: "relationships")
        self.relationships = relationships?.array ?? relationships?.first(of: "relationships", "items")?.array ?? []
        self.json = json
    }
}
