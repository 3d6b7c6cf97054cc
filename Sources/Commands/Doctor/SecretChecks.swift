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
                checks.append(await DoctorCheck.timed { await check(entry.name, reference, resolver, subject.option) })
            } else if entry.value != nil {
                checks.append(.ok(.secretFound, "\(entry.name) from \(entry.origin)"))
            }
        }
        return checks
    }

    private static func check(
        _ name: String,
        _ reference: SecretReference,
        _ resolver: SecretResolver,
        _ option: String
    ) async -> DoctorCheck {
        do throws(SecretFailure) {
            _ = try await resolver.secret(at: reference, AccountSecrets.members[name] ?? "")
            return .ok(.secretFound, "\(name) from \(reference)")
        } catch {
            return .fail(code(of: error.kind), "\(name): \(error.cause)", fix: fix(name, error, option))
        }
    }

    /// A file of our own that is open to others is closed by `--fix`; one elsewhere may be open for a reason.
    private static func fix(_ name: String, _ failure: SecretFailure, _ option: String) -> DoctorCheck.Fix {
        guard case .file(let path) = failure.reference,
            case .unreadable(_, let remedy?) = SettingsFile.onDisk(path, isSecret: true)
        else { return DoctorCheck.Fix(failure.advice, command: "oe-mcp secrets test \(name)\(option)") }
        let isOwn = ProfileFolder.ofThisUser.contains(path)
        return DoctorCheck.Fix("Close it to all but you.", command: remedy, repair: isOwn ? .closeFile(path) : nil)
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
