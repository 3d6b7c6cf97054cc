import OAuth
import Synchronization

// The keys with which clients sign, fetched as their documents are.
extension ClientDocuments {
    /// What came out of a look for keys.
    enum KeysFound: Sendable {
        case keys(PublishedKeys)
        /// None of them can be used.
        case none
        /// Too many were looked for; seconds until the next may be.
        case busy(Int)
    }

    /// For how many addresses keys are remembered.
    private static let mostKeys = 256

    /// `address` is who asks.
    func keys(_ keys: ClientKeys, for address: String) -> KeysFound {
        switch keys.place {
        case .within(let json): return PublishedKeys(json, now: now).map { .keys($0) } ?? .none
        case .at(let place):
            guard policy == .any else { return .none }
            let published = state.withLock { state in
                if let known = state.keys[place] { return known }
                if state.keys.count >= Self.mostKeys, let one = state.keys.keys.first { state.keys[one] = nil }
                let published = PublishedKeys(at: place.text, keyDocuments)
                state.keys[place] = published
                return published
            }
            guard published.areDue, let seconds = state.withLock({ $0.limits.take(address, at: now()) }) else {
                return .keys(published)
            }
            return published.last.map { .keys($0) } ?? .busy(seconds)
        }
    }
}
