import Crypto
import JSON
import Text

/// Everything that an authorization server keeps, over whichever store of records.
///
/// Each step that decides something is one change of that store: of all who try at once, on however many servers, one
/// succeeds.
package struct GrantStore: Sendable {
    let records: any RecordStore
    let now: @Sendable () -> Double
    /// What access tokens opened a moment ago.
    let opened = OpenedTokens()

    /// `now` is in seconds since 1970, and the clock of `records`, too.
    package init(_ records: any RecordStore, now: @escaping @Sendable () -> Double) {
        self.records = records
        self.now = now
    }

    /// Calls back whenever something was revoked here; of those who ask for that, for the last.
    package func whenRevoked(_ callback: @escaping @Sendable () -> Void) { opened.whenRevoked(callback) }

    /// How often others may be faster before a change is given up.
    private static let mostTries = 100

    /// Reads records, and makes the change that `decide` finds right for them; looks again as long as others are faster.
    func change<Outcome>(
        _ names: [String],
        _ decide: ([[UInt8]?], inout RecordChange) -> Outcome
    ) async throws(GrantsUnavailable) -> Outcome {
        for _ in 0..<Self.mostTries {
            let found = try await records.records(names)
            var change = RecordChange()
            let outcome = decide(found, &change)
            if !change.puts.isEmpty || !change.drops.isEmpty {
                for (name, record) in zip(names, found) { change.expected.updateValue(record, forKey: name) }
            }
            if try await records.apply(change) { return outcome }
        }
        throw GrantsUnavailable("Others change the same record all the time.")
    }

    /// Nil for what is not there.
    func record<Record: StoredRecord>(_ name: String) async throws(GrantsUnavailable) -> Record? {
        try await records.records([name])[0].map { bytes throws(GrantsUnavailable) in try Self.read(bytes) }
    }

    /// A record that cannot be read is not the same as one that is missing.
    static func read<Record: StoredRecord>(_ bytes: [UInt8]) throws(GrantsUnavailable) -> Record {
        guard let record = Record(storedBytes: bytes) else {
            throw GrantsUnavailable("A record in the store cannot be read.")
        }
        return record
    }
}

// The names of records.
extension GrantStore {
    static func name(ofGrant id: String) -> String { "grant:" + id }
    static func name(ofCode hash: [UInt8]) -> String { "code:" + Base64.encoded(hash, .urlSafe) }
    static func name(ofAccess hash: [UInt8]) -> String { "access:" + Base64.encoded(hash, .urlSafe) }
    static func name(ofTransaction id: String) -> String { "transaction:" + id }
    static func listName(ofOwner owner: [UInt8]) -> String { "owner:" + Base64.encoded(owner, .urlSafe) }
    static let allGrants = "grants"

    static func put(_ grant: GrantRecord) -> RecordChange.Put {
        let lists = [RecordList(allGrants), RecordList(listName(ofOwner: grant.owner))]
        return RecordChange.Put(name(ofGrant: grant.id), grant.json.bytes, end: grant.idleEnd, lists: lists)
    }

    static func put(_ access: AccessRecord, hash: [UInt8]) -> RecordChange.Put {
        RecordChange.Put(name(ofAccess: hash), access.json.bytes, end: access.end)
    }
}

// Sign-ins that are not decided yet; they may be lost with the process, which no one else can cause.
extension GrantStore {
    /// How many are open in all, and how many of one address.
    static let (mostTransactions, mostOfAddress) = (10_000, 200)

    /// Opens it; where there are too many, the one that ends first makes room.
    package func add(_ transaction: TransactionRecord) async throws(GrantsUnavailable) {
        _ = try await change([]) { _, change in Self.keep(transaction, in: &change) }
    }

    package func transaction(_ id: String) async throws(GrantsUnavailable) -> TransactionRecord? {
        let transaction: TransactionRecord? = try await record(Self.name(ofTransaction: id))
        return transaction.flatMap { $0.end > now() ? $0 : nil }
    }

    /// Of all who take it at once, one gets it.
    package func takeTransaction(_ id: String) async throws(GrantsUnavailable) -> TransactionRecord? {
        let name = Self.name(ofTransaction: id)
        return try await change([name]) { found, change in
            guard let bytes = found[0] else { return nil }
            change.isVolatile = true
            change.drops = [name]
            return TransactionRecord(storedBytes: bytes).flatMap { $0.end > now() ? $0 : nil }
        }
    }

    private static func keep(_ transaction: TransactionRecord, in change: inout RecordChange) {
        let lists = [
            RecordList("transactions", most: mostTransactions),
            RecordList("transactions of " + transaction.address, most: mostOfAddress),
        ]
        let name = name(ofTransaction: transaction.id)
        change.isVolatile = true
        change.puts = [.init(name, transaction.json.bytes, end: transaction.end, lists: lists)]
    }
}

// What must happen once.
extension GrantStore {
    /// Whether this identifier of an assertion is seen for the first time before `end`.
    package func isFirst(_ identifier: String, until end: Double) async throws(GrantsUnavailable) -> Bool {
        let name = "assertion:" + (try Self.digest(of: identifier))
        var change = RecordChange()
        change.expected.updateValue(nil, forKey: name)
        change.puts = [.init(name, Array("{}".utf8), end: max(end, now() + 1))]
        return try await records.apply(change)
    }

    private static func digest(of text: String) throws(GrantsUnavailable) -> String {
        do throws(CryptoUnavailable) {
            return Base64.encoded(try Crypto.digest(Array(text.utf8)), .urlSafe)
        } catch {
            throw GrantsUnavailable(error.description)
        }
    }
}
