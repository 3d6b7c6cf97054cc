/// What is known of a document that someone else may change, and when to ask for it again.
///
/// A machine without a clock: it is asked what to do at a moment, and is given what came.
struct CachedDocument<Value: Sendable>: Sendable {
    enum Lookup {
        /// Good as it is.
        case current(Value)
        /// It has to be fetched; what there was before is good where that fails.
        case due
        /// The last try has failed a moment ago, and nothing else is there.
        case failed(ProviderFailure)
    }

    /// The last good one is kept for so long where no newer one comes.
    static var keptSeconds: Double { 86_400 }
    /// After a failure the next try waits: longer where there is something to go on with.
    static var pause: (with: Double, without: Double) { (30, 1) }
    /// Between two fetches of a document that is still current.
    static var renewalSeconds: Double { 30 }

    private var value: Value?
    private var freshUntil = 0.0
    private var failure: ProviderFailure?
    private var retryAt = -Double.infinity
    private var renewedAt = -Double.infinity

    func lookup(at now: Double) -> Lookup {
        if let value, now < freshUntil { return .current(value) }
        guard now < retryAt, let failure else { return .due }
        return kept(at: now).map { .current($0) } ?? .failed(failure)
    }

    /// Whether a document that is still current may be fetched: something is not in it that should be.
    mutating func mayRenew(at now: Double) -> Bool {
        guard now >= renewedAt + Self.renewalSeconds || now < renewedAt else { return false }
        renewedAt = now
        return true
    }

    /// Why the last try has failed.
    var lastFailure: ProviderFailure? { failure }

    mutating func came(_ fetched: Fetched<Value>, at now: Double) {
        value = fetched.value
        freshUntil = now + fetched.life
        failure = nil
        retryAt = -.infinity
    }

    /// Returns what was good before, as long as it may be used.
    mutating func failed(_ failure: ProviderFailure, at now: Double) -> Value? {
        self.failure = failure
        let kept = kept(at: now)
        retryAt = now + (kept == nil ? Self.pause.without : Self.pause.with)
        return kept
    }

    /// What was good, as long as it may be used.
    func kept(at now: Double) -> Value? { now < freshUntil + Self.keptSeconds ? value : nil }
}

/// Something that came, and for how many seconds it is good.
package struct Fetched<Value: Sendable>: Sendable {
    package let value: Value
    let life: Double
}

/// What an identity provider was asked for did not come; the reason is for the log.
package struct ProviderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
