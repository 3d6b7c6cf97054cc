package import JSON
import Text

/// Anything the catalog knows: a table, a column, a report, a glossary term, a tag, a data story and more.
///
/// A class, because lists of them are handed on often, and one has more parts than can be copied at no cost.
package final class Asset: Model, Hashable {
    /// As text, because some builds send numbers and some texts.
    package let id: String?
    package let type: String?
    /// Nil for a kind that is not known here.
    package let objectType: ObjectType?
    package let name: String?
    package let fullName: String?
    package let connection: String?
    package let schema: String?
    package let serverType: String?
    /// Who holds a role, with the user name where that is known; nil where no one does.
    package let owner: String?
    package let steward: String?
    package let custodian: String?
    package let certification: String?
    package let qualityScore: String?
    package let link: NavLink?
    /// As it came, for what is passed on.
    package let json: JSON

    package init(_ json: JSON) throws(JSONMismatch) {
        guard case .object = json else {
            throw JSONMismatch(path: "an asset", expected: "an object", found: json.kind)
        }
        id = Self.id(of: json)
        type = Self.type(of: json)
        objectType = type.flatMap { ObjectType(rawValue: $0) }
        name = json.text("objectName", "name", "tagName", "termName", "tableName")
        fullName = json.text("fullyQualifiedName", "fullQualifiedName")
        connection = json.text("connectionName", "connection")
        schema = json.text("schemaName", "schema")
        serverType = json.text("serverType")
        owner = Person("owner", in: json)?.text
        steward = Person("steward", in: json)?.text
        custodian = Person("custodian", in: json)?.text
        certification = json.text("certificationStatus", "certification")
        qualityScore = json.text("dqScore", "dqIndex")
        link = Self.link(of: json)
        self.json = json
    }

    /// All of it follows from what came.
    package static func == (one: Asset, other: Asset) -> Bool { one.json == other.json }

    package func hash(into hasher: inout Hasher) { hasher.combine(json) }

    /// Who holds the role of this name.
    package func holder(of role: String) -> Person? { Person(role, in: json) }

    /// Every description that says something, with the name of its member.
    package var descriptions: [(name: String, text: RichText)] {
        Self.descriptionNames.compactMap { name in
            json[name].flatMap { RichText($0) }.map { (name, $0) }
        }
    }

    package static let descriptionNames = [
        "businessDescription", "technicalDescription", "detailedDescription", "domainDescription", "tagDescription",
        "masterTagDescription", "description", "definition", "storyContent", "story",
    ]

    static func id(of json: JSON) -> String? { json.text("objectId", "businessGlossaryId", "id", "tagId") }
    static func type(of json: JSON) -> String? { json.text("objectType", "type") }

    private static func link(of json: JSON) -> NavLink? {
        ["navLink", "hyperlink", "termDetails", "redirectUrl"].firstNonNil { json[$0]?.string.flatMap { NavLink($0) } }
    }
}
