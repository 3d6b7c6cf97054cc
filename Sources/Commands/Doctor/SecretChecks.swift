import Settings

/// Each secret that a sign-in needs: whether it is found, and where.
enum SecretChecks {
    static func checks(_ subject: DoctorSubject) -> [DoctorCheck] {
        guard let settings = subject.wiring?.settings, !subject.isSandbox else { return [] }
        let missing = Set(settings.missing(listens: subject.listens))
        return settings.entries.filter { $0.isSecret && $0.isNeeded }.compactMap { entry in
            guard entry.value == nil else { return .ok(.secretFound, "\(entry.name) from \(entry.origin)") }
            return missing.contains(entry.name) ? .skip(.secretFound, "\(entry.name) is not set") : nil
        }
    }
}
