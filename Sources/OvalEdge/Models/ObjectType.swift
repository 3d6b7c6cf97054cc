/// A kind of catalog object, by the id that requests and replies use.
package enum ObjectType: String, CaseIterable, Sendable {
    case businessglossary, chartchild, code
    case dataProductDomain = "dp_domain"
    case dataProduct = "dp_product"
    case filecolumn, glossary, mastertag, oeapi, oeapicolumn, oechart, oecode, oecolumn, oedomain, oefile
    case oefilecolumn, oeglobaldomain, oequery, oeschema, oestory, oetable, oetag, storyzone

    /// Whether the two differ at most in the name that releases of OvalEdge give to one kind.
    func isSameKind(as other: ObjectType) -> Bool { usualName == other.usualName }

    /// The first of the names that releases of OvalEdge give to one kind.
    var usualName: ObjectType {
        switch self {
        case .businessglossary: .glossary
        case .code, .oecode: .oequery
        case .filecolumn: .oefilecolumn
        case .mastertag: .oetag
        default: self
        }
    }

    /// In the words of people.
    package var title: String {
        switch self {
        case .glossary, .businessglossary: "glossary term"
        case .oechart: "report"
        case .chartchild: "report column"
        case .code, .oecode, .oequery: "query"
        case .dataProductDomain: "data product domain"
        case .dataProduct: "data product"
        case .oefile: "file"
        case .filecolumn, .oefilecolumn: "file column"
        case .oetag: "tag"
        case .mastertag: "master tag"
        case .oeapi: "API"
        case .oeapicolumn: "API attribute"
        case .oetable: "table"
        case .oecolumn: "column"
        case .oeschema: "schema"
        case .oedomain: "report group"
        case .oeglobaldomain: "glossary domain"
        case .oestory: "data story"
        case .storyzone: "story zone"
        }
    }
}
