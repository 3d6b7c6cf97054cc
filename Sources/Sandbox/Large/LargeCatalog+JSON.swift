import JSON

/// Assets of the large catalog as it writes them.
extension LargeCatalog {
    /// What a search shows of an asset.
    func summary(of asset: LargeAsset) -> JSON {
        let table = asset.kind == .oecolumn ? parent(of: asset) : nil
        let connection = connection(of: asset)
        let schema = schema(of: asset)
        return .members(
            ("objectId", asset.kind == .oechart ? .string(String(asset.id)) : .int(asset.id)),
            ("objectType", .string(asset.kind.rawValue)),
            ("objectName", .string(asset.name)),
            ("fullyQualifiedName", .string(path(of: asset))),
            ("connectionInfoId", connection.map { .int($0.id) }),
            ("connectionName", connection.map { .string($0.name) }),
            ("serverType", connection.map { .string(LargeNames.connections[$0.index].server) }),
            ("schemaName", schema.map { .string($0.name) }),
            ("tableName", table.map { .string($0.name) }),
            ("owner", LargeMess.person(person(.owner, of: asset), asset.id)),
            ("ownerUserName", person(.owner, of: asset).map { .string($0.user) }),
            ("steward", LargeMess.person(person(.steward, of: asset), asset.id / 4)),
            ("stewardUserName", person(.steward, of: asset).map { .string($0.user) }),
            ("custodian", LargeMess.person(person(.custodian, of: asset), 0)),
            ("businessDescription", description(of: asset).map { LargeMess.description($0, asset.id) } ?? .null),
            ("certificationStatus", LargeMess.certification(certification(of: asset), asset.id)),
            ("criticalDataElement", LargeMess.mark(isCritical(asset), asset.id)),
            ("dqScore", quality(of: asset).map { LargeMess.number($0, asset.id / 2) }),
            ("popularity", LargeMess.number(popularity(of: asset), asset.id)),
            ("rowCount", asset.kind == .oetable ? LargeMess.number(rows(of: asset), asset.id) : nil),
            ("columnCount", asset.kind == .oetable ? .int(columnCount(of: asset)) : nil),
            ("tags", tags(of: asset).isEmpty ? .null : .strings(tags(of: asset))),
            ("termStatus", status(of: asset).map { .string($0) }),
            ("createdDate", LargeMess.day(asset, self)),
            ("navLink", .string(asset.kind.navLink(asset.id)))
        )
    }

    /// What its own page shows beyond that.
    func details(of asset: LargeAsset) -> JSON {
        let known = summary(of: asset).object?.members ?? []
        let text = description(of: asset)
        let fields = customFields(of: asset)
        let more: JSON = .members(
            ("parentId", asset.parent.map { .int($0.id) }),
            ("tableId", asset.kind == .oecolumn ? asset.parent.map { .int($0.id) } : nil),
            ("description", text.map { .string($0) }),
            ("technicalDescription", .null),
            ("sourceTables", asset.kind == .oechart ? .array(sources(of: asset).map { reference(to: $0) }) : nil),
            ("relatedObjects", asset.kind == .oequery ? .array(sources(of: asset).map { reference(to: $0) }) : nil),
            ("domainName", domain(of: asset).map { .string($0.name) }),
            ("parentTag", asset.kind == .oetag ? parent(of: asset).map { reference(to: $0) } : nil),
            ("childTags", asset.kind == .oetag ? .array(children(of: asset).map { reference(to: $0) }) : nil),
            (
                "customFields",
                fields.isEmpty
                    ? nil : .array(fields.map { ["fieldName": .string($0.name), "fieldValue": .string($0.value)] })
            )
        )
        let column = asset.kind == .oecolumn ? profile(of: asset).object?.members.dropFirst(2) : nil
        return .object(JSONObject(known + (more.object?.members ?? []) + Array(column ?? [])))
    }

    /// A reference to an asset inside another one's page.
    func reference(to asset: LargeAsset) -> JSON {
        [
            "objectId": .int(asset.id), "objectType": .string(asset.kind.rawValue),
            "objectName": .string(asset.name), "navLink": .string(asset.kind.navLink(asset.id)),
        ]
    }

    /// One column as a profile shows it.
    func profile(of column: LargeAsset) -> JSON {
        let isKey = column.name == "id"
        let nulls = isKey ? 0 : column.roll(.nulls, below: 5000)
        return .members(
            ("objectId", .int(column.id)),
            ("name", .string(column.name)),
            ("dataType", .string(LargeNames.types[column.roll(.noise, below: 6)])),
            ("isPrimaryKey", column.index % 9 == 4 ? "" : LargeMess.flag(isKey, column.index)),
            ("nulls", LargeMess.number(column.index % 13 == 6 ? nil : nulls, column.index)),
            ("tags", tags(of: column).isEmpty ? nil : .strings(tags(of: column))),
            (
                "topValues",
                column.index % 50 == 9 ? [["value": "new", "count": "1,020"], ["value": "old", "count": 3]] : nil
            )
        )
    }
}
