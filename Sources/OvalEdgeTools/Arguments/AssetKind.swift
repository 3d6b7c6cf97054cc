package import JSON
package import MCP
package import OvalEdge
import Text

/// A kind of asset by whichever word it goes: OvalEdge's id (`oechart`), its label (`REPORT`), people's (`report`,
/// `reports`).
///
/// No list of choices, because lineage brings kinds that no list here knows.
package struct AssetKind: ArgumentValue, Hashable {
    package let word: String

    package static var schema: JSON { String.schema }
    package static var placeholder: AssetKind { AssetKind(word: "oetable") }

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> AssetKind? {
        try String.read(json, as: name).map { AssetKind(word: $0) }
    }

    package func matches(_ asset: Asset) -> Bool {
        let names = [asset.type, asset.json["type"]?.string, asset.objectType?.title]
        return names.contains { $0.map { isWord(for: $0) } ?? false }
    }

    /// Whether it means this type, by its name or its title.
    package func means(_ type: ObjectType) -> Bool { isWord(for: type.rawValue) || isWord(for: type.title) }

    func isWord(for name: String) -> Bool {
        Suggestion.isSame(word, name) || Suggestion.isSame(word, "\(name)s")
    }
}
