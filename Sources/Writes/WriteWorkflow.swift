import Clock
import JSON
package import MCP
package import OvalEdge
package import Rendering
import Threads

/// Where every change passes: it is shown, agreed to by a person, recorded, sent, and read back.
package struct WriteWorkflow: Sendable {
    private let audit: AuditLog?
    private let asking: WriteConsent
    private let turns = WriteTurns()

    /// Nothing may be written.
    package static let closed = WriteWorkflow(audit: nil)

    /// With `consent` no one else is asked, and no token is good.
    package init(
        audit: AuditLog?,
        seal: Seal = Seal(),
        used: any UsedTokens = UsedTokensInMemory(),
        now: @escaping @Sendable () -> Double = SystemClock.secondsSince1970,
        consent: Consent.Asking? = nil
    ) {
        self.audit = audit
        asking = WriteConsent(
            tokens: OneTimeTokens(seal: seal, used: used, purpose: "confirmation token", now: now),
            person: consent
        )
    }

    /// What a call came with, and what it may do.
    package struct Visit: Sendable {
        let access: any WriteAccess
        let account: any WritingAccount
        let context: RequestContext
        let budget: AnswerBudget
        let ovalEdge: OvalEdgeAPI

        package init(
            access: any WriteAccess,
            account: any WritingAccount,
            context: RequestContext,
            budget: AnswerBudget,
            ovalEdge: OvalEdgeAPI
        ) {
            self.access = access
            self.account = account
            self.context = context
            self.budget = budget
            self.ovalEdge = ovalEdge
        }

        var remedies: RemedyTexts { account.remedies }
    }

    /// What is thrown on the way is from before anything was sent, and is reported so.
    package func answer(of call: some WritingCall, in visit: Visit) async throws -> SizedAnswer {
        do {
            return try await outcome(of: call, in: visit)
        } catch let error as OvalEdgeError where call.mayWrite {
            return SizedAnswer(Self.unsent(error, "Nothing was written.", visit))
        } catch let error as TokensUnavailable {
            var answer = Answer.failure("Nothing was written. \(error)")
            if error.isTransient { answer.meta = [FailureLabel.key: FailureLabel.later] }
            return SizedAnswer(answer)
        }
    }

    /// Plans again after each yes, and asks again where the change is not the one that was agreed to any more.
    private func outcome(of call: some WritingCall, in visit: Visit) async throws -> SizedAnswer {
        for _ in 0..<Self.mostQuestions {
            let write: Write
            switch try await call.plan(from: visit.ovalEdge, in: visit.context) {
            case .answer(let answer): return SizedAnswer(answer)
            case .draft(let draft): return draft
            case .write(let planned): write = planned
            }
            guard let audit else { return SizedAnswer(Self.notAllowed(write, visit)) }
            if let obstacle = Self.obstacle(to: write, visit) { return SizedAnswer(obstacle) }
            if write.isDryRun { return SizedAnswer(try await dryRun(of: write, call, in: audit, visit)) }
            if write.change.changesNothing && call.agreement.confirmationToken == nil {
                return SizedAnswer(Self.nothingToDo(write))
            }
            let account = try visit.account.digest()
            switch try await asking.consent(to: write, by: account, call.agreement, visit) {
            case .withheld(let answer): return .whole(answer)
            case .given(let how):
                if let answer = try await carryOut(write, call, agreed: how, in: audit, visit) {
                    return SizedAnswer(answer)
                }
            }
        }
        return SizedAnswer(Self.keepsChanging)
    }

    /// How often one call may ask, where the current state changes while it does.
    private static let mostQuestions = 3

    /// Nil when the change is another one now.
    private func carryOut(
        _ agreed: Write,
        _ call: some WritingCall,
        agreed how: String,
        in audit: AuditLog,
        _ visit: Visit
    ) async throws -> Answer? {
        let account = try visit.account.digest()
        return try await turns.inTurn(on: agreed.target) {
            guard case .write(let write) = try await call.plan(from: visit.ovalEdge, in: visit.context),
                try asking.isSame(write, agreed, by: account)
            else { return nil }
            let record = WriteRecord(write, by: account, client: visit.context.clientName, agreed: how)
            return await send(write, record, agreed: how, in: audit, visit).answer
        }
    }

    /// The attempt is logged before it is made, and its outcome whatever that is.
    private func send(
        _ write: Write,
        _ record: WriteRecord,
        agreed how: String,
        in audit: AuditLog,
        _ visit: Visit
    ) async -> WriteResult {
        if let error = await audit.failure(entering: record.line(.attempted)) {
            let why = visit.remedies.text(of: error)
            let text = "Nothing was written, because it could not be logged. \(why)"
            return WriteResult(.notSent, .failure(text))
        }
        // The settings may have changed while the person was asked.
        if let obstacle = Self.obstacle(to: write, visit, agreed: how) {
            _ = await audit.failure(entering: record.line(.notSent))
            return WriteResult(.notSent, obstacle)
        }
        let requestID: String?
        let reply: JSON
        do {
            (reply, requestID) = try await visit.ovalEdge.sendForRecord(write.request)
        } catch {
            _ = await audit.failure(entering: record.line(error.outcomeOfWrite, requestID: error.requestID))
            return Self.failure(error, of: write, visit)
        }
        if let refusal = write.refusal(reply) {
            _ = await audit.failure(entering: record.line(.refused, requestID: requestID))
            return WriteResult(.refused, .failure(refusal, visit.remedies))
        }
        let result = await write.report(reply, visit.ovalEdge)
        let failure = await audit.failure(entering: record.line(result.outcome, requestID: requestID))
        var answer = result.answer
        answer.tellsOutcome = true
        if let failure {
            let why = visit.remedies.text(of: failure)
            answer = answer.noting("The result could not be logged. \(words: why)")
        }
        return WriteResult(result.outcome, answer)
    }

    /// Says whether it was sent, and whether it may have been done in spite of it; of a dry run that is looked up.
    private static func failure(_ error: OvalEdgeError, of write: Write, _ visit: Visit) -> WriteResult {
        let error = error.ofWrite
        switch error.outcomeOfWrite {
        case .notSent: return WriteResult(.notSent, unsent(error, "Nothing was sent, so nothing was written.", visit))
        case .unknown:
            let doubt = write.isDryRun ? "" : "\n\n\(WriteReport.doubt(of: write.target))"
            var answer = Answer.failure("\(visit.remedies.explanation(ofDoubt: error))\(doubt)")
            answer.meta = [FailureLabel.key: FailureLabel.doubt(error)]
            answer.tellsOutcome = true
            return WriteResult(.unknown, answer)
        case let outcome: return WriteResult(outcome, .failure(error, visit.remedies))
        }
    }

    /// What kept a change from being sent, and `consequence`.
    private static func unsent(_ error: OvalEdgeError, _ consequence: String, _ visit: Visit) -> Answer {
        let error = error.ofWrite
        var answer = Answer.failure("\(visit.remedies.explanation(of: error))\n\n\(consequence)")
        answer.meta = [FailureLabel.key: FailureLabel.meta(of: error)]
        answer.tellsOutcome = true
        return answer
    }
}

