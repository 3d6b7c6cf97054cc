package import JSON
import MCP
package import OvalEdge
package import Rendering
import Text

extension AssetExplorer {
    /// Of a page only long texts are cut; how many assets it has was asked for.
    private static let brief = SizeLimits(characters: 160)

    package func render(_ found: AssetPage, links: LinkBase) -> SizedAnswer {
        let structured = structured(found, links: links)
        return SizedAnswer(
            detail.limits(Self.brief),
            more: "`detail` `full` shows whole texts, and `asset_details` all of one asset.",
            beyond: "Ask for the next page as said above, or narrow the search.",
            fewest: 1
        ) { limits in
            // Where there is no room for a whole row, the first is shown in short, so that none is passed over.
            guard limits.items > 0 else { return self.short(found, structured, links: links) }
            let lists = [found.items.count, found.glossaryTerms.count, found.tags.count]
            let results = PageOfResults(page, lists: lists, total: found.total, in: limits)
            var text = Markdown()
            text.note("\(words: results.sentences("asset", "assets"))")
            text.message(in: found.json)
            write(found.items, limits, to: &text, links)
            if results.returned == 0 && page.page == 1 { text.note(emptyAdvice) }
            write(terms: found.glossaryTerms, limits, to: &text, links)
            write(tags: found.tags, limits, to: &text, links)
            return Answer(text, structured: results.adding(to: structured))
        }
    }

    /// The page number is given once, next to the data.
    private func structured(_ found: AssetPage, links: LinkBase) -> JSON {
        var json = Structured(links: links, detail == .full ? .whole : .essence).enriched(found.json)
        guard detail == .brief else { return json }
        for name in ["page", "limit", "total"] { json["data"]?[name] = nil }
        let omitted = Extent.seldomWanted.filter { name in found.assets.contains { $0.json[name] != nil } }
        if !omitted.isEmpty { json["omitted"] = .strings(omitted) }
        return json
    }

    private func write(_ items: [Asset], _ limits: SizeLimits, to text: inout Markdown, _ links: LinkBase) {
        let assets = Array(limits.of(items))
        let lines = AssetLines(assets, links: links)
        lines.write(to: &text) { text, index in
            text.line("\(page.before + index + 1). \(lines.line(index))")
            if let excerpt = assets[index].excerpt(upTo: limits.characters) { text.line("   \(excerpt)") }
        }
    }

    private func write(terms: [Asset], _ limits: SizeLimits, to text: inout Markdown, _ links: LinkBase) {
        guard !terms.isEmpty else { return }
        text.heading(2, "Glossary terms")
        let terms = Array(limits.of(terms))
        let lines = AssetLines(terms, links: links) { $0.link ?? $0.id.map { .glossaryTerm($0) } }
        lines.write(to: &text) { text, index in
            text.bullet(lines.line(index))
            if let excerpt = terms[index].excerpt(upTo: limits.characters) { text.line("  \(excerpt)") }
        }
    }

    private func write(tags: [CatalogTag], _ limits: SizeLimits, to text: inout Markdown, _ links: LinkBase) {
        guard !tags.isEmpty else { return }
        text.heading(2, "Tags")
        for tag in limits.of(tags) {
            text.bullet(AssetLines([tag.asset], links: links) { _ in tag.link }.line(0))
            writeFamily(of: tag, limits, to: &text, links)
            if let excerpt = tag.asset.excerpt(upTo: limits.characters) { text.line("  \(excerpt)") }
        }
    }

    /// Parent and children, where they were asked for or sent; else nothing is known of them.
    private func writeFamily(of tag: CatalogTag, _ limits: SizeLimits, to text: inout Markdown, _ links: LinkBase) {
        if includeParent || tag.isMaster || tag.asset.json["parentTag"] != nil {
            text.line("  Parent: \(tag.parent.map { named($0, links) } ?? "none")")
        }
        guard includeChildren || tag.asset.json["childTags"] != nil else { return }
        let children = limits.of(tag.children).map { named($0, links) }
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
                        (PageOfResults.schema + Omissions.schema.dropFirst()).map { JSONObject.Member($0, $1) } + [
                            JSONObject.Member("omitted", omittedSchema),
                            JSONObject.Member("ok", ["type": "boolean"]),
                            JSONObject.Member("data", ["type": "object", "properties": ["items": itemsSchema]]),
                        ]
                    )
                )
            ),
            JSONObject.Member("required", ["returned", "page", "limit", "complete"]),
        ])
    )

    private static let omittedSchema: JSON = [
        "type": "array",
        "description": "Fields of the assets that only detail full has.",
        "items": ["type": "string"],
    ]

    private static let itemsSchema: JSON = [
        "type": "array",
        "description": "The assets found, in order.",
        "items": [
            "type": "object",
            "properties": [
                "objectId": ["description": "What other tools take as object_id."],
                "objectType": ["type": "string", "description": "What other tools take as object_type."],
                "redirectUrl": ["type": "string", "description": "A link for people."],
            ],
        ],
    ]
}
