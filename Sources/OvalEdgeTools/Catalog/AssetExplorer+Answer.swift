import JSON
import MCP
package import OvalEdge
package import Rendering
import Text

extension AssetExplorer {
    /// Of a page only long texts are cut; how many assets it has was asked for.
    static let brief = SizeLimits(characters: 160)
    static let more = "`detail` `full` shows whole texts, and `asset_details` all of one asset."
    static let further = "Ask for the rest as said above, or narrow the search."

    package func render(_ found: AssetPage, links: LinkBase) -> SizedAnswer { render(found, Findings(), links: links) }

    func render(_ found: AssetPage, _ findings: Findings, links: LinkBase) -> SizedAnswer {
        let structured = structured(found, findings, links: links)
        let lists = [found.items.count, found.glossaryTerms.count, found.tags.count]
        let (told, untold) = members.told(of: found.assets)
        return SizedAnswer(detail.limits(Self.brief), more: Self.more, beyond: Self.further, fewest: 1) { limits in
            // Where there is no room for a whole row, the first is shown in short, so that none is passed over.
            guard limits.items > 0 else { return self.short(found, structured) }
            let results = PageOfResults(page, of: found, lists: lists, isFollowed: findings.isFollowed, in: limits)
            var text = Markdown()
            write(results, findings, to: &text)
            text.message(in: found.json)
            if !untold.isEmpty, results.returned > 0 { text.note(Self.untold(untold)) }
            write(found.items, told, findings, limits, to: &text, links)
            if results.returned == 0 && page.page == 1 { text.note(emptyAdvice) }
            write(terms: found.glossaryTerms, told, limits, to: &text, links)
            write(tags: found.tags, told, limits, to: &text, links)
            for sentence in namesakes(in: found.assets) { text.note("\(escaped: sentence)") }
            return Answer(text, structured: results.adding(to: structured))
        }
    }

    private func write(_ results: PageOfResults, _ findings: Findings, to text: inout Markdown) {
        guard !findings.isByMeaning else {
            let words = (searchTerms + [name].compactMap { $0 }).joined(separator: ", ")
            text.note("Nothing is found by the words or name “\(escaped: words.shortened)”.")
            text.note(
                "These \(results.returned) are the nearest by meaning (`context_query`), if the name is misspelt:"
            )
            return
        }
        if findings.isByPath, let name { text.note("“\(escaped: name.shortened)” was read as a path.") }
        text.note("\(words: results.sentences("asset", "assets").joined(separator: " "))")
    }

    /// What is shown of each asset.
    var members: MemberChoice {
        let filters = allFilters
        return MemberChoice(by: AssetFilter.allCases.filter { filters[$0] != nil }, sort: sort?.field, fields: fields)
    }

    static func untold(_ words: [String]) -> Inline {
        "OvalEdge returned no value of these for any asset here: \(escaped: words.joined(separator: ", "))."
    }

    /// Two people may have one name: whose the rows are, where a filter by that name finds several.
    private func namesakes(in assets: [Asset]) -> [String] {
        let filters = allFilters
        return [AssetFilter.owner, .steward, .custodian].compactMap { role in
            guard let name = filters[role]?.plainText else { return nil }
            let people = assets.compactMap { $0.holder(of: role.rawValue)?.userName }
            let counts = Dictionary(grouping: people) { $0 }.mapValues { $0.count }.sorted { $0.key < $1.key }
            guard counts.count > 1 else { return nil }
            let list = counts.map { "\($0.key.shortened) (\($0.value) here)" }.joined(separator: ", ")
            return
                "“\(name.shortened)” is the name of \(counts.count) people: \(list). Give the user name of one of them to "
                + "\(role.rawValue)."
        }
    }

    private func write(
        _ items: [Asset],
        _ told: MemberChoice,
        _ findings: Findings,
        _ limits: SizeLimits,
        to text: inout Markdown,
        _ links: LinkBase
    ) {
        let assets = Array(limits.of(items))
        let lines = AssetLines(assets, links: links, telling: told)
        lines.write(to: &text) { text, index in
            text.line("\(page.before + index + 1). \(lines.line(index))")
            let asset = assets[index]
            writeFamily(of: asset, findings, limits, to: &text)
            if let excerpt = excerpt(of: asset, limits) { text.line("   \(excerpt)") }
        }
    }

    private func excerpt(of asset: Asset, _ limits: SizeLimits) -> Inline? {
        fields.isEmpty ? asset.excerpt(upTo: limits.characters) : nil
    }

    private func write(
        terms: [Asset],
        _ told: MemberChoice,
        _ limits: SizeLimits,
        to text: inout Markdown,
        _ links: LinkBase
    ) {
        guard !terms.isEmpty else { return }
        text.heading(2, "Glossary terms")
        let terms = Array(limits.of(terms))
        let lines = AssetLines(terms, links: links, telling: told) { $0.link ?? $0.id.map { .glossaryTerm($0) } }
        lines.write(to: &text) { text, index in
            text.bullet(lines.line(index))
            if let excerpt = excerpt(of: terms[index], limits) { text.line("  \(excerpt)") }
        }
    }

    private func write(
        tags: [CatalogTag],
        _ told: MemberChoice,
        _ limits: SizeLimits,
        to text: inout Markdown,
        _ links: LinkBase
    ) {
        guard !tags.isEmpty else { return }
        text.heading(2, "Tags")
        for tag in limits.of(tags) {
            text.bullet(AssetLines([tag.asset], links: links, telling: told) { _ in tag.link }.line(0))
            writeFamily(of: tag, limits, to: &text, links)
            if let excerpt = excerpt(of: tag.asset, limits) { text.line("  \(excerpt)") }
        }
    }

    private var emptyAdvice: Inline {
        let narrowed = !allFilters.isEmpty || objectType != nil || name != nil
        return narrowed
            ? "Leave out object_type, name or filters one by one, or ask by meaning with `context_query`."
            : "Try fewer or other search_terms; the catalog shows only what this account may see."
    }
}
