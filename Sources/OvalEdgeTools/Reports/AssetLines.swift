package import OvalEdge
package import Rendering

/// Assets on a line each; what all of them share is said once before them, and the way to their pages once after them.
package struct AssetLines: Sendable {
    private let assets: [(asset: Asset, link: NavLink?)]
    private let facts: [[(name: String, fact: Inline)]]
    private let pages: PageLinks
    private let shared: [(name: String, fact: Inline)]

    /// `link` finds the page of an asset that does not say where it is; `members` are shown of each.
    package init(
        _ assets: [Asset],
        links: LinkBase,
        telling members: MemberChoice = .usual,
        link: (Asset) -> NavLink? = { $0.link }
    ) {
        self.assets = assets.map { ($0, link($0)) }
        pages = PageLinks(self.assets, links: links)
        facts = assets.map { members.facts(of: $0) }
        shared = Self.shared(by: facts)
    }

    /// Name, type, id, place and whatever is not the same of all: **orders** `oetable 501` in dw.sales · steward bob.
    package func line(_ index: Int) -> Inline {
        let (asset, link) = assets[index]
        var line: Inline = "\(asset.heading(to: pages.url(of: asset, link))) \(asset.identity)"
        if let parent = asset.parent { line += " in \(escaped: parent.shortened)" }
        for (name, fact) in facts[index] where !shared.contains(where: { $0.name == name }) { line += " · \(fact)" }
        return line
    }

    /// What all have in common, what `item` writes of each, and where their pages are.
    func write(to text: inout Markdown, _ item: (_ text: inout Markdown, _ index: Int) -> Void) {
        if let common { text.line(common) }
        for index in assets.indices { item(&text, index) }
        if let directory { text.line(directory) }
    }

    /// `All: snowflake · owner mira.`; nil when the assets have nothing in common.
    package var common: Inline? {
        shared.isEmpty ? nil : "All: \(shared.map { $0.fact }.joined(separator: " · "))."
    }

    /// Where the pages are to which no name leads; nil when there is no such page.
    package var directory: Inline? { pages.directory }

    private static func shared(by all: [[(name: String, fact: Inline)]]) -> [(name: String, fact: Inline)] {
        guard all.count > 1, let first = all.first else { return [] }
        return all.dropFirst().reduce(first) { shared, facts in
            shared.isEmpty ? [] : shared.filter { known in facts.contains { $0 == known } }
        }
    }
}
