import Clock
import SharedStore
import StreamableHTTP

/// The sessions that were ended at whichever instance, until they would have ended by themselves.
struct EndedSessionsInStore: EndedSessions {
    private let store: StoreClient
    private let names: StoreNames

    init(_ store: StoreClient, _ names: StoreNames) {
        self.store = store
        self.names = names
    }

    func contains(_ id: String) async -> Bool {
        guard let key = key(of: id) else { return false }
        return (try? await store.reply(to: StoreCommand("EXISTS", key)))?.integer == 1
    }

    func insert(_ id: String, until end: Double) async -> Bool {
        guard let key = key(of: id) else { return false }
        let life = Int(max(end - SystemClock.secondsSince1970(), 0).rounded(.up)) + 60
        return (try? await store.reply(to: StoreCommand("SET", key, "1", "EX", "\(life)"))) != nil
    }

    private func key(of id: String) -> String? { (try? names.name(of: "session", id)).map { $0 + "ended" } }
}

/// Failed sign-ins by address, at all instances.
struct FailuresInStore: SharedFailures {
    private let store: StoreClient
    private let names: StoreNames

    init(_ store: StoreClient, _ names: StoreNames) {
        self.store = store
        self.names = names
    }

    func count(_ address: String) async -> FailureCount? {
        guard let name = try? names.name(of: "address", address) else { return nil }
        let reply = try? await store.reply(to: StoreCommand(script: Self.script, keys: [name + "failed"]))
        guard let numbers = reply?.list, numbers.count == 2, let failures = numbers[0].integer,
            let left = numbers[1].integer
        else { return nil }
        return FailureCount(failures: failures, left: max(left, 1))
    }

    private static let script = """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('EXPIRE', KEYS[1], 60) end
        return {count, redis.call('TTL', KEYS[1])}
        """
}
