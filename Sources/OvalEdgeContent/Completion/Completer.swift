package import MCP
package import OvalEdge
package import OvalEdgeTools
import Text

/// Completes what a person types, from fixed sets at once and from the catalog in the time that a menu can wait.
///
/// It never fails: without an account, without an answer, or without time it offers what it has seen before; what comes
/// too late for a menu is kept for the next.
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
        if let known = known(key, names) { return known }
        let isLate = await isLate(key, account)
        if let known = known(key, names) { return known }
        return (names.nearest(to: key, at: clock.now())?.entries ?? []).offered(key.typed, isLate)
    }

    /// What these letters have found, or is left of all that fewer letters have found.
    private func known(_ key: CompletionCache.Key, _ names: CompletionCache) -> Completion? {
        if let seen = names.seen(for: key, at: clock.now()) { return seen.entries.offered(key.typed, seen.hasMore) }
        guard let seen = names.nearest(to: key, at: clock.now()), !seen.hasMore else { return nil }
        let left = seen.entries.offered(key.typed, false)
        // The product looks for words, and may know none by their first letters alone.
        return left.values.isEmpty ? nil : left
    }

    /// Looks for these letters as long as a menu can wait, and says whether that was too short.
    ///
    /// The search goes on after it.
    private func isLate(_ key: CompletionCache.Key, _ account: Account) async -> Bool {
        let isOwn = begin(key, account)
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await account.completions.finished(key.kind)
                // That was the search for other letters.
                while !isOwn, !Task.isCancelled, known(key, account.completions) == nil {
                    let isOwn = begin(key, account)
                    await account.completions.finished(key.kind)
                    if isOwn { break }
                }
                return false
            }
            group.addTask {
                try? await clock.sleep(limit)
                return true
            }
            let first = await group.next() ?? true
            group.cancelAll()
            return first
        }
    }

    /// False when another search of this kind is under way.
    private func begin(_ key: CompletionCache.Key, _ account: Account) -> Bool {
        let search: CompletionCache.Search = { [weak account, clock] key in
            guard let ovalEdge = try? await account?.ovalEdge() else { return nil }
            return await Self.found(key, in: ovalEdge, clock)
        }
        return account.completions.begin(search, for: key)
    }

    /// A dot may be part of a name, or be between the names of a path.
    private static func found(
        _ key: CompletionCache.Key,
        in ovalEdge: OvalEdgeAPI,
        _ clock: SessionClock
    ) async -> CompletionCache.Seen? {
        guard let page = try? await ovalEdge.send(.assetExplorer(key.kind.search(key.typed))).opened() else {
            return nil
        }
        let entries = key.kind.entries(of: page)
        if let last = key.kind.lastName(of: key.typed),
            entries.offered(key.typed, false).values.isEmpty,
            let page = try? await ovalEdge.send(.assetExplorer(key.kind.search(last))).opened()
        {
            return CompletionCache.Seen(
                key.kind.placedEntries(of: page, named: last),
                hasMore: page.hasMore,
                at: clock.now()
            )
        }
        return CompletionCache.Seen(entries, hasMore: page.hasMore, at: clock.now())
    }
}

extension AssetPage {
    fileprivate var hasMore: Bool {
        let returned = items.count + glossaryTerms.count + tags.count
        return total.map { $0 > returned } ?? (returned >= AssetSearch.highestLimit)
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
