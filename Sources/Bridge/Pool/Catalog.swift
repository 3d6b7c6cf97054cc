package import JSON
import JSONRPC
package import MCPClient
import Synchronization
import Threads

/// A list that a server has.
package enum CatalogList: String, CaseIterable, Sendable {
    case tools = "tools/list"
    case prompts = "prompts/list"
    case resources = "resources/list"
    case resourceTemplates = "resources/templates/list"

    /// Where a page has its entries.
    package var member: String {
        switch self {
        case .tools: "tools"
        case .prompts: "prompts"
        case .resources: "resources"
        case .resourceTemplates: "resourceTemplates"
        }
    }

    /// Whether this notification says that the list has changed.
    fileprivate func isChanged(by method: String) -> Bool {
        switch method {
        case "notifications/tools/list_changed": self == .tools
        case "notifications/prompts/list_changed": self == .prompts
        case "notifications/resources/list_changed": self == .resources || self == .resourceTemplates
        default: false
        }
    }
}

/// What a server lists for each caller: all pages together, entries as they came, kept as long as the server allows.
///
/// Nothing is shown to another caller but what the server calls public.
package final class Catalog: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Key: Hashable {
        let list: CatalogList
        /// Nil for what anyone may see.
        let sharing: String?
    }

    private struct Kept {
        let items: [JSON]
        let end: Instant
    }

    private typealias Fetch = Task<Result<[JSON], RemoteFailure>, Never>

    private struct State {
        var kept: [Key: Kept] = [:]
        var fetches: [Key: Fetch] = [:]
        /// Goes up with each change: what was asked for before is not kept.
        var changes = 0
    }

    private let pool: SessionPool
    private let life: Duration
    private let state = Mutex(State())

    /// `life` is how long lists are kept of servers that do not say it themselves; with zero they are not.
    package init(_ pool: SessionPool, life: Duration) {
        self.pool = pool
        self.life = life
        pool.observe { [weak self] in self?.changed($0, $1) }
    }

    package func tools(for caller: BridgeCaller) async throws(RemoteFailure) -> [JSON] {
        try await entries(of: .tools, for: caller)
    }

    /// What is asked for while it is on its way already is waited for.
    package func entries(of list: CatalogList, for caller: BridgeCaller) async throws(RemoteFailure) -> [JSON] {
        let key = Key(list: list, sharing: pool.upstream.sharingKey(for: caller))
        if let items = kept(key, at: .now) { return items }
        return try await fetch(key, for: caller).value.get()
    }

    /// What is kept of the tools, without asking anyone.
    package func keptTools(for caller: BridgeCaller) -> [JSON]? {
        kept(Key(list: .tools, sharing: pool.upstream.sharingKey(for: caller)), at: .now)
    }

    /// What is kept for this caller is old: the server did not know one of its own tools.
    package func forget(for caller: BridgeCaller) { changed(pool.upstream.sharingKey(for: caller), nil) }

    private func kept(_ key: Key, at now: Instant) -> [JSON]? {
        state.withLock { state in
            let kept = state.kept[key] ?? state.kept[Key(list: key.list, sharing: nil)]
            return kept.flatMap { $0.end > now ? $0.items : nil }
        }
    }

    private func fetch(_ key: Key, for caller: BridgeCaller) -> Fetch {
        state.withLock { state in
            if let fetch = state.fetches[key] { return fetch }
            let changes = state.changes
            let fetch: Fetch = Task(executorPreference: WorkerPool.shared) { [self] in
                let session = pool.session(for: caller)
                do throws(RemoteFailure) {
                    let pages = try await WholeList.of(key.list.rawValue, key.list.member) {
                        (call) async throws(RemoteFailure) in try await session.call(call)
                    }
                    keep(pages, under: key, since: changes)
                    return .success(pages.items)
                } catch {
                    fetchFailed(key)
                    return .failure(error)
                }
            }
            state.fetches[key] = fetch
            return fetch
        }
    }

    private func fetchFailed(_ key: Key) { state.withLock { _ = $0.fetches.removeValue(forKey: key) } }

    private func keep(_ pages: WholeList, under key: Key, since changes: Int, at now: Instant = .now) {
        state.withLock { state in
            state.fetches[key] = nil
            guard state.changes == changes else { return }
            let life = pages.milliseconds.map { Duration.milliseconds(min(max(0, $0), 86_400_000)) } ?? self.life
            guard life > .zero else { return }
            state.kept = state.kept.filter { $0.value.end > now }
            let place = pages.isPublic ? Key(list: key.list, sharing: nil) : key
            state.kept[place] = Kept(items: pages.items, end: now + life)
        }
    }

    private func changed(_ sharing: String, _ notification: Notification?) {
        let lists = CatalogList.allCases.filter { list in
            notification.map { list.isChanged(by: $0.method) } ?? true
        }
        guard !lists.isEmpty else { return }
        state.withLock { state in
            state.changes += 1
            for list in lists {
                state.kept[Key(list: list, sharing: sharing)] = nil
                state.kept[Key(list: list, sharing: nil)] = nil
                // Who asks from now on gets the current list.
                state.fetches[Key(list: list, sharing: sharing)] = nil
            }
        }
    }
}
