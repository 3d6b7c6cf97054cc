/// One call's way through the variants of a capability: after the one it starts with the others, the newest first.
package struct VariantSearch: Sendable {
    private let start: EndpointVariant
    private let isFixed: Bool
    private var misses: [(variant: EndpointVariant, miss: ProbeResult.Miss)] = []

    /// A fixed variant is the only one.
    package init(from start: EndpointVariant, isFixed: Bool = false) {
        self.start = start
        self.isFixed = isFixed
    }

    package mutating func missed(_ variant: EndpointVariant, _ miss: ProbeResult.Miss) {
        misses.append((variant, miss))
    }

    /// What to try after a miss; nil when nothing is left.
    ///
    /// An unknown path is not tried again with another method.
    package var next: EndpointVariant? {
        guard !isFixed else { return nil }
        return start.capability.variants.first { variant in
            !misses.contains { variant == $0.variant || $0.miss != .method && variant.sharesPath(with: $0.variant) }
        }
    }

    package var hasMissed: Bool { !misses.isEmpty }
    /// Whether only success shows that an older variant is there.
    package var isInDoubt: Bool { misses.contains { $0.miss == .doubtful } }
}
