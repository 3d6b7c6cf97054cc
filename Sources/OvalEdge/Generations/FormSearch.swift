/// One call's way through the forms of a capability: after the one it starts with the others, the newest first.
package struct FormSearch: Sendable {
    private let start: EndpointForm
    private let isFixed: Bool
    private var misses: [(form: EndpointForm, miss: Verdict.Miss)] = []

    /// A fixed form is the only one.
    package init(from start: EndpointForm, isFixed: Bool = false) {
        self.start = start
        self.isFixed = isFixed
    }

    package mutating func missed(_ form: EndpointForm, _ miss: Verdict.Miss) { misses.append((form, miss)) }

    /// What to try after a miss; nil when nothing is left.
    ///
    /// An unknown path is not tried again with another method.
    package var next: EndpointForm? {
        guard !isFixed else { return nil }
        return start.capability.forms.first { form in
            !misses.contains { form == $0.form || $0.miss != .method && form.sharesPath(with: $0.form) }
        }
    }

    package var hasMissed: Bool { !misses.isEmpty }
    /// Whether only success shows that an older form is there.
    package var isInDoubt: Bool { misses.contains { $0.miss == .doubtful } }
}
