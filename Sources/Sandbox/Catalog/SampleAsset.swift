/// One thing in the sample catalog: what it is, where it hangs, and facts about it by name.
struct SampleAsset: Sendable {
    /// The product's object types that occur here, and the containers which are no objects of the search.
    enum Kind: String, CaseIterable, Sendable {
        case chartchild, filecolumn, glossary, mastertag, oeapi, oechart, oecolumn, oedomain, oefile, oeglobaldomain
        case oequery, oeschema, oestory, oetable, oetag, storyzone
        case productDomain = "dp_domain"
        case dataProduct = "dp_product"
        case connection, filefolder, category, subcategory

        var isContainer: Bool {
            switch self {
            case .connection, .filefolder, .category, .subcategory: true
            default: false
            }
        }
    }

    /// Unique over all kinds, which is stricter than the product.
    let id: Int
    let kind: Kind
    var name: String
    let parent: Int?
    var facts: [String: String] = [:]

    subscript(_ fact: String) -> String? { facts[fact] }

    func number(_ fact: String) -> Double? { facts[fact].flatMap { Double($0) } }

    /// A fact that is a list, written with commas.
    func list(_ fact: String) -> [String] {
        (facts[fact] ?? "").split(separator: ",").compactMap { String($0).nonBlank }
    }
}
