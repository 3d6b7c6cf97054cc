/// One of the interfaces that releases of OvalEdge have had for programs like this one, the newest first.
///
/// A release may have some of one and some of another, so that it is found out for each ``Capability`` by itself.
package enum Generation: String, CaseIterable, Sendable {
    /// One endpoint for each kind of question.
    case consolidated
    /// On the way there: one search, asked with parameters in the address; access still in two.
    case transition
    /// OvalEdge 8.1: many endpoints, each for one purpose.
    case classic
}

/// A kind of question for which releases have had different endpoints.
package enum Capability: String, CaseIterable, Sendable {
    case explorer, details, lineage, knowledge, access

    /// The newest first.
    package var variants: [EndpointVariant] { EndpointVariant.allCases.filter { $0.capability == self } }

    /// Every capability has one.
    var newest: EndpointVariant { variants[0] }

    /// The variant that a release of one generation throughout would have.
    func variant(of generation: Generation) -> EndpointVariant {
        variants.first { $0.generations.contains(generation) } ?? newest
    }
}

/// One way to ask a kind of question; the raw value is how doctors and logs call it.
package enum EndpointVariant: String, CaseIterable, Sendable {
    case postedExplorer = "POST asset-explorer"
    case explorerByParameters = "GET asset-explorer"
    case searchCatalog = "GET search-catalog"
    case assetDetails = "GET asset-details"
    case objectDetails = "GET object-details"
    case assetLineage = "GET asset-lineage"
    case lineage = "GET lineage"
    case knowledgeSearch = "GET knowledge-search"
    case storiesAndDocs = "GET lookup-datastory, search-platform-docs"
    case accessExplorer = "GET access-explorer"
    case sourceAndCatalogAccess = "GET source-system-access, get-user-object-access"

    package var capability: Capability {
        switch self {
        case .postedExplorer, .explorerByParameters, .searchCatalog: .explorer
        case .assetDetails, .objectDetails: .details
        case .assetLineage, .lineage: .lineage
        case .knowledgeSearch, .storiesAndDocs: .knowledge
        case .accessExplorer, .sourceAndCatalogAccess: .access
        }
    }

    package var generations: [Generation] {
        switch self {
        case .postedExplorer, .accessExplorer: [.consolidated]
        case .explorerByParameters: [.transition]
        case .assetDetails, .assetLineage, .knowledgeSearch: [.consolidated, .transition]
        case .searchCatalog, .objectDetails, .lineage, .storiesAndDocs: [.classic]
        case .sourceAndCatalogAccess: [.transition, .classic]
        }
    }

    var isNewest: Bool { self == capability.newest }

    /// The two that differ in their method alone.
    func sharesPath(with other: EndpointVariant) -> Bool {
        [self, other].allSatisfy { $0 == .postedExplorer || $0 == .explorerByParameters }
    }

    /// How likely the product's own 404 says that the object asked for is not there.
    enum Absence: Hashable { case never, perhaps, usual }

    var absence: Absence {
        switch self {
        case .postedExplorer, .explorerByParameters, .searchCatalog: .never
        case .assetLineage, .knowledgeSearch: .perhaps
        case .assetDetails, .objectDetails, .lineage, .storiesAndDocs, .accessExplorer, .sourceAndCatalogAccess: .usual
        }
    }
}
