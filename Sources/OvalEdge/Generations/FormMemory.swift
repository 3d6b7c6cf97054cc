/// Which form of each capability a back end was found to have, and how long that is believed.
///
/// A value without clock or lock, so that a test can walk through hours. Only what was shown is remembered: that a form
/// missed is no finding.
package struct FormMemory: Sendable {
    package enum Start: Hashable, Sendable {
        case ask(EndpointForm)
        /// The newest first, and whatever is found is for everyone.
        case learn(from: EndpointForm)
        /// Somebody is learning it.
        case wait
    }

    private struct Finding: Hashable {
        let form: EndpointForm
        let end: Double
    }

    /// How long an older form is used before the newest one is tried again; a release that has the newest keeps it.
    package static let life = 3600.0

    private let fixed: Generation?
    private var findings: [Capability: Finding] = [:]
    private var learning: Set<Capability> = []

    /// With `fixed`, nothing is ever learnt.
    package init(fixed: Generation? = nil) { self.fixed = fixed }

    /// Where a call begins.
    ///
    /// Who is told to learn says in ``ended(_:)`` when that is over.
    package mutating func start(_ capability: Capability, at now: Double) -> Start {
        if let fixed { return .ask(capability.form(of: fixed)) }
        if let finding = findings[capability], finding.end > now || learning.contains(capability) {
            return .ask(finding.form)
        }
        guard learning.insert(capability).inserted else { return .wait }
        return .learn(from: capability.newest)
    }

    package mutating func found(_ form: EndpointForm, at now: Double) {
        findings[form.capability] = Finding(form: form, end: form.isNewest ? .infinity : now + Self.life)
    }

    package mutating func ended(_ capability: Capability) { learning.remove(capability) }

    /// The form found last, whether or not it is time to look again.
    package func form(of capability: Capability) -> EndpointForm? {
        fixed.map { capability.form(of: $0) } ?? findings[capability]?.form
    }

    package var isFixed: Bool { fixed != nil }
    package var isOld: Bool { form(of: .explorer).map { !$0.isNewest } ?? false }
}
