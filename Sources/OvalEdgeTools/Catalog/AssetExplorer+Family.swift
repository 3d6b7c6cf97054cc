import JSON
import OvalEdge
import Rendering

// What an asset lies in and what it holds, by name, kind and id, so that each can be asked for.
extension AssetExplorer {
    func writeFamily(of asset: Asset, _ findings: Findings, _ limits: SizeLimits, to text: inout Markdown) {
        if includeParent || asset.ancestors != nil {
            let path = path(to: asset, findings)
            text.line("   In: \(path.isEmpty ? "OvalEdge returned no parent" : path.joined(separator: " › "))")
        }
        guard includeChildren || asset.children != nil else { return }
        guard let children = asset.children else { return text.line("   Holds: OvalEdge returned no children") }
        let window = ChildWindow(children, from: firstRow, in: limits)
        if let beyond = window.beyond { return text.note("   Holds: \(beyond)") }
        let shown = window.shown.map { named($0) }
        text.line("   Holds (\(window.count)): \(shown.isEmpty ? "none" : shown.joined(separator: ", "))")
        if let next = window.next {
            text.note(
                """
                   For the next ones of \(asset.reference), call again with its `object_id` and `object_type`, \
                `include_children` and `first_row` \(next).
                """
            )
        }
    }

    /// From the root on.
    private func path(to asset: Asset, _ findings: Findings) -> [Inline] {
        let path = asset.key.flatMap { findings.paths[$0] } ?? asset.ancestors?.reversed() ?? []
        return path.map { named($0) }
    }

    private func named(_ asset: Asset) -> Inline {
        asset.id == nil ? "\(escaped: asset.title.shortened)" : "\(escaped: asset.title.shortened) \(asset.reference)"
    }

    /// Parent and children of a tag, where they were asked for or sent; else nothing is known of them.
    func writeFamily(of tag: CatalogTag, _ limits: SizeLimits, to text: inout Markdown, _ links: LinkBase) {
        if includeParent || tag.isMaster || tag.asset.json["parentTag"] != nil {
            text.line("  Parent: \(tag.parent.map { named($0, links) } ?? "none")")
        }
        guard includeChildren || tag.asset.json["childTags"] != nil else { return }
        let window = ChildWindow(tag.children, from: firstRow, in: limits)
        if let beyond = window.beyond { return text.note("  Children: \(beyond)") }
        let children = window.shown.map { named($0, links) }
        text.line("  Children: \(children.isEmpty ? "none" : children.joined(separator: ", "))")
        if let next = window.next {
            text.note(
                """
                  \(window.count) in all: call again with `object_id` \(code: tag.asset.id ?? "of this tag"), `include_children` and \
                `first_row` \(next).
                """
            )
        }
    }

    private func named(_ tag: Asset, _ links: LinkBase) -> Inline {
        let link = tag.link ?? tag.id.map { .tag($0, master: nil) }
        let title = tag.title.shortened
        var name: Inline = link.map { "\(link: title, to: links.url($0))" } ?? "\(escaped: title)"
        if let id = tag.id { name += " (\(code: id))" }
        return name
    }
}

/// Which children of an asset one answer shows.
struct ChildWindow {
    let shown: ArraySlice<Asset>
    let count: Int
    /// Nil at the end.
    let next: Int?

    /// What to say where the answer was to begin behind the last one.
    var beyond: Inline? {
        shown.isEmpty && count > 0 ? "there is no row \(first); the last one is \(count)." : nil
    }

    private let first: Int

    init(_ children: [Asset], from first: Int, in limits: SizeLimits) {
        self.first = first
        let start = min(first - 1, children.count)
        shown = children[start...].prefix(max(1, limits.items))
        count = children.count
        next = shown.endIndex < children.count ? shown.endIndex + 1 : nil
    }
}
