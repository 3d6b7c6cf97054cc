package import MCP
package import OvalEdge
package import OvalEdgeTools
import Text

/// Completes what a person types, from fixed sets at once and from the catalog in the time that a menu can wait.
///
/// It never fails: without an account, without an answer, or without time it offers what it has seen before.
package struct Completer: Sendable {
    package static let usualLimit = 0.8
    private static let longestTyped = 200

    private let accounts: any Accounts
    private let clock: SessionClock
    private let limit: Double

    /// `limit` is in seconds.
    package init(_ accounts: any Accounts, clock: SessionClock = .system, limit: Double = usualLimit) {
        self.accounts = accounts
        self.clock = clock
        self.limit = limit
    }

    package func completion(
        of typed: String,
        from source: CompletionSource,
        for principal: Principal
    ) async -> Completion {
        let typed = typed.trimmed
        guard typed.count <= Self.longestTyped else { return .none }
        switch source {
        case .nothing: return .none
        case .choices(let known): return .matching(typed, in: known)
        case .catalog(let kind):
            return await completion(CompletionCache.Key(typed, of: kind), of: accounts.account(for: principal))
        }
    }

    private func completion(_ key: CompletionCache.Key, of account: Account) async -> Completion {
        let names = account.completions
        if let seen = names.seen(for: key, at: clock.now()) { return seen.entries.offered(key.typed, seen.hasMore) }
        switch await outcome(of: key, account) {
        case .found(let page):
            let entries = key.kind.entries(of: page)
            let returned = page.items.count + page.glossaryTerms.count + page.tags.count
            let hasMore = page.total.map { $0 > returned } ?? (returned >= AssetSearch.highestLimit)
            names.add(entries, hasMore: hasMore, for: key, at: clock.now())
            return entries.offered(key.typed, hasMore)
        case .failed: return names.nearest(to: key, at: clock.now()).offered(key.typed, false)
        case .late: return names.nearest(to: key, at: clock.now()).offered(key.typed, true)
        }
    }

    private enum Outcome: Sendable { case found(AssetPage), failed, late }

    /// The search against the clock: who comes second is cancelled, and gone before this returns.
    private func outcome(of key: CompletionCache.Key, _ account: Account) async -> Outcome {
        guard account.completions.beginSearch() else { return .late }
        defer { account.completions.endSearch() }
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                let request = APIRequest.assetExplorer(key.kind.search(key.typed))
                do { return .found(try await account.ovalEdge().send(request).opened()) } catch { return .failed }
            }
            group.addTask {
                try? await clock.sleep(limit)
                return .late
            }
            let first = await group.next() ?? .late
            group.cancelAll()
            return first
        }
    }
}

extension [CatalogEntry] {
    /// Those that begin with what was typed, then those that contain it, each value once.
    fileprivate func offered(_ typed: String, _ hasMore: Bool) -> Completion {
        let begins = filter { $0.value.hasPrefix(typed) || $0.name.lowercased().hasPrefix(typed) }
        let contains = filter { entry in
            let name = entry.name.lowercased()
            return name.indices.contains { name[$0...].hasPrefix(typed) }
        }
        var values: Set<String> = []
        let offered = (begins + contains).map { $0.value }.filter { values.insert($0).inserted }
        return Completion(offered, total: hasMore ? nil : offered.count, hasMore: hasMore)
    }
}
