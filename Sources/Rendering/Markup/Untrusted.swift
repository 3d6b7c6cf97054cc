package import JSON
import OvalEdge
import Text

/// Text from the catalog, which many people may write, made harmless to look at.
package enum Untrusted {
    package static func cleaned(_ text: String) -> String { VisibleText.shown(text) }

    /// Every text in a value, the names of members among them; flags and dates in the form in which answers show them.
    package static func cleaned(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(cleaned(text))
        case .array(let items): .array(items.map { cleaned($0) })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { JSONObject.Member(cleaned($0.name), cleaned($0.value.normal(as: $0.name))) }
                )
            )
        case .null, .bool, .number: json
        }
    }
}
