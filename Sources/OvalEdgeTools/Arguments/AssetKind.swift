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
        return names.contains { name in
            name.map { Suggestion.isSame(word, $0) || Suggestion.isSame(word, "\($0)s") } ?? false
        }
    }
}
