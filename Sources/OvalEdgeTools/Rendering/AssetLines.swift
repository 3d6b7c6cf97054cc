package import OvalEdge

/// Assets on a line each; what all of them share is said once before them, and the way to their pages once after them.
package struct AssetLines: Sendable {
    private let assets: [(asset: Asset, link: NavLink?)]
    private let pages: PageLinks
    private let shared: [(name: String, fact: Inline)]

    /// `link` finds the page of an asset that does not say where it is.
    package init(
        _ assets: [Asset],
        links: LinkBase,
        link: (Asset) -> NavLink? = { $0.link }
    ) {
        self.assets = assets.map { ($0, link($0)) }
        pages = PageLinks(self.assets, links: links)
        shared = Self.shared(by: assets)
    }

    /// Name, type, id, place and whatever is not the same of all: **orders** `oetable 501` in dw.sales · steward bob.
    package func line(_ index: Int) -> Inline {
        let (asset, link) = assets[index]
        var line: Inline = "\(asset.heading(to: pages.url(of: asset, link))) \(asset.identity)"
        if let parent = asset.parent { line += " in \(escaped: parent)" }
        for (name, fact) in asset.facts where !shared.contains(where: { $0.name == name }) { line += " · \(fact)" }
        return line
    }

    /// `All: snowflake · owner mira.`; nil when the assets have nothing in common.
    package var common: Inline? {
        shared.isEmpty ? nil : "All: \(shared.map { $0.fact }.joined(separator: " · "))."
    }

    /// Where the pages are to which no name leads; nil when there are none.
    package var directory: Inline? { pages.directory }

    private static func shared(by assets: [Asset]) -> [(name: String, fact: Inline)] {
        guard assets.count > 1, let first = assets.first else { return [] }
        return assets.dropFirst().reduce(first.facts) { shared, asset in
            let facts = asset.facts
            return shared.filter { known in facts.contains { $0 == known } }
        }
    }
}
