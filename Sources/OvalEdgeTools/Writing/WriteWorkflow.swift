import Clock
import JSON
package import MCP
package import OvalEdge
import Threads

/// Where every change passes: it is shown, agreed to by a person, recorded, sent, and read back.
package struct WriteWorkflow: Sendable {
    private let audit: AuditLog?
    private let account: @Sendable (Principal) throws -> String
    private let asking: WriteConsent
    private let turns = WriteTurns()

    /// Nothing may be written.
    package static let closed = WriteWorkflow(audit: nil) { _ in "" }

    /// `account` is a digest that tells accounts apart and nothing else of them; with `consent` nobody else is asked, and
    /// no token is good.
    package init(
        audit: AuditLog?,
        seal: Seal = Seal(),
        used: any UsedTokens = UsedTokensInMemory(),
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        consent: Consent.Asking? = nil,
        account: @escaping @Sendable (Principal) throws -> String
    ) {
        self.audit = audit
        self.account = account
        asking = WriteConsent(
            tokens: OneTimeTokens(seal: seal, used: used, purpose: "confirmation token", now: now),
            person: consent
        )
    }

    /// What a call came with, and what it may do.
    struct Visit: Sendable {
        let access: ToolAccess
        let budget: AnswerBudget
        let ovalEdge: OvalEdgeAPI
        let context: RequestContext
    }

    /// Plans again after each yes, and asks again where the change is not the one that was agreed to any more.
    func answer(of call: some WritingTool, in visit: Visit) async throws -> SizedAnswer {
        for _ in 0..<Self.mostQuestions {
            let write: Write
            switch try await call.plan(from: visit.ovalEdge, in: visit.context) {
            case .answer(let answer): return SizedAnswer(answer)
            case .draft(let draft): return draft
            case .write(let planned): write = planned
            }
            guard let audit else { return SizedAnswer(Self.notAllowed(write)) }
            if let obstacle = Self.obstacle(to: write, visit) { return SizedAnswer(obstacle) }
            if write.isDryRun { return SizedAnswer(try await dryRun(of: write, call, in: audit, visit)) }
            if write.change.changesNothing && call.agreement.confirmationToken == nil {
                return SizedAnswer(Self.nothingToDo(write))
            }
            let account = try account(visit.context.principal)
            let decision: WriteConsent.Decision
            do {
                decision = try await asking.consent(to: write, by: account, call.agreement, visit)
            } catch let trouble as TokensUnavailable {
                return SizedAnswer(.failure("Nothing was written. \(trouble)"))
            }
            switch decision {
            case .withheld(let answer): return .whole(answer)
            case .given(let how):
                if let answer = try await carryOut(write, call, agreed: how, in: audit, visit) {
                    return SizedAnswer(answer)
                }
            }
        }
        return SizedAnswer(Self.keepsChanging)
    }

    /// How often one call may ask, where what is there changes while it does.
    private static let mostQuestions = 3

    /// Nil when the change is another one by now.
    private func carryOut(
        _ agreed: Write,
        _ call: some WritingTool,
        agreed how: String,
        in audit: AuditLog,
        _ visit: Visit
    ) async throws -> Answer? {
        let account = try account(visit.context.principal)
        return try await turns.inTurn(on: agreed.target) {
            guard case .write(let write) = try await call.plan(from: visit.ovalEdge, in: visit.context),
                try asking.isSame(write, agreed, by: account)
            else { return nil }
            let record = WriteRecord(write, by: account, client: visit.context.clientName, agreed: how)
            return try await send(write, record, agreed: how, in: audit, visit)
        }
    }

    /// The attempt is on record before it is made, and its outcome whatever that is.
    private func send(
        _ write: Write,
        _ record: WriteRecord,
        agreed how: String,
        in audit: AuditLog,
        _ visit: Visit
    ) async throws -> Answer {
        do {
            try await audit.enter(record.line(.attempted))
        } catch let trouble as AuditTrouble {
            return .failure("Nothing was written, because it could not be put on record. \(trouble)")
        }
        // The settings may have changed while the person was asked.
        if let obstacle = Self.obstacle(to: write, visit, agreed: how) {
            _ = await audit.trouble(entering: record.line(.notSent))
            return obstacle
        }
        let requestID: String?
        let reply: JSON
        do {
            (reply, requestID) = try await visit.ovalEdge.sendForRecord(write.request)
        } catch {
            return try await failure(error, of: write, record, in: audit)
        }
        if let refusal = write.refusal(reply) {
            _ = await audit.trouble(entering: record.line(.refused, requestID: requestID))
            throw refusal
        }
        let result = await write.report(reply, visit.ovalEdge)
        let trouble = await audit.trouble(entering: record.line(result.outcome, requestID: requestID))
        var answer = result.answer
        answer.tellsOutcome = true
        if let trouble { answer.content.append(.text("What became of it could not be put on record. \(trouble)")) }
        return answer
    }

    /// Says whether it was sent, and whether it may have been done all the same.
    private func failure(
        _ error: OvalEdgeError,
        of write: Write,
        _ record: WriteRecord,
        in audit: AuditLog
    ) async throws -> Answer {
        let outcome = error.outcomeOfWrite
        _ = await audit.trouble(entering: record.line(outcome, requestID: error.requestID))
        guard outcome != .refused else { throw error }
        var answer =
            outcome == .notSent
            ? Answer.failure("\(error.explanation)\n\nNothing was sent, so nothing was written.")
            : Answer.failure("\(error.explanationOfDoubt)\n\n\(WriteReport.doubt(of: write.target))")
        let label = outcome == .notSent ? FailureLabel.meta(of: error) : FailureLabel.doubt(error)
        answer.meta = [FailureLabel.key: label]
        answer.tellsOutcome = true
        return answer
    }
}

