import JSON
import MCP
import OvalEdge
import Rendering

/// What an asset may lack that it ought to have.
package enum AssetGap: String, ArgumentChoice, Sendable {
    case owner, steward, custodian, description, certification, terms, tags

    /// Under which names replies have it.
    private var members: [String] {
        switch self {
        case .owner, .steward, .custodian: [rawValue]
        case .description: Asset.descriptionNames
        case .certification: ["certificationStatus", "certification"]
        case .terms: ["terms", "glossaryTerms"]
        case .tags: ["tags"]
        }
    }

    /// Whether the reply says anything about it, even that there is nothing.
    func isTold(of asset: Asset) -> Bool {
        asset.json.object?.members.contains { members.contains($0.name) } ?? false
    }

    func isOpen(in asset: Asset) -> Bool {
        switch self {
        case .owner, .steward, .custodian: asset.holder(of: rawValue) == nil
        case .description: !asset.isDescribed
        case .certification: AssetGrouping.certification.value(of: asset) == nil
        case .terms, .tags: members.allSatisfy { asset.json[$0]?.isNothing ?? true }
        }
    }
}

/// By what assets can be counted.
package enum AssetGrouping: String, ArgumentChoice, Sendable {
    case connection, schema, owner, type, certification

    /// Nil where the asset has none.
    func value(of asset: Asset) -> String? {
        switch self {
        case .connection: asset.connection ?? asset.parent?.split(separator: ".").first.map { String($0) }
        case .schema: Self.schema(of: asset) ?? asset.parent
        case .owner: asset.owner
        case .type: asset.type
        case .certification: asset.certification.flatMap { Self.isCertified($0) ? $0.lowercased() : nil }
        }
    }

    /// What is counted by something else, because it has none: terms by their domain, reports by their group.
    func isReplaced(in asset: Asset) -> Bool {
        switch self {
        case .connection: asset.connection == nil && asset.parent != nil
        case .schema: asset.schema == nil && asset.parent != nil
        case .owner, .type, .certification: false
        }
    }

    /// By what, in words.
    var replacement: String { self == .connection ? "the first part of its full name" : "what it lies in" }

    private static func schema(of asset: Asset) -> String? {
        asset.schema.map { schema in asset.connection.map { "\($0).\(schema)" } ?? schema }
    }

    private static func isCertified(_ word: String) -> Bool {
        !JSON.string(word).isNothing && !["not certified", "uncertified", "not_certified"].contains(word.lowercased())
    }
}

extension Asset {
    /// Whether a description says something.
    fileprivate var isDescribed: Bool {
        descriptions.contains { _, text in
            !JSON.string(text.text).isNothing && !JSON.string(text.beginning(Self.enough).plainText).isNothing
        }
    }

    private static let enough = 2000
}
