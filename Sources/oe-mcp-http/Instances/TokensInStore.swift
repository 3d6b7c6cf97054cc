import Crypto
import JSON
import Logging
import MCP
import OvalEdge
import SharedStore
import Text

/// The session tokens of all credentials, one for all instances, sealed: who opens one has the store, the keys of the
/// instances and the credential itself.
struct TokensInStore: TokenStore {
    private let store: StoreClient
    private let names: StoreNames
    private let seal: Seal
    private let turnLife: Int

    /// `exchangeSeconds` is how long an exchange may take.
    init(_ store: StoreClient, _ names: StoreNames, _ seal: Seal, exchangeSeconds: Int) {
        self.store = store
        self.names = names
        self.seal = seal
        // What an instance that was killed holds up; who takes longer finds that another had a turn.
        turnLife = min(exchangeSeconds + 1, 10)
    }

    func opened(for credentials: Credentials, at baseURL: String) throws -> (any OpenTokenStore)? {
        guard let token = credentials.userToken, let secret = credentials.userSecret else { return nil }
        let name = try names.name(of: "token", baseURL, token.revealed, secret.revealed)
        let record = try RecordSeal(seal, name: name, credential: "\(token.revealed)\0\(secret.revealed)")
        return TokenInStore(store: store, seal: record, name: name, turnLife: turnLife)
    }
}

/// Seals the record of one place with its credential and the keys of the instances, so that none is believed in another.
struct RecordSeal: Sendable {
    private let seal: Seal
    private let purpose: String
    /// Of the credential.
    private let key: [UInt8]

    init(_ seal: Seal, name: String, credential: String) throws {
        self.seal = seal
        purpose = "session token in the shared store \(name)"
        key = try Crypto.derivedKey(from: Array(credential.utf8), purpose: purpose)
    }

    func sealed(_ record: TokenRecord) throws -> [UInt8] {
        try seal.sealed(try Crypto.sealed(record.json.bytes, key: key), for: purpose)
    }

    /// Nil for what was not sealed for this place.
    func opened(_ sealed: [UInt8]) throws -> TokenRecord? {
        guard let inner = try seal.opened(sealed, for: purpose), let plain = try Crypto.opened(inner, key: key),
            let json = try? JSON(parsing: plain)
        else { return nil }
        return TokenRecord(json)
    }
}

/// The place of one credential: its record, whose turn it is, and how many turns there have been.
private struct TokenInStore: OpenTokenStore {
    let store: StoreClient
    let seal: RecordSeal
    let name: String
    /// In seconds.
    let turnLife: Int

    var recordKey: String { name + "jwt" }
    var lockKey: String { name + "lock" }
    var turnsKey: String { name + "gen" }

    func record() async throws -> TokenRecord? {
        try await reply(to: StoreCommand("GET", recordKey)).bytes.flatMap { try seal.opened($0) }
    }

    func turn() async throws -> (any TokenTurn)? {
        let owner = try Crypto.randomBytes(16)
        let command = StoreCommand(
            script: Self.take,
            keys: [lockKey, turnsKey],
            owner,
            Array("\(turnLife * 1000)".utf8),
            Array("\(Self.turnsLife)".utf8)
        )
        guard let number = try await reply(to: command).integer, number > 0 else { return nil }
        return TurnInStore(place: self, owner: owner, number: number)
    }

    func reply(to command: StoreCommand) async throws -> StoreReply {
        do { return try await store.reply(to: command) } catch { throw TokenStoreUnreachable() }
    }

    /// Longer than any token is good, in milliseconds.
    private static let turnsLife = 30 * 86_400_000

    /// Each turn has a number, by which a late holder is known.
    private static let take = """
        if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
          local number = redis.call('INCR', KEYS[2])
          redis.call('PEXPIRE', KEYS[2], ARGV[3])
          return number
        end
        return 0
        """
}

/// One turn; its lock ends by itself, should the instance be killed.
private struct TurnInStore: TokenTurn {
    let place: TokenInStore
    let owner: [UInt8]
    let number: Int

    func write(_ record: TokenRecord) async throws -> Bool {
        let left = min(max(record.end - SessionClock.system.now(), 1), Self.longest)
        let command = StoreCommand(
            script: Self.write,
            keys: [place.recordKey, place.turnsKey],
            Array("\(number)".utf8),
            try place.seal.sealed(record),
            Array("\(Int((left * 1000).rounded(.up)))".utf8)
        )
        return try await place.reply(to: command).integer == 1
    }

    func release() async {
        _ = try? await place.reply(to: StoreCommand(script: Self.unlock, keys: [place.lockKey], owner))
    }

    /// Of a token that says nothing of its end; in seconds.
    private static let longest = 30.0 * 86_400

    private static let write = """
        if tonumber(redis.call('GET', KEYS[2]) or '0') > tonumber(ARGV[1]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """
    private static let unlock = """
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
        return 0
        """
}
