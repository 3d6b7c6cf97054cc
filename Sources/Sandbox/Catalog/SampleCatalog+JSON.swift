import JSON

/// Assets as the product writes them.
extension SampleCatalog {
    /// What a search shows of an asset.
    func summary(of asset: SampleAsset) -> JSON {
        let connection = ancestor(of: asset, .connection)
        let schema = ancestor(of: asset, .oeschema)
        return .members(
            ("objectId", .int(asset.id)),
            ("objectType", .string(asset.kind.rawValue)),
            ("objectName", .string(asset.name)),
            ("fullyQualifiedName", .string(path(of: asset))),
            ("connectionInfoId", connection.map { .int($0.id) }),
            ("connectionName", connection.map { .string($0.name) }),
            ("serverType", connection?["serverType"].map { .string($0) }),
            ("schemaName", schema.map { .string($0.name) }),
            ("tableName", asset.kind == .oecolumn ? parent(of: asset).map { .string($0.name) } : nil),
            ("owner", role("owner", of: asset).map { .string($0) }),
            ("steward", role("steward", of: asset).map { .string($0) }),
            ("custodian", role("custodian", of: asset).map { .string($0) }),
            ("businessDescription", asset["about"].map { Self.description($0) }),
            ("certificationStatus", asset["certification"].map { .string($0) }),
            ("criticalDataElement", .string(asset["criticalDataElement"] ?? "None")),
            ("dqScore", asset.json("dqIndex")),
            ("rating", asset.json("rating")),
            ("popularity", asset.json("popularity")),
            ("rowCount", asset.json("rowCount")),
            ("columnCount", columnCount(of: asset).map { .int($0) }),
            ("tags", asset.strings("tags")),
            ("terms", asset.strings("terms")),
            ("classifications", asset.strings("classifications")),
            ("createdDate", asset["createdDate"].map { .string($0) }),
            ("navLink", .string(navLink(of: asset)))
        )
    }

    /// What its own page shows beyond that.
    func details(of asset: SampleAsset) -> JSON {
        let known = summary(of: asset).object?.members ?? []
        let more: JSON = .members(
            ("schemaId", ancestor(of: asset, .oeschema).map { .int($0.id) }),
            ("parentId", asset.parent.map { .int($0) }),
            ("tableType", asset["tableType"].map { .string($0) }),
            ("reportType", asset["reportType"].map { .string($0) }),
            ("termStatus", asset["termStatus"].map { .string($0) }),
            ("sensitivity", asset["sensitivity"].map { .string($0) }),
            ("criticality", asset["criticality"].map { .string($0) }),
            ("technicalDescription", asset["technical"].map { Self.description($0) }),
            ("detailedDescription", asset["detailed"].map { Self.description($0) }),
            ("dataProducts", asset.strings("dataProducts")),
            ("dataDomains", asset.strings("dataDomains")),
            ("cdeCategory", asset["cdeCategory"].map { .string($0) }),
            ("governanceRole4", role("governanceRole4", of: asset).map { .string($0) }),
            ("governanceRole5", role("governanceRole5", of: asset).map { .string($0) }),
            ("curationScore", asset.json("curationScore")),
            ("nullDensity", asset.json("nullDensity")),
            ("density", asset.json("density")),
            ("customFields", customFields(of: asset))
        )
        let column = asset.kind == .oecolumn || asset.kind == .filecolumn ? columnFacts(of: asset) : []
        return .object(JSONObject(known + (more.object?.members ?? []) + column))
    }

    /// A reference to an asset inside another one's page.
    func reference(to asset: SampleAsset) -> JSON {
        [
            "objectId": .int(asset.id), "objectType": .string(asset.kind.rawValue),
            "objectName": .string(asset.name), "navLink": .string(navLink(of: asset)),
        ]
    }

    static func description(_ text: String) -> JSON {
        [
            "plainText": .string(text.withoutTags),
            "wikitext": .string(text.contains("<") ? text : "<p>\(text)</p>"),
        ]
    }

    func columnCount(of asset: SampleAsset) -> Int? {
        let count = children(of: asset).count { $0.kind == .oecolumn || $0.kind == .filecolumn }
        return count > 0 ? count : nil
    }

    func navLink(of asset: SampleAsset) -> String { asset.kind.navLink(asset.id) }

    private func customFields(of asset: SampleAsset) -> JSON? {
        let fields = SampleField.all.compactMap { field -> JSON? in
            field.value(on: asset).map { ["fieldName": .string(field.name), "fieldValue": .string($0)] }
        }
        return fields.isEmpty ? nil : .array(fields)
    }
}

/// How the product names its kinds in addresses and in lineages.
extension SampleAsset.Kind {
    func navLink(_ id: Int) -> String {
        switch self {
        case .glossary: "#nav/glossary?browse=summary&id=\(id)"
        case .oetag: "#nav/tag?id=\(id)&objectType=oetag"
        case .oeschema: "#nav/schema?browse=summary&id=\(id)"
        default: "#nav/\(Self.pages[self] ?? rawValue)?id=\(id)"
        }
    }

    private static let pages: [SampleAsset.Kind: String] = [
        .oetable: "table", .oecolumn: "column", .oefile: "file", .filecolumn: "filecolumn", .oechart: "report",
        .chartchild: "reportcolumn", .oequery: "query", .oestory: "story", .oeglobaldomain: "domain", .oeapi: "api",
        .dataProduct: "dataproduct", .productDomain: "dataproductdomain",
    ]

    var lineageWord: String {
        switch self {
        case .oetable: "TABLE"
        case .oefile: "FILE"
        case .oequery: "QUERY"
        case .oechart: "REPORT"
        case .chartchild: "CHART"
        default: rawValue.uppercased()
        }
    }
}

/// Columns and their profiles.
extension SampleCatalog {
    /// One column as a profile shows it.
    func profile(of column: SampleAsset) -> JSON {
        let known: JSON = ["objectId": .int(column.id), "name": .string(column.name)]
        return .object(JSONObject((known.object?.members ?? []) + columnFacts(of: column)))
    }

    private func columnFacts(of column: SampleAsset) -> [JSONObject.Member] {
        let rows = parent(of: column)?.number("rowCount") ?? 0
        let density = column.number("nulls").flatMap { rows > 0 ? ($0 / rows * 10_000).rounded() / 100 : nil }
        let facts: JSON = .members(
            ("dataType", column["dataType"].map { .string($0) }),
            ("position", column.json("position")),
            ("isPrimaryKey", .bool(column["pk"] != nil)),
            ("nulls", column.json("nulls")),
            ("nullDensity", density.map { .double($0) }),
            ("distinct", column.json("distinct")),
            ("min", column["min"].map { .string($0) }),
            ("max", column["max"].map { .string($0) }),
            ("topValues", topValues(of: column))
        )
        return facts.object?.members ?? []
    }

    private func topValues(of column: SampleAsset) -> JSON? {
        let values = column.list("top").map { $0.split(separator: ":").map { String($0) } }
        guard !values.isEmpty else { return nil }
        return .array(
            values.map { ["value": .string($0[0]), "count": .int($0.last.flatMap { Int($0) } ?? 0)] }
        )
    }
}

extension SampleAsset {
    /// A fact as a number.
    func json(_ fact: String) -> JSON? { number(fact).map { .double($0) } }

    /// A fact as a list; nil when it is empty.
    func strings(_ fact: String) -> JSON? {
        let items = list(fact)
        return items.isEmpty ? nil : .strings(items)
    }
}
