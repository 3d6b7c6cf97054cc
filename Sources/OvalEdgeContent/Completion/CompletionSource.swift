import OvalEdge
package import OvalEdgeTools
import Rendering
import Text

/// Where the values for an argument or a variable come from.
package enum CompletionSource: Hashable, Sendable {
    case nothing
    /// A fixed set, the usual ones first.
    case choices([String])
    case catalog(CatalogName)

    package static let connectors = CompletionSource.choices(ServerType.known)
    package static let assetNames = CompletionSource.catalog(.asset)
    package static let termNames = CompletionSource.catalog(.term)
    package static let tagNames = CompletionSource.catalog(.tag)
    package static let domainNames = CompletionSource.catalog(.domain)
    package static let connectionNames = CompletionSource.catalog(.connection)
    package static let connectionIDs = CompletionSource.catalog(.connectionID)
}

extension CatalogName {
    private var objectType: ObjectType? {
        switch self {
        case .asset: nil
        case .term: .glossary
        case .tag: .oetag
        case .domain: .oeglobaldomain
        // The catalog has no list of connections, but each schema holds where it is.
        case .connection, .connectionID: .oeschema
        case .id(let type): type
        }
    }

    /// The search for what was typed; of everything, when nothing was, the most used first.
    func search(_ typed: String) -> AssetSearch {
        var search = AssetSearch()
        search.objectType = objectType
        search.limit = AssetSearch.highestLimit
        if case .id = self, let id = Int(typed) {
            search.objectID = id
        } else if typed.isEmpty {
            search.sort = AssetSearch.Sort(.popularity)
        } else {
            search.terms = [typed]
        }
        return search
    }

    /// The last name of a path such as `SALES.ord`, which no asset has by itself; nil where no path can be meant.
    func lastName(of typed: String) -> String? {
        switch self {
        case .asset, .id: typed.contains(".") ? typed.split(separator: ".").last.map { String($0) } : nil
        case .term, .tag, .domain, .connection, .connectionID: nil
        }
    }

    /// The assets with this in their names, by their full names.
    func placedEntries(of page: AssetPage, named last: String) -> [CatalogEntry] {
        page.items.filter { $0.name?.lowercased().holds(last.lowercased()) == true }.compactMap { asset in
            if case .id = self { return CatalogEntry(asset.fullName, value: asset.id) }
            return CatalogEntry(asset.fullName, value: asset.fullName)
        }
    }

    /// What the argument takes, for each asset that was found.
    func entries(of page: AssetPage) -> [CatalogEntry] {
        let assets = page.items + page.glossaryTerms + page.tags.map { $0.asset }
        let isNamedTwice = Dictionary(grouping: assets) { $0.name }.mapValues { $0.count > 1 }
        return assets.compactMap { asset in
            switch self {
            case .asset:
                let isAmbiguous = isNamedTwice[asset.name] ?? false
                return CatalogEntry(asset.name, value: isAmbiguous ? asset.fullName ?? asset.name : asset.name)
            case .term, .tag, .domain: return CatalogEntry(asset.name, value: asset.name)
            case .connection: return CatalogEntry(asset.connection, value: asset.connection)
            case .connectionID:
                return CatalogEntry(asset.connection, value: asset.json.text("connectionInfoId", "connectionId"))
            case .id: return CatalogEntry(asset.name, value: asset.id)
            }
        }
    }
}
