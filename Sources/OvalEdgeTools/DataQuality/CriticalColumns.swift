import JSON
import MCP
import OvalEdge

/// Finds the columns that are marked as critical, page by page in the order of their names.
struct CriticalColumns: Sendable {
    struct Found: Sendable {
        var objects: [NumberedObject] = []
        /// Nil when it is not known how many there are.
        var total: Int?

        /// Whether there are more behind this one, as far as is known.
        func goesOn(behind number: Int) -> Bool { number < total ?? .max }
    }

    let first: Int
    let most: Int
    let ovalEdge: OvalEdgeAPI
    let progress: Progress

    private static let pageSize = AssetSearch.highestLimit

    /// What the pages hold up to one that cannot be read; throws when that is the first.
    func found() async throws(OvalEdgeError) -> Found {
        var found = Found()
        var seen: Set<Int> = []
        let firstPage = (first - 1) / Self.pageSize + 1
        let pages = (most + Self.pageSize - 1) / Self.pageSize
        for page in firstPage...firstPage + pages where found.objects.count < most {
            let hits: AssetPage
            do {
                hits = try await self.hits(on: page, of: found.total)
            } catch  where error.isCancellation || page == firstPage {
                throw error
            } catch {
                break
            }
            found.total = hits.total
            let before = (page - 1) * Self.pageSize
            for (number, hit) in zip((before + 1)..., hits.items) where number >= first {
                guard let column = Self.column(hit), seen.insert(column.id).inserted else { continue }
                found.objects.append(NumberedObject(number: number, object: column))
            }
            guard hits.items.count >= Self.pageSize else {
                if !hits.items.isEmpty { found.total = before + hits.items.count }
                break
            }
        }
        return found
    }

    private static func column(_ hit: Asset) -> QualityObject? {
        guard hit.type == nil || hit.objectType == .oecolumn else { return nil }
        return hit.id.flatMap { Int($0) }.map { QualityObject(id: $0, type: .oecolumn) }
    }

    private func hits(on page: Int, of total: Int?) async throws(OvalEdgeError) -> AssetPage {
        let pages = total.map { " of about \(($0 + Self.pageSize - 1) / Self.pageSize)" } ?? ""
        progress.report(Double(page), "Looking for critical columns: page \(page)\(pages)")
        var search = AssetSearch()
        search.objectType = .oecolumn
        search.filters[.criticalDataElement] = .strings(["Yes"])
        search.sort = AssetSearch.Sort(.name, .ascending)
        search.page = page
        search.limit = Self.pageSize
        return try await ovalEdge.send(.assetExplorer(search)).opened()
    }
}
