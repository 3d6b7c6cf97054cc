import OvalEdge
import Rendering

/// Where the pages of several assets are: one pattern for a kind whose pages differ in the id alone, else a link each.
struct PageLinks: Sendable {
    private let links: LinkBase
    private var patterns: [(kind: String, url: String)] = []
    private var kinds: Set<String> = []

    init(_ assets: [(asset: Asset, link: NavLink?)], links: LinkBase) {
        self.links = links
        guard assets.count > 1 else { return }
        var kinds: [(kind: String, pattern: NavLink?, count: Int)] = []
        var places: [String: Int] = [:]
        for (asset, link) in assets {
            let (kind, pattern) = (asset.kind, Self.pattern(of: asset, link))
            if let index = places[kind] {
                kinds[index].count += 1
                if kinds[index].pattern != pattern { kinds[index].pattern = nil }
            } else {
                places[kind] = kinds.count
                kinds.append((kind, pattern, 1))
            }
        }
        patterns = kinds.filter { $0.count > 1 }.compactMap { kind in kind.pattern.map { (kind.kind, links.url($0)) } }
        self.kinds = Set(patterns.map { $0.kind })
    }

    /// The page of one of the assets; nil when it has none, and when ``directory`` shows it.
    func url(of asset: Asset, _ link: NavLink?) -> String? {
        kinds.contains(asset.kind) ? nil : link.map { links.url($0) }
    }

    /// `Pages: table http://…/#nav/table?id={id}, report …`, to be filled in with the id.
    var directory: Inline? {
        guard !patterns.isEmpty else { return nil }
        let pages: [Inline] = patterns.map { "\(escaped: $0.kind) \(address: $0.url)" }
        return "Pages: \(pages.joined(separator: ", "))"
    }

    /// The link with `{id}` in place of the asset's id; nil where that is there not at all, or twice.
    private static func pattern(of asset: Asset, _ link: NavLink?) -> NavLink? {
        guard let id = asset.id else { return nil }
        return link?.replacing(id: id, by: "{id}")
    }
}
