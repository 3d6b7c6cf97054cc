import OvalEdge

/// Where the pages of several assets are: one pattern for a kind whose pages differ in the id alone, else a link each.
struct PageLinks: Sendable {
    private let links: LinkBase
    private var patterns: [(kind: String, url: String)] = []

    init(_ assets: [(asset: Asset, link: NavLink?)], links: LinkBase) {
        self.links = links
        var kinds: [String] = []
        for (asset, _) in assets where !kinds.contains(asset.kind) {
            kinds.append(asset.kind)
            let alike = assets.filter { $0.asset.kind == asset.kind }
            if let pattern = Self.pattern(of: alike) { patterns.append((asset.kind, links.url(pattern))) }
        }
    }

    /// The page of one of the assets; nil when it has none, and when ``directory`` tells.
    func url(of asset: Asset, _ link: NavLink?) -> String? {
        patterns.contains { $0.kind == asset.kind } ? nil : link.map { links.url($0) }
    }

    /// `Pages: table http://…/#nav/table?id={id}, report …`, to be filled in with the id.
    var directory: Inline? {
        guard !patterns.isEmpty else { return nil }
        let pages: [Inline] = patterns.map { "\(escaped: $0.kind) \(address: $0.url)" }
        return "Pages: \(pages.joined(separator: ", "))"
    }

    /// What all these links are with `{id}` in place of the id; nil for fewer than two, and when one is otherwise.
    private static func pattern(of assets: [(asset: Asset, link: NavLink?)]) -> NavLink? {
        guard assets.count > 1, let first = assets.first, let pattern = pattern(of: first) else { return nil }
        return assets.allSatisfy { self.pattern(of: $0) == pattern } ? pattern : nil
    }

    private static func pattern(of page: (asset: Asset, link: NavLink?)) -> NavLink? {
        guard let id = page.asset.id, let link = page.link else { return nil }
        return link.replacing(id: id, by: "{id}")
    }
}
