import MCP
package import OvalEdge
import Text

extension ObjectType: ArgumentChoice {
    /// `table`, `Reports`, `glossary term`: the words that answers use for a type, and those that people do.
    package static func meant(by word: String) -> ObjectType? {
        let word = Suggestion.folded(word)
        return words[word] ?? (word.hasSuffix("s") ? words[String(word.dropLast())] : nil)
    }

    private static let words: [String: ObjectType] = [
        "table": .oetable, "column": .oecolumn, "tablecolumn": .oecolumn, "file": .oefile,
        "report": .oechart, "chart": .oechart, "reportcolumn": .chartchild,
        "term": .glossary, "glossaryterm": .glossary, "businessterm": .glossary, "tag": .oetag,
        "schema": .oeschema, "query": .oequery, "querie": .oequery, "api": .oeapi, "apiattribute": .oeapicolumn,
        "apicolumn": .oeapicolumn, "story": .oestory, "storie": .oestory, "datastory": .oestory,
        "datastorie": .oestory, "dataproduct": .dataProduct, "dataproductdomain": .dataProductDomain,
        "domain": .oeglobaldomain, "glossarydomain": .oeglobaldomain, "reportgroup": .oedomain,
    ]
}
