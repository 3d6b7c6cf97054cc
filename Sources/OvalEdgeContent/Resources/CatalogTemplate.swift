import JSON
import JSONRPC
package import MCP
package import OvalEdge
import OvalEdgeTools
import Rendering

/// A kind of asset that can be read by its URI, as the tool `asset_details` shows it to people.
package enum CatalogTemplate: String, CaseIterable, Sendable {
    case table, file, glossaryTerm, dataStory, tag

    package static let variable = "object_id"

    package var template: ResourceTemplate {
        ResourceTemplate(
            uri,
            name: name,
            title: title,
            description: description,
            mimeType: Self.mimeType,
            annotations: Annotations(audience: [.user, .assistant])
        )
    }

    package var objectType: ObjectType {
        switch self {
        case .table: .oetable
        case .file: .oefile
        case .glossaryTerm: .glossary
        case .dataStory: .oestory
        case .tag: .oetag
        }
    }

    package var uri: URITemplate {
        switch self {
        case .table: "ovaledge://catalog/table/{object_id}"
        case .file: "ovaledge://catalog/file/{object_id}"
        case .glossaryTerm: "ovaledge://governance/glossary-term/{object_id}"
        case .dataStory: "ovaledge://governance/data-story/{object_id}"
        case .tag: "ovaledge://governance/tag/{object_id}"
        }
    }

    private var name: String {
        switch self {
        case .table: "table_resource"
        case .file: "file_resource"
        case .glossaryTerm: "glossary_term_resource"
        case .dataStory: "data_story_resource"
        case .tag: "tag_resource"
        }
    }

    private var title: String {
        switch self {
        case .table: "Table"
        case .file: "File"
        case .glossaryTerm: "Glossary term"
        case .dataStory: "Data story"
        case .tag: "Tag"
        }
    }

    private var description: String {
        switch self {
        case .table: "A table: description, people, columns with their profile, and its ties to other tables."
        case .file: "A file: description, people, and columns with their profile."
        case .glossaryTerm: "A word of the business: its definition, place, status and people."
        case .dataStory: "A data story: its description, place and people."
        case .tag: "A tag: its meaning, place and people."
        }
    }
}

extension CatalogTemplate {
    private static let mimeType = "text/markdown"

    /// The id that a URI of this template names; nil when it names none.
    func id(in uri: String) -> Int? {
        guard let text = self.uri.values(in: uri)?[Self.variable], let id = Int(text), id > 0, String(id) == text else {
            return nil
        }
        return id
    }

    /// The asset as the tool shows it, and where the rest is when there is no room for all; nil when no asset has that id.
    func read(
        _ id: Int,
        at uri: String,
        within budget: AnswerBudget,
        marking mark: UntrustedDelimiter,
        for visit: Visit
    ) async throws(RPCError) -> ResourceContents? {
        do throws(OvalEdgeError) {
            let ovalEdge = try await visit.ovalEdge()
            let call = AssetDetails(id, objectType, in: detail)
            let record = try await ovalEdge.record(of: id, objectType)
            guard record.asset.id != nil || record.asset.name != nil else { return nil }
            let draft = call.render(record, links: ovalEdge.links)
            var answer = budget.leaving(Self.tokensOfRest).fitted(draft, marking: mark)
            if let way = way(on: id, answer, visit.access) { answer = answer.noting("\(words: way)") }
            return ResourceContents(uri, mimeType: Self.mimeType, .text(answer.text), meta: TrustLabel.resource)
        } catch {
            guard error.kind != .notFound else { return nil }
            throw RPCError(code: -32603, visit.account.remedies.explanation(of: error))
        }
    }

    /// Tables and files are mostly rows; of the others the texts are what is read.
    private var detail: Detail {
        switch self {
        case .table, .file: .brief
        case .glossaryTerm, .dataStory, .tag: .full
        }
    }

    private static let tokensOfRest = 80

    /// Where the rest is; the text of a story is never here.
    private func way(on id: Int, _ answer: Answer, _ access: ToolAccess) -> String? {
        guard answer.isWhole else { return rest(of: id, access) }
        guard self == .dataStory, access.contains(ToolName.knowledgeSearch.rawValue) else { return nil }
        return "The text of the story is in `\(ToolName.knowledgeSearch.rawValue)` with `object_id` \(id)."
    }

    private func rest(of id: Int, _ access: ToolAccess) -> String {
        let tool: ToolName = self == .dataStory ? .knowledgeSearch : .assetDetails
        guard access.contains(tool.rawValue) else { return "The rest is in OvalEdge, behind the link." }
        let type = self == .dataStory ? "" : ", `object_type` \(objectType.rawValue)"
        return "The rest is in `\(tool.rawValue)` with `object_id` \(id)\(type) and `first_row`."
    }
}

extension Answer {
    fileprivate var isWhole: Bool { structured?["complete"] != false && structured?["leftOut"] == nil }
}
