/// Who may send a request at once, where connections are few: each caller has a share of them.
///
/// First come, first served, the long calls of one caller would take them all. So who has some gets another only while they
/// have less than four times what would be left free (a dynamic threshold, as switches share their memory): a caller alone
/// has four fifths, two have four ninths each, and there is always one for who has none. Who waits gets one in turn. A value
/// that belongs to the engine.
struct ConnectionShares<Request> {
    /// Nil for no limit.
    private let most: Int?
    private var held: [String: Int] = [:]
    private var total = 0
    private var waiting: [String: ArraySlice<Request>] = [:]
    /// Those who wait, in the order in which they get something.
    private var turns: [String] = []
    /// Whether a connection carries many requests at a time (HTTP/2).
    var isMultiplexed = false

    private static var factor: Int { 4 }
    /// So many requests a server takes on one connection, as RFC 9113 §6.5.2 recommends at least.
    private static var streams: Int { 100 }

    init(_ most: Int?) { self.most = most }

    /// Whether one for `share` may go out now; those for no one always may.
    func admits(_ share: String?) -> Bool {
        guard let share, most != nil else { return true }
        return waiting[share] == nil && hasRoom(for: share)
    }

    private func hasRoom(for share: String) -> Bool {
        guard let most else { return true }
        let own = held[share] ?? 0
        return own == 0 || own < Self.factor * (most * (isMultiplexed ? Self.streams : 1) - total - 1)
    }

    mutating func began(_ share: String?) {
        total += 1
        if let share { held[share, default: 0] += 1 }
    }

    mutating func ended(_ share: String?) {
        total -= 1
        guard let share, let own = held[share] else { return }
        held[share] = own > 1 ? own - 1 : nil
    }

    mutating func hold(_ request: Request, for share: String) {
        if waiting[share] == nil { turns.append(share) }
        waiting[share, default: []].append(request)
    }

    /// The next that may go out, if there is one.
    mutating func next() -> Request? {
        guard let place = turns.firstIndex(where: { hasRoom(for: $0) }) else { return nil }
        let share = turns.remove(at: place)
        let request = waiting[share]?.popFirst()
        if waiting[share]?.isEmpty == false { turns.append(share) } else { waiting[share] = nil }
        return request
    }

    /// Takes those back that still wait and fit.
    mutating func drop(_ share: String?, where fits: (Request) -> Bool) {
        guard let share, waiting[share] != nil else { return }
        waiting[share]?.removeAll(where: fits)
        guard waiting[share]?.isEmpty == true else { return }
        waiting[share] = nil
        turns.removeAll { $0 == share }
    }

    mutating func takeAll() -> [Request] {
        defer { (waiting, turns) = ([:], []) }
        return turns.flatMap { waiting[$0] ?? [] }
    }
}