extension WriteWorkflow {
    /// Asks OvalEdge what it would do, and looks whether it has kept to that, whatever it answered.
    private func dryRun(
        of write: Write,
        _ call: some WritingCall,
        in audit: AuditLog,
        _ visit: Visit
    ) async throws -> Answer {
        let account = try visit.account.digest()
        let record = WriteRecord(write, by: account, client: visit.context.clientName, agreed: "dry_run")
        let result = await send(write, record, agreed: "dry_run", in: audit, visit)
        guard result.outcome != .notSent else { return result.answer }
        var answer = result.answer
        answer.tellsOutcome = true
        switch await isUntouched(write, call, by: account, visit) {
        case true? where !answer.isFailure: break
        case true?: answer = answer.noting("\(write.shownTarget) was checked again: nothing was changed.")
        case nil: answer = answer.noting(Self.unread(write))
        case false?:
            _ = await audit.failure(entering: record.line(.dryRunChanged))
            let said = answer.isFailure ? answer.content : []
            answer = .failure(Self.changed(write).text)
            answer.content += said
            answer.tellsOutcome = true
        }
        return answer
    }

    /// Whether the current state is that of when `write` was planned; nil where that cannot be read.
    private func isUntouched(
        _ write: Write,
        _ call: some WritingCall,
        by account: String,
        _ visit: Visit
    ) async -> Bool? {
        do {
            guard case .write(let now) = try await call.plan(from: visit.ovalEdge, in: visit.context) else {
                return false
            }
            return try write.change.before.map { _ in try asking.isSame(now, write, by: account) }
        } catch {
            return nil
        }
    }

