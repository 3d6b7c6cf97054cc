import JSON
package import OvalEdge
package import Rendering
import Text

/// One asset in full: what it is, who answers for it, what it means, what it holds, what it is tied to.
package struct AssetReport: Sendable {
    private static let usualFacts = 30
    private static let usualFact = 200

    /// A reply that leaves something out does not say that it is empty.
    private static let missing = "not given"

    private let details: AssetRecord
    private let rows: ListWindow
    private let lengths: [Int]
    private let asset: Asset
    private let id: Int
    private let type: ObjectType
    private let links: LinkBase
    private let detail: Detail
    private let limits: SizeLimits

    /// `details` has the rows that `rows` counts, and no others; `lengths` are those of all columns and relationships.
    package init(
        _ details: AssetRecord,
        _ rows: ListWindow,
        of lengths: [Int],
        id: Int,
        type: ObjectType,
        links: LinkBase,
        in detail: Detail,
        _ limits: SizeLimits
    ) {
        self.details = details
        self.rows = rows
        self.lengths = lengths
        asset = details.asset
        self.id = id
        self.type = type
        self.links = links
        self.detail = detail
        self.limits = limits
    }

    package func write(to text: inout Markdown) {
        let reference = "\(asset.type ?? type.rawValue) \(asset.id ?? String(id))"
        text.heading(
            1,
            "\(escaped: asset.title) (\(escaped: asset.objectType?.title ?? type.title), \(code: reference))"
        )
        if rows.first == 1 {
            writeIdentity(to: &text)
            writePeople(to: &text)
            writeDescriptions(to: &text)
            writeFacts(to: &text)
        }
        writeProfile(to: &text)
        writeRelationships(to: &text)
        text.notRead(details.json)
        text.message(in: details.json)
    }

    private func writeIdentity(to text: inout Markdown) {
        let isPlaced = { (part: String) in asset.fullName.map { ".\($0).".holds(".\(part).") } ?? false }
        let facts = [
            ("Full name", asset.fullName), ("Connection", asset.connection.flatMap { isPlaced($0) ? nil : $0 }),
            ("Schema", asset.schema.flatMap { isPlaced($0) ? nil : $0 }), ("Connector", asset.serverType),
        ]
        for case (let name, let value?) in facts { text.bullet("\(words: name): \(escaped: value)") }
        let certification = asset.certification ?? Self.missing
        let quality = asset.qualityScore ?? Self.missing
        text.bullet("Certification: \(escaped: certification) · data quality score: \(escaped: quality)")
        if let link = asset.link { text.bullet("\(link: "Open in OvalEdge", to: links.url(link))") }
    }

    private func writePeople(to text: inout Markdown) {
        let people: [Inline] = asset.people.map { "\(words: $0) \(escaped: $1 ?? Self.missing)" }
        text.bullet("People: \(people.joined(separator: ", "))")
    }

    private func writeDescriptions(to text: inout Markdown) {
        var told: [(names: [String], lines: [HTMLText.Line])] = []
        for (name, description) in asset.descriptions {
            let lines = limits.of(description.lines)
            if let same = told.firstIndex(where: { $0.lines == lines }) {
                told[same].names.append(Words.spaced(name).lowercased())
            } else {
                told.append(([Words.spaced(name)], lines))
            }
        }
        if told.isEmpty { text.bullet("Description: none is given") }
        for (names, lines) in told {
            text.heading(2, "\(words: names.joined(separator: " and "))")
            text.quote(lines)
        }
    }

    /// Whatever else the catalog says; what does not fit on a line is at least named.
    private func writeFacts(to text: inout Markdown) {
        let members = (asset.json.object?.members ?? []).filter { member in
            !Self.toldElsewhere.contains(member.name) && !Self.isEmpty(member.value)
                && !(detail == .brief && Self.saysNothing(member))
        }
        guard !members.isEmpty else { return }
        text.heading(2, "More")
        let longest = detail == .full ? limits.characters : min(limits.characters, Self.usualFact)
        let facts = members.compactMap { member in
            Inline.value(member.value, as: member.name, upTo: longest).map { (member.name, $0) }
        }
        let most = detail == .full ? facts.count : Self.usualFacts
        for (name, value) in facts.prefix(most) { text.bullet("\(escaped: Words.spaced(name)): \(value)") }
        let nested = members.filter { !Inline.isShown($0.value) }
        guard detail == .brief else {
            for member in nested {
                text.bullet("\(escaped: Words.spaced(member.name)): \(excerpt: member.value.text, upTo: longest)")
            }
            return
        }
        let names: [Inline] = (nested.map { $0.name } + facts.dropFirst(most).map { $0.0 }).map { "\(escaped: $0)" }
        guard !names.isEmpty else { return }
        text.line("Not shown, but with `detail` `full`: \(names.joined(separator: ", ")).")
    }

    private func writeProfile(to text: inout Markdown) {
        let members = (details.profile?.object?.members ?? []).filter { member in
            member.name != "columns" && member.value != asset.json[member.name]
        }
        let scalars: [Inline] = members.compactMap { member in
            Inline.value(member.value, as: member.name, upTo: limits.characters).map {
                "\(escaped: Words.spaced(member.name)): \($0)"
            }
        }
        guard !details.columns.isEmpty || !scalars.isEmpty && rows.first == 1 else { return }
        text.heading(2, details.columns.isEmpty ? "Profile" : "Columns (\(rows.count(of: lengths[0])))")
        if !scalars.isEmpty { text.line(scalars.joined(separator: " · ")) }
        text.table(of: details.columns, SizeLimits(), in: detail)
    }

    private func writeRelationships(to text: inout Markdown) {
        guard !details.relationships.isEmpty else { return }
        text.heading(2, "Relationships (\(rows.count(of: lengths[1])))")
        text.table(of: details.relationships, SizeLimits(), in: detail)
    }

    private static func isEmpty(_ value: JSON) -> Bool {
        value.isNull || value.array?.isEmpty == true || value.object?.isEmpty == true
            || value.string != nil && value.plainText == nil
    }

    /// It is shown of the few assets that are critical.
    private static func saysNothing(_ member: JSONObject.Member) -> Bool {
        member.name == "criticalDataElement" && member.value == "None"
    }

    private static let toldElsewhere = Set(
        Asset.descriptionNames + [
            "objectId", "objectType", "objectName", "name", "id", "type", "fullyQualifiedName", "fullQualifiedName",
            "connectionName", "connection", "schemaName", "schema", "serverType", "certificationStatus",
            "certification",
            "dqScore", "owner", "steward", "custodian", "navLink", "hyperlink", "redirectUrl", "columns", "profile",
            "relationships", "ok", "message",
        ]
    )
}
