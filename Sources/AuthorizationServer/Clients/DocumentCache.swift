import HTTP
import Text

/// Documents that were fetched, and refusals for a minute.
struct DocumentCache: Sendable {
    private struct Entry {
        let finding: ClientDocuments.Finding
        let fetched: Double
        let life: Double
    }

    static let refusalLife = 60.0
    private static let staleLife = 7 * 86_400.0
    private static let most = 1000

    private var clients: [ClientDocumentID: Entry] = [:]
    private var refusals: [ClientDocumentID: Entry] = [:]

    /// Seconds for which a document holds: what its server says, from five minutes to a day.
    static func life(_ fields: HTTPFields) -> Double {
        let directives = fields.values("Cache-Control").flatMap { $0.lowercased().split(separator: ",") }.map {
            $0.trimmed
        }
        if directives.contains("no-store") || directives.contains("no-cache") { return 300 }
        let age = directives.first { $0.hasPrefix("max-age=") }.flatMap { Int($0.dropFirst(8)) } ?? 300
        return Double(min(max(age, 300), 86_400))
    }

    /// What need not be fetched again.
    func current(_ id: ClientDocumentID, at now: Double) -> ClientDocuments.Finding? {
        if let entry = clients[id], now < entry.fetched + entry.life { return entry.finding }
        guard let refusal = refusals[id], now < refusal.fetched + refusal.life else { return nil }
        return refusal.finding
    }

    /// What was good within a week.
    func stale(_ id: ClientDocumentID, at now: Double) -> ClientDocuments.Finding? {
        guard let entry = clients[id], now < entry.fetched + Self.staleLife else { return nil }
        return entry.finding
    }

    mutating func keep(_ finding: ClientDocuments.Finding, of id: ClientDocumentID, life: Double, at now: Double) {
        clients[id] = Entry(finding: finding, fetched: now, life: life)
        refusals[id] = nil
        Self.shorten(&clients)
    }

    /// Does not ask again for a minute; `forgets` is for a document that is there and not good any more.
    mutating func refuse(
        _ id: ClientDocumentID,
        saying finding: ClientDocuments.Finding,
        forgetting forgets: Bool,
        at now: Double
    ) {
        refusals[id] = Entry(finding: finding, fetched: now, life: Self.refusalLife)
        if forgets { clients[id] = nil }
        Self.shorten(&refusals)
    }

    /// Those that were fetched first go.
    private static func shorten(_ entries: inout [ClientDocumentID: Entry]) {
        guard entries.count > most else { return }
        let kept = entries.sorted { $0.value.fetched > $1.value.fetched }.prefix(most / 2)
        entries = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}

/// How often documents are fetched for people who have not signed in: 10 a minute for one address, 60 for all.
struct FetchLimits: Sendable {
    private var minute = 0
    private var all = 0
    private var perAddress: [String: Int] = [:]

    /// Takes one; otherwise seconds to wait for the next.
    mutating func take(_ address: String, at now: Double) -> Int? {
        let current = Int(now / 60)
        if current != minute { self = FetchLimits(minute: current) }
        guard all < 60, perAddress[address, default: 0] < 10 else { return Int(60 * Double(current + 1) - now) + 1 }
        all += 1
        perAddress[address, default: 0] += 1
        return nil
    }

    init(minute: Int = 0) { self.minute = minute }
}
