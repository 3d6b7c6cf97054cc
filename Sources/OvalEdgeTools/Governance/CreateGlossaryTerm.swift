package import JSON
package import MCP
package import OvalEdge
package import Writes

package struct CreateGlossaryTerm: WritingTool {
    package static let family = WriteFamily.governance
    package static let definition = ToolDefinition(
        name: "create_glossary_term",
        title: "Create a glossary term",
        effect: .adds,
        searchHint: "add new business term definition glossary",
        summary: "Create a term in the business glossary, in the place a person chooses and after they have agreed.",
        guidance: """
            Give term_name and what is known; the place may be a path in domain_name, such as Finance > Cost > Opex. \
            For each missing level the answer lists the choices: the person chooses domain, category and subcategory, \
            or says that a level is skipped. Then it asks for the description and previews the term, with existing \
            terms of that name; nothing is written before the person has agreed. With search_on in place of term_name \
            it only lists the places on one level.
            """
    )

    let searchOn: GlossaryLevel?
    let termName: String?
    let description: String?
    let definition: String?
    let domainName: String?
    let categoryName: String?
    let subcategoryName: String?
    let domainID: ObjectID?
    let categoryID: ObjectID?
    let subcategoryID: ObjectID?
    let publish: Bool
    let skipCategory: Bool
    let categorySkipConfirmed: Bool
    let skipSubcategory: Bool
    let subcategorySkipConfirmed: Bool
    let size: Int
    let page: Int
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        searchOn = input.read("search_on", "Only list the places on this level.")
        termName = input.read("term_name", "The new term.")
        description = input.read("description", "What it means, and what it does not.")
        definition = input.read("definition", "A longer definition.")
        domainName = input.read("domain_name", "Its domain by name, or the whole path with > between.")
        categoryName = input.read("category_name", "Its category by name, or category > subcategory.")
        subcategoryName = input.read("subcategory_name", "Its subcategory by name.")
        domainID = input.read("domain_id", "Its domain by id.")
        categoryID = input.read("category_id", "Its category by id.")
        subcategoryID = input.read("subcategory_id", "Its subcategory by id.")
        publish = input.read("publish", "Publish it at once; otherwise it is a draft.", default: false)
        skipCategory = input.read("skip_category", "Put it directly under the domain.", default: false)
        categorySkipConfirmed = input.read("category_skip_confirmed", "The person confirmed it.", default: false)
        skipSubcategory = input.read("skip_subcategory", "Put it directly under the category.", default: false)
        subcategorySkipConfirmed = input.read("subcategory_skip_confirmed", "The person confirmed it.", default: false)
        size = input.read("size", "How many places to list, at most 500.", in: .counting, default: 100)
        page = input.read("page", "Which page of them, from 0.", in: 0...Int(Int32.max), default: 0)
        agreement = Agreement(&input)
        check(&input)
    }

    private func check(_ input: inout Arguments) {
        if (searchOn == nil) == (termName == nil) {
            input.note("Give either `term_name`, to create a term, or `search_on`, to list places.")
        }
        if searchOn == .category, domainID == nil { input.note("domain_id", "is missing: categories are in a domain.") }
        if searchOn == .subcategory, categoryID == nil {
            input.note("category_id", "is missing: it names the category.")
        }
        if searchOn == nil, subcategoryID != nil, categoryID == nil, path.category == nil {
            input.note("category_id", "is missing: a subcategory belongs to a category.")
        }
        if skipCategory, categoryID != nil || path.category != nil {
            input.note("skip_category", "contradicts the given category.")
        }
        if skipSubcategory, subcategoryID != nil || path.subcategory != nil {
            input.note("skip_subcategory", "contradicts the given subcategory.")
        }
    }

    /// The names on the three levels; those with an argument of their own win over those in a path.
    var path: (domain: String?, category: String?, subcategory: String?) {
        let domain = Self.steps(domainName)
        let category = Self.steps(categoryName)
        return (
            domain.first, category.first ?? domain.dropFirst().first,
            subcategoryName ?? category.dropFirst().first ?? domain.dropFirst(2).first
        )
    }

    private static func steps(_ path: String?) -> [String] {
        (path ?? "").split(separator: ">").compactMap { JSON.string(String($0)).plainText }
    }

    package static let outputSchema: JSON = WriteReport.outputSchema(
        adding: Choices.schema + [
            ("awaitingUserInput", ["type": "boolean", "description": "True: input from the person is needed first."]),
            ("placementPath", ["type": "string", "description": "Where the term will be created."]),
        ]
    )
}

extension GlossaryLevel: ArgumentChoice {}
