package import JSON
package import MCP
import OvalEdge
import Text

/// What a ticket asks for.
package enum RequestKind: String, CaseIterable, ArgumentValue {
    case access, content, dataquality, other

    package static var schema: JSON { ["type": "string", "enum": .strings(allCases.map { $0.rawValue })] }
    package static var placeholder: RequestKind { .access }

    /// The words in which people ask are understood, too: access request, content change, dq recommendation.
    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> RequestKind? {
        guard let text = try String.read(json, as: name) else { return nil }
        let word = Suggestion.folded(text)
        guard let kind = spellings.first(where: { $0.words.contains(word) })?.kind else {
            throw ArgumentMistakes(name, mustBe: "access, content, dataquality or other", not: json)
        }
        return kind
    }

    private static let spellings: [(kind: RequestKind, words: Set<String>)] = [
        (.access, ["access", "accessrequest", "dataaccess", "dataaccessrequest"]),
        (.content, ["content", "contentchange", "contentrequest", "contentchangerequest"]),
        (
            .dataquality,
            [
                "dataquality", "dq", "dataqualityrequest", "dataqualityrule", "dataqualityrecommendation",
                "dataqualityrulerecommendation", "dqrecommendation", "dqrulerecommendation",
            ]
        ),
        (.other, ["other", "otherrequest"]),
    ]
}

/// The kind of object that a ticket is about; which ones have a template is the product's to say.
package struct RequestedType: ArgumentValue, Hashable {
    package static var schema: JSON { ["type": "string"] }
    package static let placeholder = RequestedType(name: "oetable")

    /// As it is sent.
    package let name: String

    package static func read(_ json: JSON, as name: String) throws(ArgumentMistakes) -> RequestedType? {
        guard let text = try String.read(json, as: name) else { return nil }
        return RequestedType(name: plainWords[Suggestion.folded(text)] ?? text.lowercased())
    }

    private static let plainWords = [
        "table": "oetable", "schema": "oeschema", "column": "oecolumn", "tablecolumn": "oecolumn", "file": "oefile",
        "chart": "oechart", "report": "oechart", "api": "oeapi", "term": "glossary", "glossaryterm": "glossary",
        "businessglossary": "glossary", "tag": "oetag",
    ]

    /// Nil for what has no page of details to read.
    var objectType: ObjectType? { ObjectType(rawValue: name) }
}
