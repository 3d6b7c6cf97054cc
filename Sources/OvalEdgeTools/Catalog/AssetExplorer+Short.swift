import JSON
import MCP
import OvalEdge
import Rendering

/// The first row of a page that has no room for one: what it is called and how to see all of it.
extension AssetExplorer {
    private static let longestName = 160
    /// A link that was cut leads nowhere.
    private static let longestLink = 2000

    func short(_ found: AssetPage, _ structured: JSON) -> Answer {
        let lists = [found.items.count, found.glossaryTerms.count, found.tags.count]
        let results = PageOfResults(page, of: found, lists: lists, in: SizeLimits(items: 1))
        let groups = [found.items, found.glossaryTerms, found.tags.map { $0.asset }]
        var text = Markdown()
        text.note("\(words: results.sentences("asset", "assets").joined(separator: " "))")
        for asset in groups.compactMap({ $0.first }) {
            let name: Inline = "**\(excerpt: asset.title, upTo: Self.longestName)**"
            let id: Inline = "\(code: "\(Self.cut(asset.type ?? "asset")) \(Self.cut(asset.id ?? ""))")"
            text.bullet("\(name) \(id), shortened: `asset_details` shows all of it.", isNote: true)
        }
        return Answer(text, structured: results.adding(to: .object(shortened(structured.object ?? JSONObject()))))
    }

    /// Of each list the first, without what makes it long.
    private func shortened(_ object: JSONObject) -> JSONObject {
        JSONObject(
            object.members.compactMap { member in
                switch member.value {
                case .array(let items):
                    JSONObject.Member(member.name, .array(items.prefix(1).map { shortened(item: $0) }))
                case .object(let data) where member.name == "data": JSONObject.Member("data", .object(shortened(data)))
                case .object: nil
                default: member
                }
            }
        )
    }

    private func shortened(item: JSON) -> JSON {
        guard let members = item.object?.members else { return item }
        let kept = members.filter { member in
            Self.kept.contains(member.name)
                && (member.name != "redirectUrl" || member.value.string?.utf8.count ?? 0 <= Self.longestLink)
        }
        return .object(JSONObject(kept + [JSONObject.Member("shortened", true)]))
    }

    private static let kept: Set<String> = [
        "objectId", "objectType", "objectName", "id", "type", "name", "tagId", "tagName", "termName",
        "businessGlossaryId", "redirectUrl",
    ]

    private static func cut(_ text: String) -> String { String(text.prefix(longestName)) }
}
