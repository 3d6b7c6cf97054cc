import MCP
import OvalEdge
import Rendering

/// The name of an asset, short or full, and the one asset that it means.
struct AssetName: Sendable {
    enum Meaning: Sendable {
        case one(ObjectID)
        /// None is called so, or several are; what to do.
        case unclear(Answer)
    }

    private static let mostAsked = 25
    private static let mostShown = 10

    private let text: String
    private let type: ObjectType

    init(_ text: String, type: ObjectType) {
        self.text = text
        self.type = type
    }

    func meaning(in ovalEdge: OvalEdgeAPI) async throws(OvalEdgeError) -> Meaning {
        var found = try await assets(called: text, in: ovalEdge)
        // A dot may be part of a name, or be between the names of a path.
        if found.isEmpty, let dot = text.lastIndex(of: ".") {
            found = try await assets(called: String(text[dot...].dropFirst()), in: ovalEdge)
        }
        if found.count == 1, let id = found[0].id.flatMap({ Int($0) }) { return .one(ObjectID(number: id)) }
        return .unclear(found.isEmpty ? none : several(found, links: ovalEdge.links))
    }

    private func assets(called name: String, in ovalEdge: OvalEdgeAPI) async throws(OvalEdgeError) -> [Asset] {
        guard !name.isEmpty else { return [] }
        var search = AssetSearch()
        search.name = name
        search.objectType = type
        search.limit = Self.mostAsked
        let page: AssetPage
        do {
            page = try await ovalEdge.send(.assetExplorer(search)).opened()
        } catch {
            guard error.cause == .notExpressible else { throw error }
            // The oldest interface has no search by name: words find it as well, among others.
            (search.terms, search.name) = ([name], nil)
            page = try await ovalEdge.send(.assetExplorer(search)).opened()
        }
        return page.assets.filter { isMeant($0) }
    }

    /// Called so, or at the end of its full name.
    private func isMeant(_ asset: Asset) -> Bool {
        let wanted = text.lowercased()
        if asset.name?.lowercased() == wanted { return true }
        guard let fullName = asset.fullName?.lowercased() else { return false }
        return fullName == wanted || fullName.hasSuffix(".\(wanted)")
    }

    private var subject: Inline { "\(words: type.title) “\(escaped: text)”" }

    private var none: Answer {
        let line: Inline = "There is no \(subject). Look for it with `asset_explorer`, and call with its `object_id`."
        return .failure(line.text)
    }

    private func several(_ assets: [Asset], links: LinkBase) -> Answer {
        var text = Markdown()
        let orMore = assets.count < Self.mostAsked ? "" : " or more"
        let count: Inline = "\(assets.count)\(words: orMore)"
        text.line("There are \(count) of \(subject). Call again with the `object_id` of the one that is meant:")
        let shown = Array(assets.prefix(Self.mostShown))
        let lines = AssetLines(shown, links: links)
        for index in shown.indices { text.bullet(lines.line(index)) }
        if assets.count > shown.count {
            text.line(
                "\(assets.count - shown.count)\(words: orMore) others; give more of the full name, such as `schema.table`."
            )
        }
        return .failure(text.text)
    }
}
