package import JSON

/// One asset with all the catalog holds of it; tables and files bring a profile, tables their relationships.
package struct AssetRecord: Model, Hashable {
    package let asset: Asset
    package let columns: [JSON]
    /// What the profile holds besides its columns.
    package let profile: JSON?
    package let relationships: [JSON]
    package let json: JSON

    /// An asset has an id or a name.
    package static func isNothing(_ json: JSON) -> Bool {
        let details = json.payload.first(of: "details") ?? json.payload
        switch details {
        case .object: return (try? Asset(details)).map { $0.id == nil && $0.name == nil && $0.fullName == nil } ?? false
        case .array(let items): return items.isEmpty
        case .null, .bool, .number, .string: return false
        }
    }

    /// Takes `data.details`, flat `data`, and a flat reply.
    package init(_ json: JSON) throws(JSONMismatch) {
        let payload = json.payload
        asset = try Asset(payload.first(of: "details") ?? payload)
        let profile = payload.first(of: "profile")
        var columns = try profile?.list("columns")
        if columns == nil { columns = try payload.list("columns") }
        self.columns = columns ?? []
        self.profile = profile
        let relationships = payload.first(of: "relationships")
        self.relationships = try relationships?.list("relationships", "items") ?? []
        self.json = json
    }
}

extension AssetRecord {
    /// The same with these of its columns and of its relationships, as far as there are so many, and no others.
    package func showing(_ rows: Range<Int>) -> AssetRecord {
        guard rows.lowerBound > 0 || rows.upperBound < max(columns.count, relationships.count) else { return self }
        return (try? AssetRecord(Self.cut(json, to: rows))) ?? self
    }

    /// Takes the same forms of a reply as the initializer does.
    private static func cut(_ json: JSON, to rows: Range<Int>, within outer: String = "") -> JSON {
        guard let object = json.object else { return json }
        let members = object.members.map { member -> JSONObject.Member in
            switch (member.name, member.value) {
            case ("columns", .array(let items)), ("profile", .array(let items)), ("relationships", .array(let items)):
                JSONObject.Member(member.name, slice(items, rows))
            case ("items", .array(let items)) where outer == "relationships":
                JSONObject.Member(member.name, slice(items, rows))
            case ("data", .object), ("_json", .object), ("profile", .object), ("relationships", .object):
                JSONObject.Member(member.name, cut(member.value, to: rows, within: member.name))
            default: member
            }
        }
        return .object(JSONObject(members))
    }

    private static func slice(_ items: [JSON], _ rows: Range<Int>) -> JSON {
        .array(Array(items[rows.clamped(to: items.indices)]))
    }
}
