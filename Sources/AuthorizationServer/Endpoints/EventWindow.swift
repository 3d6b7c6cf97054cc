/// So many of something within so many seconds, for each key.
struct EventWindow: Sendable {
    let most: Int
    let seconds: Double
    private var times: [String: [Double]] = [:]
    private static let mostKeys = 10_000

    init(_ most: Int, within seconds: Double) {
        self.most = most
        self.seconds = seconds
    }

    /// Seconds until there may be another; nil where there may be one now.
    func wait(for key: String, at now: Double) -> Int? {
        let recent = (times[key] ?? []).filter { $0 > now - seconds }
        guard recent.count >= most, let oldest = recent.first else { return nil }
        return max(Int((oldest + seconds - now).rounded(.up)), 1)
    }

    mutating func add(_ key: String, at now: Double) {
        var recent = (times[key] ?? []).filter { $0 > now - seconds }
        recent.append(now)
        times[key] = recent.suffix(most)
        if times.count > Self.mostKeys { shorten(at: now) }
    }

    /// Those go that are over, and then those that were longest ago, a few at a time.
    private mutating func shorten(at now: Double) {
        let start = now - seconds
        let current = times.filter { ($0.value.last ?? 0) > start }
        guard current.count > Self.mostKeys else { return times = current }
        let newest = current.sorted { ($0.value.last ?? 0) > ($1.value.last ?? 0) }.prefix(Self.mostKeys * 9 / 10)
        times = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
    }

    /// Takes the last one back, which was none after all.
    mutating func takeBack(_ key: String) {
        guard var recent = times[key] else { return }
        recent.removeLast()
        times[key] = recent.isEmpty ? nil : recent
    }

    /// Adds one where there may be one; otherwise seconds to wait.
    mutating func take(_ key: String, at now: Double) -> Int? {
        if let seconds = wait(for: key, at: now) { return seconds }
        add(key, at: now)
        return nil
    }
}

/// How often the endpoints are used.
///
/// Offices and hosted clients share addresses: what is counted strictly are failures, not visits.
struct EndpointLimits: Sendable {
    var visits = EventWindow(300, within: 60)
    var registrations = EventWindow(1200, within: 3600)
    var allRegistrations = EventWindow(6000, within: 3600)
    var failuresOfTransaction = EventWindow(5, within: 15 * 60)
    var failuresOfPerson = EventWindow(5, within: 15 * 60)
    var failuresOfAddress = EventWindow(60, within: 15 * 60)
    var tokenFailures = EventWindow(30, within: 60)
    var tokensOfGrant = EventWindow(30, within: 60)
    var revocations = EventWindow(60, within: 60)
}
