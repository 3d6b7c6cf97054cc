import JSON
package import OvalEdge
package import Rendering

/// Several assets next to each other: a column each, a line for what the catalog says of all of them.
package struct ComparisonReport: Sendable {
    private static let usualExcerpt = 120
    private static let missing: Inline = "not given"

    private let records: [AssetRecord]
    private let wanted: Int
    private let links: LinkBase
    private let limits: SizeLimits

    /// `wanted` is how many were asked for.
    package init(_ records: [AssetRecord], of wanted: Int, links: LinkBase, in limits: SizeLimits) {
        self.records = records
        self.wanted = wanted
        self.links = links
        self.limits = limits
    }

    package func write(to text: inout Markdown) {
        let count: Inline = records.count < wanted ? "\(records.count) of \(wanted)" : "\(wanted)"
        text.heading(1, "\(count) assets\(words: records.count > 1 ? " compared" : "")")
        let assets = records.map { $0.asset }
        let titles: [Inline] = assets.map { "\(escaped: $0.title) \($0.reference)" }
        text.table([""] + titles, rows.map { [$0.name] + $0.values })
        writeColumns(to: &text)
        for record in records { text.notRead(record.json) }
    }

    private typealias Row = (name: Inline, values: [Inline])

    private var rows: [Row] {
        var rows: [Row] = [
            line("Full name") { $0.asset.fullName.map { "\(escaped: $0)" } },
            line("Connector") { $0.asset.serverType.map { "\(escaped: $0)" } },
        ]
        for (index, role) in ["owner", "steward", "custodian"].enumerated() {
            rows.append(line("\(words: Words.spaced(role))") { $0.asset.people[index].person.map { "\(escaped: $0)" } })
        }
        rows += [
            line("Certification") { $0.asset.certification.map { "\(escaped: $0)" } },
            line("Data quality score") { $0.asset.qualityScore.map { "\(escaped: $0)" } },
        ]
        rows += Self.members.map { name in
            line("\(words: Words.spaced(name))") { record in
                let value = record.asset.json[name] ?? record.profile?[name]
                return value.flatMap { Inline.value($0, as: name, upTo: Self.usualExcerpt) }
            }
        }
        rows += [
            line("Description") { $0.asset.excerpt(upTo: Self.usualExcerpt) },
            line("Columns") { $0.columns.isEmpty ? nil : "\($0.columns.count)" },
            line("Relationships") { $0.relationships.isEmpty ? nil : "\($0.relationships.count)" },
            line("Page") { $0.asset.link.map { "\(link: "Open in OvalEdge", to: links.url($0))" } },
        ]
        // Of what OvalEdge says nothing of any of them, only the people and their judgement are news.
        return rows.filter { row in row.values.contains { $0 != Self.missing } || Self.expected.contains(row.name) }
    }

    private func line(_ name: Inline, _ value: (AssetRecord) -> Inline?) -> Row {
        (name, records.map { value($0) ?? Self.missing })
    }

    private static let members = [
        "criticalDataElement", "tags", "terms", "classifications", "rowCount", "popularity", "rating", "createdDate",
    ]
    private static let expected: Set<Inline> = ["Owner", "Steward", "Custodian", "Certification"]

    /// Which columns all have, and which only one or some.
    private func writeColumns(to text: inout Markdown) {
        let tables = records.filter { !$0.columns.isEmpty }
        guard tables.count > 1 else { return }
        let names = tables.map { $0.columnNames }
        let keys = names.map { Set($0.map { $0.lowercased() }) }
        let shared = names[0].filter { name in keys.allSatisfy { $0.contains(name.lowercased()) } }
        let common = Set(shared.map { $0.lowercased() })
        text.heading(2, "Columns")
        text.bullet("In all (\(shared.count))\(list(shared))")
        for (table, columns) in zip(tables, names) {
            let others = columns.filter { !common.contains($0.lowercased()) }
            text.bullet(
                "Further in \(escaped: table.asset.title) \(table.asset.reference) (\(others.count))\(list(others))"
            )
        }
    }

    private func list(_ names: [String]) -> Inline {
        guard !names.isEmpty else { return "" }
        let shown: [Inline] = limits.of(names).map { "\(escaped: $0)" }
        let left = names.count - shown.count
        return ": \(shown.joined(separator: ", "))\(left > 0 ? " and \(left) more" : "")"
    }
}

extension AssetRecord {
    /// Those of its columns that have a name.
    var columnNames: [String] { columns.compactMap { $0.text("name", "columnName", "objectName") } }
}
