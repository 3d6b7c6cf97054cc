import JSON
package import OvalEdge

/// One asset told at length: what it is, who answers for it, what it means, what it holds, what it is tied to.
package struct AssetReport: Sendable {
    private static let mostColumns = 40
    private static let mostRelationships = 30
    private static let mostFacts = 30
    private static let longestFact = 200
    private static let mostDescriptionLines = 60

    private let details: AssetRecord
    private let asset: Asset
    private let id: Int
    private let type: ObjectType
    private let links: LinkBase

    package init(_ details: AssetRecord, id: Int, type: ObjectType, links: LinkBase) {
        self.details = details
        asset = details.asset
        self.id = id
        self.type = type
        self.links = links
    }

    package func write(to text: inout Markdown) {
        text.heading(1, "\(Markdown.escaped(asset.title)) (\(Markdown.escaped(asset.objectType?.title ?? type.title)))")
        writeIdentity(to: &text)
        writePeople(to: &text)
        writeDescriptions(to: &text)
        writeFacts(to: &text)
        writeProfile(to: &text)
        writeRelationships(to: &text)
    }

    private func writeIdentity(to text: inout Markdown) {
        text.bullet("Id: \(Markdown.code("\(asset.type ?? type.rawValue) \(asset.id ?? String(id))"))")
        let facts = [
            ("Full name", asset.fullName), ("Connection", asset.connection), ("Schema", asset.schema),
            ("Connector", asset.serverType),
        ]
        for (name, value) in facts where value != nil { text.bullet("\(name): \(Markdown.escaped(value ?? ""))") }
        text.bullet("Certification: \(Markdown.escaped(asset.certification ?? "none"))")
        text.bullet("Data quality score: \(Markdown.escaped(asset.qualityScore ?? "none"))")
        if let link = asset.link { text.bullet(Markdown.link("Open in OvalEdge", to: links.url(link))) }
    }

    private func writePeople(to text: inout Markdown) {
        let people = asset.people.map { role, person in "\(role) \(Markdown.escaped(person ?? "not set"))" }
        text.bullet("People: \(people.joined(separator: ", "))")
    }

    private func writeDescriptions(to text: inout Markdown) {
        let descriptions = asset.descriptions
        text.heading(2, "Description")
        if descriptions.isEmpty { text.line("The catalog has none.") }
        for (name, description) in descriptions {
            if descriptions.count > 1 || name != "description" { text.line("\(Words.spaced(name)):") }
            let lines = description.lines
            text.quote(Array(lines.prefix(Self.mostDescriptionLines)))
            let left = lines.count - Self.mostDescriptionLines
            if left > 0 { text.line("\(left) more lines are in the structured content.") }
        }
    }

    /// Whatever else the catalog says in single values, so that nothing is only in the structured content by accident.
    private func writeFacts(to text: inout Markdown) {
        let facts = (asset.json.object?.members ?? []).compactMap { member -> (String, String)? in
            guard !Self.toldElsewhere.contains(member.name), let value = Self.fact(member.value) else { return nil }
            return (member.name, value)
        }
        guard !facts.isEmpty else { return }
        text.heading(2, "More")
        for (name, value) in facts.prefix(Self.mostFacts) {
            text.bullet("\(Markdown.escaped(Words.spaced(name))): \(Markdown.excerpt(value, upTo: Self.longestFact))")
        }
        let left = facts.count - Self.mostFacts
        if left > 0 { text.line("\(left) more facts are in the structured content.") }
    }

    private func writeProfile(to text: inout Markdown) {
        let members = (details.profile?.object?.members ?? []).filter { $0.name != "columns" }
        let scalars = members.compactMap { member in
            Self.fact(member.value).map { "\(Markdown.escaped(Words.spaced(member.name))): \(Markdown.escaped($0))" }
        }
        guard !details.columns.isEmpty || !scalars.isEmpty else { return }
        text.heading(2, details.columns.isEmpty ? "Profile" : "Columns (\(details.columns.count))")
        if !scalars.isEmpty { text.line(scalars.joined(separator: " · ")) }
        text.table(of: details.columns, atMost: Self.mostColumns, called: "columns")
    }

    private func writeRelationships(to text: inout Markdown) {
        guard !details.relationships.isEmpty else { return }
        text.heading(2, "Relationships (\(details.relationships.count))")
        text.table(of: details.relationships, atMost: Self.mostRelationships, called: "relationships")
    }

    private static func fact(_ value: JSON) -> String? {
        switch value {
        case .bool(let value): return value ? "yes" : "no"
        case .array(let items):
            let texts = items.compactMap { $0.plainText }
            return texts.isEmpty ? nil : texts.joined(separator: ", ")
        default: return value.plainText
        }
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

/// The product's member names as words.
enum Words {
    /// `businessDescription` as `Business description`.
    static func spaced(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase, let last = result.last, last.isLowercase {
                result += " \(character.lowercased())"
            } else {
                result.append(result.isEmpty ? Character(character.uppercased()) : character == "_" ? " " : character)
            }
        }
        return result
    }
}