    private static func unread(_ write: Write) -> Inline {
        "The current values could not be read, so check \(write.shownTarget) before you rely on this."
    }

    private static func changed(_ write: Write) -> Inline {
        """
        WARNING: this was a dry run, but \(write.shownTarget) was changed. Either OvalEdge ignored `dryRun`, or \
        someone else changed it at the same time. Check \(write.shownTarget) and tell the person.
        """
    }
}

extension WriteWorkflow {
    /// Why this may not be sent now; nil when it may.
    ///
    /// `how` is how the person agreed, once they have.
    private static func obstacle(to write: Write, _ visit: Visit, agreed how: String? = nil) -> Answer? {
        guard visit.access.families.contains(write.family) else { return notAllowed(write, visit) }
        guard visit.access.contains(write.tool) else {
            return .failure(
                "Tool `\(write.tool)` is disabled on this server; nothing was written. Ask its operator."
            )
        }
        guard !visit.ovalEdge.holdsSecret(write.request.body ?? .null) else { return holdsSecret }
        switch (visit.access.confirmBy, how) {
        case (.form, WriteConsent.token?), (.token, WriteConsent.form?):
            return .failure(visit.remedies.sentence(.confirmAgain))
        default: return nil
        }
    }

    private static func notAllowed(_ write: Write, _ visit: Visit) -> Answer {
        .failure(
            "\(write.tool) is disabled: this server may not write the family `\(write.family.rawValue)`; nothing was "
                + "written. \(visit.remedies.sentence(.allowWrites(family: nil)))"
        )
    }

    /// The preview would show dots where the secret is written.
    private static let holdsSecret = Answer.failure(
        "The change contains a secret of this server; nothing was written. "
            + "Remove it: others can read what OvalEdge stores."
    )

    private static func nothingToDo(_ write: Write) -> Answer {
        var text = Markdown()
        text.note("\(write.shownTarget) already has these values; nothing was written.")
        return Answer(
            text,
            structured: [
                "ok": true, "written": false, "status": .string(WriteOutcome.unchanged.rawValue),
                "target": .string(Untrusted.cleaned(write.target)),
            ]
        )
    }

    private static let keepsChanging = Answer.failure(
        "The current values changed each time the person had agreed; nothing was written. "
            + "Call again when no one else is changing them."
    )
}

extension OvalEdgeError {
    /// The same as a writing tool reports it: a client that still gets the answer of a call that ended early has not cancelled it.
    fileprivate var ofWrite: OvalEdgeError { isCancellation ? .deadlinePassed(delivery) : self }

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
    /// What kept a line from being entered; nil when nothing did.
    ///
    /// It is written to its end even when the call for it is cancelled meanwhile.
    fileprivate func failure(entering line: JSONObject) async -> AuditLogError? {
        await Task(executorPreference: WorkerPool.shared) { () async -> AuditLogError? in
            do throws(AuditLogError) {
                try await self.append(line)
                return nil
            } catch {
                return error
            }
        }.value
    }
}
