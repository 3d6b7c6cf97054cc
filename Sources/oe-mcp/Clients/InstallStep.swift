import ClientConfiguration
import Files
import Settings

/// What is to be done for one client, planned and not done yet.
enum InstallStep {
    case plan(InstallPlan)
    case command(ClientCommand.Plan)
    /// Nothing can be done, or there is nothing to do.
    case report(InstallReport)
}

extension InstallCommand {
    /// Does all steps, or none where one of them is refused.
    ///
    /// `again` plans a file a second time, where it has changed meanwhile.
    static func carry(
        out steps: [InstallStep],
        _ request: InstallRequest,
        _ store: InstallStore,
        again: (InstallPlan) throws -> InstallPlan
    ) -> Int32 {
        let isRefused = steps.contains { if case .report(let report) = $0 { report.code == 4 } else { false } }
        var reports = steps.compactMap { step -> InstallReport? in
            if request.isDry { return dryReport(step) }
            if isRefused {
                if case .report(let report) = step, report.code != 0 { return report }
                return nil
            }
            return done(step, store, again: again)
        }
        // Setup has shown the difference, and asked whether that is wanted.
        if request.isPartOfSetup, !request.isDry { for place in reports.indices { reports[place].difference = "" } }
        let code = reports.show(asJSON: request.line.has("json"), isDry: request.isDry)
        let others = steps.count - reports.count
        if isRefused, !request.isDry, others > 0 {
            let report = InstallReport(
                reports[0].client,
                "none",
                "Nothing was changed for the other \(others), either.",
                code: 4
            )
            _ = [report].show(asJSON: false, isDry: false)
        }
        return code
    }

    private static func dryReport(_ step: InstallStep) -> InstallReport {
        switch step {
        case .plan(let plan): InstallReport(plan, isDry: true)
        case .command(let plan): plan.dryReport
        case .report(let report): report
        }
    }

    private static func done(
        _ step: InstallStep,
        _ store: InstallStore,
        again: (InstallPlan) throws -> InstallPlan
    ) -> InstallReport {
        switch step {
        case .report(let report): return report
        case .command(let plan): return plan.carryOut()
        case .plan(let plan):
            do {
                let done = try plan.carry(out: store, stamp: InstallStore.stamp) { _ in try again(plan) }
                return InstallReport(done, isDry: false)
            } catch {
                let isRemoval = plan.action == .removed
                var report = InstallReport(plan.client, error, path: plan.file.path, isRemoval: isRemoval)
                // It was planned, so that this is a failure and no refusal.
                if error is FileError { (report.code, report.action) = (1, "failed") }
                return report
            }
        }
    }
}
