package import JSON
package import MCP
package import OvalEdge
import Text

extension AssetExplorer {
    private static let excerptLength = 160
    private static let mostChildren = 20

    package func render(_ found: AssetPage, links: LinkBase) -> Answer {
        let returned = found.items.count + found.glossaryTerms.count + found.tags.count
        let results = PageOfResults(page, returned: returned, total: found.total)
        var text = Markdown()
        text.line("\(words: results.sentences("asset", "assets"))")
        for (index, asset) in found.items.enumerated() {
            text.line("\(page.before + index + 1). \(asset.line(links: links))")
            if let excerpt = asset.excerpt(upTo: Self.excerptLength) { text.line("   \(excerpt)") }
        }
        if returned == 0 && page.page == 1 { text.line(emptyAdvice) }
        write(found.glossaryTerms, to: &text, links)
        write(found.tags, to: &text, links)
        return Answer(text.text, structured: results.adding(to: Structured(links: links).enriched(found.json)))
    }

    private func write(_ terms: [Asset], to text: inout Markdown, _ links: LinkBase) {
        guard !terms.isEmpty else { return }
        text.heading(2, "Glossary terms")
        for term in terms {
            text.bullet(term.line(links: links, link: term.link ?? term.id.map { .glossaryTerm($0) }))
            if let excerpt = term.excerpt(upTo: Self.excerptLength) { text.line("  \(excerpt)") }
        }
    }

    private func write(_ tags: [CatalogTag], to text: inout Markdown, _ links: LinkBase) {
        guard !tags.isEmpty else { return }
        text.heading(2, "Tags")
        for tag in tags {
            text.bullet(tag.asset.line(links: links, link: tag.link))
            writeFamily(of: tag, to: &text, links)
            if let excerpt = tag.asset.excerpt(upTo: Self.excerptLength) { text.line("  \(excerpt)") }
        }
    }

    /// Parent and children, where they were asked for or sent; else nothing is known of them.
    private func writeFamily(of tag: CatalogTag, to text: inout Markdown, _ links: LinkBase) {
        if includeParent || tag.isMaster || tag.asset.json["parentTag"] != nil {
            text.line("  Parent: \(tag.parent.map { named($0, links) } ?? "none")")
        }
        guard includeChildren || tag.asset.json["childTags"] != nil else { return }
        let children = tag.children.prefix(Self.mostChildren).map { named($0, links) }
        let left = tag.children.count - children.count
        var line: Inline = "  Children: \(children.isEmpty ? "none" : children.joined(separator: ", "))"
        if left > 0 { line += " and \(left) more" }
        text.line(line)
    }

    private func named(_ tag: Asset, _ links: LinkBase) -> Inline {
        let link = tag.link ?? tag.id.map { .tag($0, master: nil) }
        var name: Inline =
            link.map { "\(link: tag.title, to: links.url($0))" } ?? "\(escaped: tag.title)"
        if let id = tag.id { name += " (\(code: id))" }
        return name
    }

    private var emptyAdvice: Inline {
        let narrowed = !allFilters.isEmpty || objectType != nil || name != nil
        return narrowed
            ? "Leave out object_type, name or filters one by one, or try other search_terms."
            : "Try fewer or other search_terms; the catalog shows only what this account may see."
    }

    package static let outputSchema: JSON = .object(
        JSONObject([
            JSONObject.Member("type", "object"),
            JSONObject.Member(
                "properties",
                .object(
                    JSONObject(
                        PageOfResults.schema.map { JSONObject.Member($0, $1) } + [
                            JSONObject.Member("ok", ["type": "boolean"]),
                            JSONObject.Member("data", ["type": "object", "properties": ["items": itemsSchema]]),
                        ]
                    )
                )
            ),
            JSONObject.Member("required", ["returned", "page", "limit", "complete"]),
        ])
    )

    private static let itemsSchema: JSON = [
        "type": "array",
        "description": "The assets found, in order.",
        "items": [
            "type": "object",
            "properties": [
                "objectId": ["description": "What other tools take as object_id."],
                "objectType": ["type": "string", "description": "What other tools take as object_type."],
                "navLink": ["type": "string"],
                "redirectUrl": ["type": "string", "description": "A link for people."],
            ],
        ],
    ]
}
