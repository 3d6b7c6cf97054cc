import Threads

/// All sections side by side, their results in order.
struct Examination: Sendable {
    let subject: DoctorSubject
    let sections: [DoctorSection]
    /// What is wanted of them.
    let groups: Set<DoctorGroup>

    init(_ subject: DoctorSubject, _ sections: [DoctorSection], _ groups: Set<DoctorGroup>) {
        self.subject = subject
        self.groups = groups
        let order = DoctorGroup.allCases
        self.sections = order.flatMap { group in sections.filter { $0.groups.first == group } }
            .filter { !groups.isDisjoint(with: $0.groups) }
    }

    /// `found` gets the checks of each section as soon as those before it are through.
    func checks(found: @Sendable ([DoctorCheck]) -> Void) async -> [DoctorCheck] {
        await withTaskGroup(of: (Int, [DoctorCheck]).self) { group in
            for (place, section) in sections.enumerated() {
                group.addTask {
                    (place, await section.checks(subject).filter { groups.contains($0.group) })
                }
            }
            var results: [Int: [DoctorCheck]] = [:]
            var shown = 0
            for await (place, checks) in group {
                results[place] = checks
                while let next = results[shown] {
                    found(next)
                    shown += 1
                }
            }
            return sections.indices.flatMap { results[$0] ?? [] }
        }
    }
}
