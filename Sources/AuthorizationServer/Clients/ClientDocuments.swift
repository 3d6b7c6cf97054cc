package import HTTP
import OAuth
import Synchronization
import Threads

/// Clients that name themselves by the address of a document: fetches it where it may, and keeps it for a while.
///
/// The address comes from anyone. So its host is looked up once, each of its addresses has to be someone's on the
/// internet, and the one that was looked at is the one that is asked; no redirect is followed.
package final class ClientDocuments: Sendable {
    /// The addresses of a host, in numbers.
    package typealias Resolving = @Sendable (_ host: String) async -> [String]

    package enum Policy: Sendable { case off, known, any }

    /// What came out of a look at a document.
    package enum Finding: Hashable, Sendable {
        case client(OAuthClient)
        /// Why it is not taken, as a clause.
        case none(String)
        /// Too many were looked for; seconds until the next may be.
        case busy(Int)
    }

    /// For tests: what is asked in place of a host, without a look at its address.
    package typealias Detours = [String: String]

    struct State {
        fileprivate var cache = DocumentCache()
        var limits = FetchLimits()
        var keys: [ClientDocumentID: PublishedKeys] = [:]
        fileprivate var fetches: [String: (id: ClientDocumentID, task: Task<Finding, Never>)] = [:]
        fileprivate var isReachable = false
    }

    let policy: Policy
    private let client: any HTTPClient
    private let hosts: PublicHosts
    /// Those of keys.
    let keyDocuments: ProviderDocuments
    private let known: KnownClients
    private let redirects: RedirectPolicy
    let now: @Sendable () -> Double
    let state = Mutex(State())

    static let timeLimit = Duration.seconds(5)

    package init(
        _ policy: Policy,
        client: any HTTPClient,
        resolve: @escaping Resolving,
        detours: Detours = [:],
        known: KnownClients = .builtIn,
        redirects: RedirectPolicy,
        now: @escaping @Sendable () -> Double
    ) {
        self.policy = policy
        self.client = client
        hosts = PublicHosts(resolve: resolve, detours: detours)
        keyDocuments = ProviderDocuments(client: PublicHostClient(client: client, hosts: hosts), now: now)
        self.known = known
        self.redirects = redirects
        self.now = now
    }

    /// Whether metadata says that clients may come so: a client that tried and failed does not register instead.
    package var isOffered: Bool {
        switch policy {
        case .off: false
        case .known: true
        case .any: !hosts.detours.isEmpty || state.withLock { $0.isReachable }
        }
    }

    /// Whether keys of clients are fetched, too.
    package var takesKeys: Bool { policy == .any && isOffered }

    /// Finds out whether documents can be fetched from here at all.
    package func probe() async {
        guard policy == .any, let example = known.example else { return }
        if case .client = await fetch(example).finding { state.withLock { $0.isReachable = true } }
    }

    /// The client whose id that is; `address` is who asks.
    package func client(_ id: ClientDocumentID, for address: String) async -> Finding {
        switch policy {
        case .off: return .none("clients of that kind are not taken")
        case .known: return snapshot(id) ?? .none("the client is not one of those that are known here")
        case .any: break
        }
        return await shared(id, for: address)
    }

    private enum Step {
        case found(Finding)
        case busy(seconds: Int)
        case fetch(Task<Finding, Never>, isOurs: Bool)
    }

    /// One fetch for all who ask for the same document, and one at a time for each host.
    private func shared(_ id: ClientDocumentID, for address: String) async -> Finding {
        while true {
            switch state.withLock({ step(&$0, id, address) }) {
            case .found(let finding): return finding
            case .busy(let seconds): return fallback(id) ?? .busy(seconds)
            case .fetch(let running, let isOurs):
                let finding = await running.value
                if isOurs { return finding }
            }
        }
    }

    /// A fetch that is begun counts for the one who asked first.
    private func step(_ state: inout State, _ id: ClientDocumentID, _ address: String) -> Step {
        if let kept = state.cache.current(id, at: now()) { return .found(kept) }
        if let running = state.fetches[id.host] { return .fetch(running.task, isOurs: running.id == id) }
        if let seconds = state.limits.take(address, at: now()) { return .busy(seconds: seconds) }
        let task = Task(executorPreference: WorkerPool.shared) { await self.refreshed(id) }
        state.fetches[id.host] = (id, task)
        return .fetch(task, isOurs: true)
    }

    private func refreshed(_ id: ClientDocumentID) async -> Finding {
        let outcome = await fetch(id)
        let finding = outcome.isPassing ? fallback(id) ?? outcome.finding : outcome.finding
        state.withLock { state in
            state.fetches[id.host] = nil
            if case .client = outcome.finding {
                state.cache.keep(finding, of: id, life: outcome.life, at: now())
                state.isReachable = true
            } else {
                state.cache.refuse(id, saying: finding, forgetting: !outcome.isPassing, at: now())
            }
        }
        return finding
    }

    /// What was fetched before, or is known anyway, where it cannot be fetched now.
    private func fallback(_ id: ClientDocumentID) -> Finding? {
        state.withLock { $0.cache.stale(id, at: now()) } ?? snapshot(id)
    }

    private func snapshot(_ id: ClientDocumentID) -> Finding? {
        guard let bytes = known.snapshot(id), let document = try? ClientDocument(bytes, of: id, known: redirects) else {
            return nil
        }
        var client = document.client(id)
        client.mayHaveKeys = policy == .any
        return .client(client)
    }
}

// Fetching.
extension ClientDocuments {
    private struct Outcome {
        let finding: Finding
        /// Whether it may be different soon, without anyone having changed the document.
        var isPassing = false
        /// For how many seconds it holds.
        var life = 0.0
    }

    private func fetch(_ id: ClientDocumentID) async -> Outcome {
        let place: String
        switch await hosts.place(of: id.host) {
        case .success(let found): place = found
        case .failure(let refusal): return Outcome(finding: .none(refusal.text), isPassing: refusal.isPassing)
        }
        var request = HTTPRequest(.get, id.text, fields: ["Accept": "application/json"])
        request.timeLimit = Self.timeLimit
        request.connectTo = place
        do throws(HTTPFailure) {
            return outcome(try await client.send(request), of: id)
        } catch .tooLarge {
            return Outcome(finding: .none("it is longer than \(ClientDocument.longest) bytes"))
        } catch {
            return Outcome(finding: .none("it could not be fetched"), isPassing: true)
        }
    }

    private func outcome(_ response: HTTPResponse, of id: ClientDocumentID) -> Outcome {
        guard response.status == .ok else {
            // Only a server that says so has no such document; others may be in front of it, or not well.
            let isGone = response.status == .notFound || response.status.rawValue == 410
            return Outcome(finding: .none("its server answered \(response.status)"), isPassing: !isGone)
        }
        guard let type = response.mediaType,
            type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
        else { return Outcome(finding: .none("it is not sent as JSON"), isPassing: true) }
        do throws(ClientDocument.Fault) {
            let document = try ClientDocument(response.body, of: id, known: redirects)
            return Outcome(finding: .client(document.client(id)), life: DocumentCache.life(response.fields))
        } catch {
            return Outcome(finding: .none(error.text))
        }
    }
}
