/// Which variant of each capability a back end was found to have, and how long that is believed.
///
/// A value without clock or lock, so that a test can walk through hours. Only what was shown is remembered: that a variant
/// missed is not an entry.
package struct VariantCache: Sendable {
    package enum Start: Hashable, Sendable {
        case ask(EndpointVariant)
        /// The newest first, and whatever is found is for everyone.
        case learn(from: EndpointVariant)
        /// Another call is learning it.
        case wait
    }

    private struct Entry: Hashable {
        let variant: EndpointVariant
        let end: Double
    }

    /// How long an older variant is used before the newest one is tried again; a release that has the newest keeps it.
    package static let life = 3600.0

    private let fixed: Generation?
    private var entries: [Capability: Entry] = [:]
    private var learning: Set<Capability> = []

    /// With `fixed`, nothing is ever learnt.
    package init(fixed: Generation? = nil) { self.fixed = fixed }

    /// Where a call begins.
    ///
    /// A caller that is to learn says in ``ended(_:)`` when that is over.
    package mutating func start(_ capability: Capability, at now: Double) -> Start {
        if let fixed { return .ask(capability.variant(of: fixed)) }
        if let entry = entries[capability], entry.end > now || learning.contains(capability) {
            return .ask(entry.variant)
        }
        guard learning.insert(capability).inserted else { return .wait }
        return .learn(from: capability.newest)
    }

    package mutating func found(_ variant: EndpointVariant, at now: Double) {
        entries[variant.capability] = Entry(variant: variant, end: variant.isNewest ? .infinity : now + Self.life)
    }

    package mutating func ended(_ capability: Capability) { learning.remove(capability) }

    /// The variant found last, whether or not it is time to look again.
    package func variant(of capability: Capability) -> EndpointVariant? {
        fixed.map { capability.variant(of: $0) } ?? entries[capability]?.variant
    }

    package var isFixed: Bool { fixed != nil }
    package var isOld: Bool { variant(of: .explorer).map { !$0.isNewest } ?? false }
}