extension WriteWorkflow {
    /// Asks OvalEdge what it would do, and looks whether it has kept to that.
    private func dryRun(
        of write: Write,
        _ call: some WritingTool,
        in audit: AuditLog,
        _ visit: Visit
    ) async throws -> Answer {
        let account = try account(visit.context.principal)
        let record = WriteRecord(write, by: account, client: visit.context.clientName, agreed: "dry_run")
        var answer = try await send(write, record, agreed: "dry_run", in: audit, visit)
        guard !answer.isFailure else { return answer }
        let state: Bool?
        do {
            guard case .write(let now) = try await call.plan(from: visit.ovalEdge, in: visit.context) else {
                return try await changed(by: write, record, in: audit)
            }
            state = try write.change.before.map { _ in try asking.isSame(now, write, by: account) }
        } catch {
            state = nil
        }
        switch state {
        case true?: return answer
        case false?: return try await changed(by: write, record, in: audit)
        case nil:
            let doubt = "What is there now could not be read, so look at \(write.shownTarget) before you trust this."
            answer.content.append(.text(doubt))
            return answer
        }
    }

    private func changed(by write: Write, _ record: WriteRecord, in audit: AuditLog) async throws -> Answer {
        _ = await audit.trouble(entering: record.line(.dryRunChanged))
        var answer = Answer.failure(
            """
            WARNING: this was a dry run, and \(write.shownTarget) was changed all the same. Either OvalEdge did not obey \
            `dryRun`, or somebody else changed it at the same time. Look at \(write.shownTarget) and tell the person.
            """
        )
        answer.tellsOutcome = true
        return answer
    }
}

extension WriteWorkflow {
    /// Why this may not be sent now; nil when it may.
    ///
    /// `how` is how the person agreed, once they have.
    private static func obstacle(to write: Write, _ visit: Visit, agreed how: String? = nil) -> Answer? {
        guard visit.access.families.contains(write.family) else { return notAllowed(write) }
        guard visit.access.contains(write.tool) else {
            return .failure(
                "The tool `\(write.tool)` is disabled here; nothing was written. Ask the server's operator."
            )
        }
        guard !visit.ovalEdge.holdsSecret(write.request.body ?? .null) else { return holdsSecret }
        switch (visit.access.confirmBy, how) {
        case (.form, WriteConsent.token?), (.token, WriteConsent.form?):
            return .failure(
                "OVALEDGE_CONFIRM_BY was changed while the person was asked; nothing was written. Call again."
            )
        default: return nil
        }
    }

    private static func notAllowed(_ write: Write) -> Answer {
        .failure(
            "This server may not write: \(write.tool) belongs to the family `\(write.family.rawValue)`; nothing was "
                + "written. The server's operator can allow it with OVALEDGE_ALLOW_WRITES."
        )
    }

    /// The preview would show dots where the secret is written.
    private static let holdsSecret = Answer.failure(
        "The change holds a secret of this server; nothing was written. "
            + "Take it out: what OvalEdge holds can be read by others."
    )

    private static func nothingToDo(_ write: Write) -> Answer {
        Answer(
            "\(write.shownTarget) is so already; there is nothing to change, and nothing was written.",
            structured: [
                "ok": true, "written": false, "status": .string(WriteOutcome.unchanged.rawValue),
                "target": .string(Untrusted.cleaned(write.target)),
            ]
        )
    }

    private static let keepsChanging = Answer.failure(
        "What is there changed again each time the person had agreed; nothing was written. "
            + "Call again when nobody else is changing it."
    )
}

extension OvalEdgeError {
    /// What is known of a write that ended like this.
    fileprivate var outcomeOfWrite: WriteOutcome {
        switch delivery {
        case .notSent: .notSent
        case .sent: .unknown
        case .answered: kind == .notUnderstood || status.map { $0 >= 500 || $0 == 408 } == true ? .unknown : .refused
        }
    }
}

extension AuditLog {
    /// Written to its end even when the call that wants it is cancelled meanwhile.
    fileprivate func enter(_ line: JSONObject) async throws {
        try await Task(executorPreference: WorkerPool.shared) { try await self.append(line) }.value
    }

    /// What kept a line from being entered; nil when nothing did.
    fileprivate func trouble(entering line: JSONObject) async -> AuditTrouble? {
        do {
            try await enter(line)
            return nil
        } catch {
            return error as? AuditTrouble
        }
    }
}
