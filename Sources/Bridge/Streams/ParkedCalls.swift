import Clock
import JSON
import JSONRPC
import Synchronization
import Threads

/// Calls that wait for their client to come back, each under a handle that is good once, for one caller and one request.
final class ParkedCalls: Sendable {
    /// Whose call it is, and which: with another one, the handle opens nothing.
    struct Owner: Hashable {
        private let key: String
        private let method: String
        private let params: JSON

        init(_ key: String, _ method: String, _ params: JSONObject) {
            self.key = key
            self.method = method
            var params = params
            for name in ["inputResponses", "requestState", "_meta"] { params[name] = nil }
            self.params = JSON.object(params).canonical
        }
    }

    private struct Entry {
        let call: ParkedCall
        let owner: Owner
    }

    private let patience: Duration
    private let entries = Mutex<[String: Entry]>([:])

    /// More at a time would be calls that no client comes back for.
    private static let most = 1024
    /// What the answer to a question stands under in `inputResponses`; of several at once, the others have a number behind it.
    static let key = "question"

    init(patience: Duration) { self.patience = patience }

    /// The handle under which it waits; nil where too many do.
    func park(_ call: ParkedCall, for owner: Owner) -> String? {
        guard let handle = RequestID.unguessable().json.string else { return nil }
        let isParked = entries.withLock { entries in
            guard entries.count < Self.most else { return false }
            entries[handle] = Entry(call: call, owner: owner)
            return true
        }
        guard isParked else { return nil }
        Task(executorPreference: WorkerPool.shared) { [weak self, patience] in
            try? await SystemClock.sleep(for: patience)
            self?.entries.withLock { $0.removeValue(forKey: handle) }?.call.abandon()
        }
        return handle
    }

    func reclaim(_ handle: String, for owner: Owner) -> ParkedCall? {
        entries.withLock { entries in
            guard entries[handle]?.owner == owner else { return nil }
            return entries.removeValue(forKey: handle)?.call
        }
    }

    func abandonAll() {
        let all = entries.withLock { entries in
            defer { entries = [:] }
            return entries.values.map { $0.call }
        }
        for call in all { call.abandon() }
    }
}
