import AuthorizationServer
import SharedStore

/// The records of sign-ins in a store that several servers share.
///
/// Each change is one script, which the store runs in one step. Values are as they are in a folder: with digests and
/// sealed bytes, and no secret.
struct RecordsInStore: RecordStore {
    private let store: StoreClient
    private let now: @Sendable () -> Double

    init(_ store: StoreClient, now: @escaping @Sendable () -> Double) {
        self.store = store
        self.now = now
    }

    /// All have one tag, so that one script may touch several of them.
    private static func key(_ name: String) -> String { "oe-mcp:{sign-ins}:" + name }

    /// How many records are read at once.
    private static let page = 500

    func records(_ names: [String]) async throws(GrantsUnavailable) -> [[UInt8]?] {
        if names.isEmpty { return [] }
        let list = try await reply(to: StoreCommand(["MGET"] + names.map { Self.key($0) })).list ?? []
        guard list.count == names.count else { throw GrantsUnavailable("The store cannot be used.") }
        return list.map { $0.bytes }
    }

    func recordsAtHand(_ names: [String]) -> [[UInt8]?]? { nil }

    func records(inList list: String) async throws(GrantsUnavailable) -> [[UInt8]] {
        var (records, start): ([[UInt8]], Int) = ([], 0)
        while true {
            let keys = try await keys(inList: list, from: start)
            if keys.isEmpty { return records }
            records += (try await reply(to: StoreCommand(["MGET"] + keys)).list ?? []).compactMap { $0.bytes }
            start += keys.count
        }
    }

    private func keys(inList list: String, from start: Int) async throws(GrantsUnavailable) -> [String] {
        let command = StoreCommand([
            "ZRANGEBYSCORE", Self.key(list), "\(now())", "+inf", "LIMIT", "\(start)", "\(Self.page)",
        ])
        return (try await reply(to: command).list ?? []).compactMap { $0.bytes }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func apply(_ change: RecordChange) async throws(GrantsUnavailable) -> Bool {
        // What was there before is as durable as the store makes it.
        if change.puts.isEmpty && change.drops.isEmpty { return true }
        return try await reply(to: Self.command(for: change, at: now())).integer == 1
    }

    /// The keys are what is expected, put, dropped and listed, in this order, and the arguments what belongs to them.
    static func command(for change: RecordChange, at now: Double) -> StoreCommand {
        var keys: [String] = []
        let lists = change.puts.flatMap { put in put.lists.map { (put: put, list: $0) } }
        let counts = [change.expected.count, change.puts.count, change.drops.count, lists.count]
        var arguments = counts.map { Array("\($0)".utf8) } + [Array("\(now)".utf8)]
        for (name, value) in change.expected.sorted(by: { $0.key < $1.key }) {
            keys.append(key(name))
            arguments.append(value ?? [])
        }
        for put in change.puts {
            keys.append(key(put.name))
            arguments += [put.value, Array("\(Self.milliseconds(put.end - now))".utf8)]
        }
        keys += change.drops.map { key($0) }
        for (put, list) in lists {
            keys.append(key(list.name))
            arguments += ["\(put.end)", key(put.name), "\(list.most ?? 0)"].map { Array($0.utf8) }
        }
        return StoreCommand(script: script, keys: keys, arguments: arguments)
    }

    private static func milliseconds(_ seconds: Double) -> Int { max(Int((seconds * 1000).rounded(.up)), 1) }

    /// A list is a sorted set of keys by the ends of their records; it goes with the last of them.
    private static let script = """
        local k, a, now = 1, 6, ARGV[5]
        for i = 1, tonumber(ARGV[1]) do
          if (redis.call('GET', KEYS[k]) or '') ~= ARGV[a] then return 0 end
          k = k + 1
          a = a + 1
        end
        for i = 1, tonumber(ARGV[2]) do
          redis.call('SET', KEYS[k], ARGV[a], 'PX', ARGV[a + 1])
          k = k + 1
          a = a + 2
        end
        for i = 1, tonumber(ARGV[3]) do
          redis.call('DEL', KEYS[k])
          k = k + 1
        end
        for i = 1, tonumber(ARGV[4]) do
          redis.call('ZADD', KEYS[k], ARGV[a], ARGV[a + 1])
          redis.call('ZREMRANGEBYSCORE', KEYS[k], '-inf', now)
          local most = tonumber(ARGV[a + 2])
          if most > 0 and redis.call('ZCARD', KEYS[k]) > most then
            redis.call('DEL', redis.call('ZPOPMIN', KEYS[k])[1])
          end
          local left = math.ceil((tonumber(ARGV[a]) - tonumber(now)) * 1000)
          if left > redis.call('PTTL', KEYS[k]) then redis.call('PEXPIRE', KEYS[k], left) end
          k = k + 1
          a = a + 3
        end
        return 1
        """

    private func reply(to command: StoreCommand) async throws(GrantsUnavailable) -> StoreReply {
        do throws(StoreFailure) { return try await store.reply(to: command) } catch {
            throw GrantsUnavailable(error.summary)
        }
    }

    /// What may throw sign-ins away when memory is short; nil for a store that throws nothing away, or does not say.
    func eviction() async -> String? {
        guard let reply = try? await store.reply(to: StoreCommand("INFO", "memory")), let bytes = reply.bytes else {
            return nil
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let policy = lines.first(where: { $0.hasPrefix("maxmemory_policy:") })?.split(separator: ":").last else {
            return nil
        }
        return policy == "noeviction" ? nil : String(policy)
    }
}
