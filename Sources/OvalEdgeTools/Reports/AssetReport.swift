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
    private let rows: RowWindow
    private let asset: Asset
    private let id: Int
    private let type: ObjectType
    private let links: LinkBase
    private let detail: Detail
    private let limits: SizeLimits

    /// `details` has the rows that `rows` counts, and no others.
    package init(
        _ details: AssetRecord,
        _ rows: RowWindow,
        id: Int,
        type: ObjectType,
        links: LinkBase,
        in detail: Detail,
        _ limits: SizeLimits
    ) {
        self.details = details
        self.rows = rows
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
        if rows.isBeginning {
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
        let descriptions = asset.descriptions
        if descriptions.isEmpty { text.bullet("Description: none is given") }
        for (name, description) in descriptions {
            text.heading(2, "\(words: Words.spaced(name))")
            text.quote(limits.of(description.lines))
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
        let facts = members.compactMap { member in Self.fact(member.value).map { (member.name, $0) } }
        let most = detail == .full ? facts.count : Self.usualFacts
        let longest = detail == .full ? limits.characters : min(limits.characters, Self.usualFact)
        for (name, value) in facts.prefix(most) {
            text.bullet("\(escaped: Words.spaced(name)): \(excerpt: value, upTo: longest)")
        }
        let nested = members.filter { Self.fact($0.value) == nil }
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
            Self.fact(member.value).map { "\(escaped: Words.spaced(member.name)): \(escaped: $0)" }
        }
        guard !details.columns.isEmpty || !scalars.isEmpty && rows.isBeginning else { return }
        text.heading(2, details.columns.isEmpty ? "Profile" : "Columns (\(rows.count(of: rows.columns)))")
        if !scalars.isEmpty { text.line(scalars.joined(separator: " · ")) }
        text.table(of: details.columns, SizeLimits(), in: detail)
    }

    private func writeRelationships(to text: inout Markdown) {
        guard !details.relationships.isEmpty else { return }
        text.heading(2, "Relationships (\(rows.count(of: rows.relationships)))")
        text.table(of: details.relationships, SizeLimits(), in: detail)
    }

    /// A value on one line; nil when it is an object or a list of what has no name.
    private static func fact(_ value: JSON) -> String? {
        switch value {
        case .bool(let value): return value ? "yes" : "no"
        case .array(let items):
            let texts = items.compactMap { $0.text("name") == nil ? field($0) ?? $0.plainText : $0.plainText }
            return texts.count == items.count ? texts.joined(separator: ", ") : nil
        default: return value.plainText
        }
    }

    /// `Region: EMEA`, as custom fields come.
    private static func field(_ item: JSON) -> String? {
        guard let name = item.text("fieldName", "key"), let value = item.text("fieldValue", "value") else { return nil }
        return "\(name): \(value)"
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
