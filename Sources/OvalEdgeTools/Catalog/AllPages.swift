import MCP
import OvalEdge

/// All that one search finds, read page by page, a few at a time.
///
/// OvalEdge goes only so far into a search; what is farther is read from the other end, in the opposite order, until both
/// meet.
struct AllPages: Sendable {
    /// What was read, and how much of all that is.
    struct Reading: Sendable {
        fileprivate(set) var assets: [Asset] = []
        fileprivate(set) var pages = 0
        /// How many OvalEdge counts.
        fileprivate(set) var counted: Int?
        /// Why not all of it could be read; nil where it was.
        fileprivate(set) var obstacle: String?
        fileprivate var keys: Set<AssetKey> = []

        /// Adds what was not seen before, and says how much that was.
        fileprivate mutating func take(_ page: AssetPage) -> Int {
            pages += 1
            counted = counted ?? page.total
            let new = page.assets.filter { asset in asset.key.map { keys.insert($0).inserted } ?? true }
            assets += new
            return new.count
        }
    }

    private static let atOnce = 4
    private static let limit = AssetSearch.highestLimit
    /// As far as OvalEdge goes from either end.
    static let mostPages = AssetSearch.window / limit

    private let search: AssetSearch
    private let ovalEdge: OvalEdgeAPI
    private let progress: Progress

    /// The order is by name, so that no row changes its place between two pages.
    init(_ search: AssetSearch, from ovalEdge: OvalEdgeAPI, reporting progress: Progress) {
        var search = search
        search.limit = Self.limit
        search.sort = AssetSearch.Sort(.name, .ascending)
        self.search = search
        self.ovalEdge = ovalEdge
        self.progress = progress
    }

    func read() async throws(OvalEdgeError) -> Reading {
        var reading = Reading()
        var search = search
        do {
            try await read(search, into: &reading)
        } catch {
            guard error.cause == .notExpressible, reading.pages == 0 else { throw error }
            // The older interfaces have no order.
            search.sort = nil
            try await read(search, into: &reading)
        }
        return reading
    }

    private func read(_ search: AssetSearch, into reading: inout Reading) async throws(OvalEdgeError) {
        var walk = Walk()
        let end = try await pages(of: search) { page, number in
            _ = reading.take(page)
            walk.first = walk.first ?? page.keys
            walk.last = page.assets.last?.name ?? walk.last
            report(reading, of: page.total)
            return !page.isEnd(at: number, of: Self.limit)
        }
        switch end {
        case .reached: break
        case .failed(let error): reading.obstacle = error.what
        case .window where search.sort == nil:
            reading.obstacle = "OvalEdge gives no more than the first \(reading.assets.count)."
        case .window: try await readBackwards(search, walk, into: &reading)
        }
    }

    /// Where the way forward began and ended.
    private struct Walk {
        var first: Set<AssetKey>?
        var last: String?
    }

    /// Ends behind the name at which the way forward ended: several assets may have it, and these come in any order.
    private func readBackwards(
        _ search: AssetSearch,
        _ walk: Walk,
        into reading: inout Reading
    ) async throws(OvalEdgeError) {
        var search = search
        search.sort = AssetSearch.Sort(.name, .descending)
        let forward = reading.assets.count
        var isOrdered = true
        let end = try await pages(of: search) { page, number in
            isOrdered = isOrdered && !(number == 1 && page.keys == walk.first)
            guard isOrdered else { return false }
            let new = reading.take(page)
            report(reading, of: nil)
            return !page.isEnd(at: number, of: Self.limit) && (new > 0 || page.assets.last?.name == walk.last)
        }
        switch end {
        case .reached where isOrdered: break
        case .reached: reading.obstacle = "OvalEdge gives no more than the first \(reading.assets.count)."
        case .failed(let error): reading.obstacle = error.what
        case .window:
            let backward = reading.assets.count - forward
            reading.obstacle = "OvalEdge gives no more than the first \(forward) and the last \(backward)."
        }
    }

    private func report(_ reading: Reading, of total: Int?) {
        let counted = max(total ?? reading.counted ?? 0, reading.assets.count)
        let pages = max((counted + Self.limit - 1) / Self.limit, reading.pages)
        progress.report(Double(reading.pages), of: Double(pages), "Page \(reading.pages) of about \(pages)")
    }
}

// One page after the other, although several are under way.
extension AllPages {
    private enum End {
        /// Who takes the pages has enough.
        case reached
        /// As far as OvalEdge goes.
        case window
        case failed(OvalEdgeError)
    }

    private enum Outcome: Sendable {
        case page(AssetPage)
        case failure(OvalEdgeError)
    }

    /// Hands each page to `take` in its order, until that returns false; throws where not even the first one comes.
    private func pages(
        of search: AssetSearch,
        _ take: (AssetPage, Int) -> Bool
    ) async throws(OvalEdgeError) -> End {
        let first = try await page(1, of: search)
        guard take(first, 1) else { return .reached }
        // What is beyond the count is asked for one by one.
        let expected = min((first.total ?? 0) / Self.limit, Self.mostPages)
        let end = await withTaskGroup(of: (Int, Outcome).self) { group -> End in
            defer { group.cancelAll() }
            var (asked, taken) = (1, 1)
            var waiting: [Int: Outcome] = [:]
            while taken < Self.mostPages {
                while asked < Self.mostPages, asked - taken < (asked < expected ? Self.atOnce : 1) {
                    asked += 1
                    group.addTask { [asked] in (asked, await outcome(asked, of: search)) }
                }
                guard let (number, outcome) = await group.next() else { break }
                waiting[number] = outcome
                while let outcome = waiting.removeValue(forKey: taken + 1) {
                    taken += 1
                    switch outcome {
                    case .page(let page): guard take(page, taken) else { return .reached }
                    case .failure(let error): return error.cause == .beyondWindow ? .window : .failed(error)
                    }
                }
            }
            return .window
        }
        guard !Task.isCancelled else { throw .cancelled }
        return end
    }

    private func outcome(_ number: Int, of search: AssetSearch) async -> Outcome {
        do throws(OvalEdgeError) {
            return .page(try await page(number, of: search))
        } catch {
            return .failure(error)
        }
    }

    private func page(_ number: Int, of search: AssetSearch) async throws(OvalEdgeError) -> AssetPage {
        var search = search
        search.page = number
        return try await ovalEdge.send(.assetExplorer(search)).opened()
    }
}

extension AssetPage {
    /// Whether no page follows: rows may be hidden from an account, so that one that is not full ends only what is counted.
    fileprivate func isEnd(at number: Int, of limit: Int) -> Bool {
        sent == 0 || sent < min(limit, self.limit ?? limit) && (total ?? 0) <= number * limit
    }
}
