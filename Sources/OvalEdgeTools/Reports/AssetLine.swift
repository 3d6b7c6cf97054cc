import JSON
package import OvalEdge
package import Rendering

extension Asset {
    /// What an asset is called when it has no name.
    private static let nameless = "(no name)"

    /// Enough of a description to find its first words, even behind much markup.
    private static let mostRead = 4000

    package var title: String { name ?? fullName ?? Self.nameless }

    /// `table`, or the product's own word for a kind that is not known here.
    package var kind: String { objectType?.title ?? type ?? "asset" }

    /// Type and id, as other tools take them.
    package var reference: Inline {
        guard let type, let id else { return "\(code: type ?? id ?? "")" }
        return "\(code: "\(type) \(id)")"
    }

    /// `dw.sales.orders`, or what is known of it.
    package var place: String? {
        if let fullName { return fullName }
        let parts = [connection, schema].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ".")
    }

    /// The first of its descriptions, on one line.
    package func excerpt(upTo limit: Int) -> Inline? {
        let text = descriptions.lazy.map { $0.text.beginning(Self.mostRead).plainText }.first { !$0.isEmpty }
        return text.map { "\(excerpt: $0, upTo: limit)" }
    }

    /// Where it lies, without its own name at the end; nil when nothing is left.
    package var parent: String? {
        guard let place, let name else { return place }
        if place == name { return nil }
        return place.hasSuffix(".\(name)") ? String(place.dropLast(name.count + 1)) : place
    }

    /// Its name, which leads to its page where there is one; a name of any length must leave room for others.
    package func heading(to url: String?) -> Inline {
        let title = title.shortened
        return url.map { "\(link: title, to: $0)" } ?? "\(bold: title)"
    }

    /// `oetable 501`; its kind comes before it where the type does not show it.
    package var identity: Inline { isNamedByType ? reference : "— \(escaped: kind) \(reference)" }

    /// `oetable` says “table”, and `oechart` does not say “report”.
    private var isNamedByType: Bool {
        guard let type, id != nil else { return false }
        return kind.lowercased().hasPrefix(type.hasPrefix("oe") ? String(type.dropFirst(2)) : type)
    }

    /// What a search returns of it beyond name and place, each by what it is about.
    var facts: [(name: String, fact: Inline)] {
        var facts: [(name: String, fact: Inline)] = []
        if let serverType { facts.append(("connector", "\(escaped: serverType)")) }
        for (role, person) in people {
            if let person {
                facts.append((role, "\(words: role) \(escaped: person.shortened)"))
            } else if hasOwners, lacks(role) {
                facts.append((role, "no \(words: role)"))
            }
        }
        if hasOwners, !Self.roles.contains(where: { json[$0] != nil }) { facts.append(("owner", "owner not given")) }
        if let certification, !JSON.string(certification).isNothing {
            let isPlain = certification.lowercased() == "certified"
            facts.append(("certification", isPlain ? "certified" : "certification: \(escaped: certification)"))
        }
        if let qualityScore { facts.append(("quality", "quality \(escaped: qualityScore)")) }
        return facts
    }

    /// Whether no one holds a role, of what someone ought to answer for; a reply without any role leaves that open.
    private func lacks(_ role: String) -> Bool {
        json[role] != nil || role != "custodian" && Self.roles.contains { json[$0] != nil }
    }

    private static let roles = ["owner", "steward", "custodian"]

    private var hasOwners: Bool {
        switch objectType {
        case .oetable, .oefile, .oechart, .oequery, .oeapi, .oeschema, .dataProduct: true
        default: false
        }
    }

    /// One asset alone on its line: [orders](…) `oetable 501` in dw.sales · steward bob · quality 91.
    package func line(links: LinkBase) -> Inline { AssetLines([self], links: links).line(0) }

    package var people: [(role: String, person: String?)] {
        [("owner", owner), ("steward", steward), ("custodian", custodian)]
    }
}

extension String {
    /// The beginning of a name that is longer than names are.
    var shortened: String {
        guard utf8.count > Self.longest, count > Self.longest else { return self }
        return "\(prefix(Self.longest))… (\(count) characters)"
    }

    private static let longest = 200
}

extension OvalEdgeAPI {
    package var links: LinkBase { configuration.links }
}
