import Clock

/// How long the whole may take, and what of that is left.
package struct DoctorTime: Sendable {
    package static let limit = Duration.seconds(60)
    package static let forOne = Duration.seconds(5)
    package static let forSignIn = Duration.seconds(30)

    private let end: ContinuousClock.Instant

    package init(_ limit: Duration = limit) { end = .now + limit }

    /// The limit of one check, or less where the whole ends before.
    package func limit(_ duration: Duration = forOne) -> Duration {
        max(min(duration, end - .now), .milliseconds(1))
    }

    /// Nil where it takes longer than that.
    package func within<Value: Sendable>(
        _ duration: Duration = forOne,
        _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let limit = limit(duration)
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await work() }
            group.addTask {
                try? await SystemClock.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

extension DoctorCheck {
    /// The check, and how long it took.
    package static func timed(_ check: () async -> DoctorCheck) async -> DoctorCheck {
        let start = ContinuousClock.now
        return await check().taking(.now - start)
    }

    /// The same for what each of these finds, one after another.
    package static func timed(_ checks: [() -> [DoctorCheck]]) -> [DoctorCheck] {
        checks.flatMap { check in
            let start = ContinuousClock.now
            let found = check()
            let duration = .now - start
            return found.map { $0.taking(duration) }
        }
    }

    private func taking(_ duration: Duration) -> DoctorCheck {
        var check = self
        check.milliseconds = Int(duration / .milliseconds(1))
        return check
    }
}
