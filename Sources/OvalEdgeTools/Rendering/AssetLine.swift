package import OvalEdge

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

    /// Its name, which leads to its page where there is one.
    package func heading(links: LinkBase, link own: NavLink? = nil) -> Inline {
        (own ?? link).map { "\(link: title, to: links.url($0))" } ?? "\(bold: title)"
    }

    /// One asset on one line: [orders](…) — table `oetable 501` in dw.sales · steward bob · quality 91.
    package func line(links: LinkBase, link own: NavLink? = nil) -> Inline {
        var line: Inline = "\(heading(links: links, link: own)) — \(escaped: kind) \(reference)"
        if let parent { line += " in \(escaped: parent)" }
        if let serverType { line += " (\(escaped: serverType))" }
        for case (let role, let person?) in people { line += " · \(words: role) \(escaped: person)" }
        if let certification { line += " · certification: \(escaped: certification)" }
        if let qualityScore { line += " · quality \(escaped: qualityScore)" }
        return line
    }

    package var people: [(role: String, person: String?)] {
        [("owner", owner), ("steward", steward), ("custodian", custodian)]
    }
}

extension OvalEdgeAPI {
    package var links: LinkBase { configuration.links }
}
