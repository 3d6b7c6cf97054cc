import Logging
import Secrets
import Settings

/// Each secret that a sign-in needs: whether it is found, and where.
enum SecretChecks {
    static func checks(_ subject: DoctorSubject) async -> [DoctorCheck] {
        guard let settings = subject.wiring?.settings, !subject.isSandbox else { return [] }
        let missing = Set(settings.missing(listens: subject.listens))
        // One of its own: a secret that was found a moment ago may be locked by now.
        let resolver = SecretResolver(
            Environment.secretSurroundings,
            redactor: subject.wiring?.log.redactor ?? Redactor()
        )
        defer { resolver.end() }
        var checks: [DoctorCheck] = []
        for entry in settings.entries where entry.isSecret && entry.isNeeded {
            if missing.contains(entry.name) {
                checks.append(.skip(.secretFound, "\(entry.name) is not set"))
            } else if let reference = entry.reference {
                checks.append(await check(entry.name, reference, resolver))
            } else if entry.value != nil {
                checks.append(.ok(.secretFound, "\(entry.name) from \(entry.origin)"))
            }
        }
        return checks
    }

    private static func check(
        _ name: String,
        _ reference: SecretReference,
        _ resolver: SecretResolver
    ) async -> DoctorCheck {
        do throws(SecretFailure) {
            _ = try await resolver.secret(at: reference, AccountSecrets.members[name] ?? "")
            return .ok(.secretFound, "\(name) from \(reference)")
        } catch {
            let fix = DoctorCheck.Fix(error.advice, command: "oe-mcp secrets test \(name)")
            return .fail(code(of: error.kind), "\(name): \(error.cause)", fix: fix)
        }
    }

    private static func code(of kind: SecretFailure.Kind) -> CheckCode {
        switch kind {
        case .locked: .secretLocked
        case .timeout: .secretTimeout
        case .noProgram: .secretHelperMissing
        case .missing, .unusable, .failed: .secretFound
        }
    }
}
