import Clock
import JSON
import JSONRPC
package import MCP
package import OvalEdge
import Threads

/// Where every change passes: it is shown, agreed to by a person, recorded, sent, and read back.
package struct WriteDesk: Sendable {
    private let audit: AuditLog?
    private let account: @Sendable (Principal) throws -> String
    private let tokens: OneTimeTokens
    private let consent: Consent.Asking?

    /// Nothing may be written.
    package static let closed = WriteDesk(audit: nil) { _ in "" }

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
        self.consent = consent
        tokens = OneTimeTokens(seal: seal, used: used, purpose: "confirmation token", now: now)
    }

    func answer(
        of call: some WritingTool,
        allowing families: Set<WriteFamily>,
        from ovalEdge: OvalEdgeAPI,
        in context: RequestContext
    ) async throws -> Draft {
        switch try await call.plan(from: ovalEdge, in: context) {
        case .answer(let answer): Draft(answer)
        case .draft(let draft): draft
        case .write(let write) where families.contains(write.family):
            Draft(try await answer(to: write, call.agreement, from: ovalEdge, in: context))
        case .write(let write): Draft(Self.notAllowed(write))
        }
    }

    private func answer(
        to write: Write,
        _ agreement: Agreement,
        from ovalEdge: OvalEdgeAPI,
        in context: RequestContext
    ) async throws -> Answer {
        guard let audit else { return Self.notAllowed(write) }
        if write.isRehearsal {
            let reply = try await ovalEdge.send(write.request)
            if let refusal = write.refusal(in: reply) { throw refusal }
            return await write.report(reply, ovalEdge)
        }
        if write.changesNothing && agreement.confirmationToken == nil { return Self.nothingToDo(write) }
        let decision: Decision
        do {
            decision = try await self.decision(on: write, agreement, in: context)
        } catch let trouble as TokensUnavailable {
            return .failure("Nothing was written. \(trouble)")
        }
        switch decision {
        case .agreed(let how):
            let record = WriteRecord(write, by: try account(context.principal), client: context.clientName, agreed: how)
            return try await carryOut(write, record, in: audit, from: ovalEdge)
        case .missing(let answer): return answer
        }
    }

    private enum Decision {
        case agreed(how: String)
        case missing(Answer)
    }

    private func decision(
        on write: Write,
        _ agreement: Agreement,
        in context: RequestContext
    ) async throws -> Decision {
        switch await consent?(write.preview) {
        case .given(let how): return .agreed(how: how)
        case .declined: return .missing(Self.declined)
        case .notPossible(let advice): return .missing(Self.preview(of: write, then: advice))
        case nil: break
        }
        let digest = try write.digest(for: try account(context.principal), tokens.seal)
        if let token = agreement.confirmationToken {
            guard agreement.writeConfirmedByUser else { return .missing(Self.notConfirmed) }
            // Good once, for exactly this change by this account; a wrong one is not told why.
            guard let given = try tokens.read(token), given.content == .string(digest), try tokens.use(given) else {
                return .missing(Self.wrongToken)
            }
            return .agreed(how: "token")
        }
        // The key names the change: were it another one when the answer comes, it would be asked for anew.
        let key = "write-" + digest.prefix(12)
        let field = Field("write", .flag(default: false), title: "Write this to OvalEdge", isRequired: true)
        switch try await Self.asked(Form(write.preview, [field]), as: key, context.client) {
        case .accepted(let values):
            return values["write"] == true ? .agreed(how: "asked") : .missing(Self.declined)
        case .declined, .cancelled: return .missing(Self.declined)
        case .notPossible: return .missing(Self.preview(of: write, try tokens.token(of: .string(digest))))
        }
    }

    /// A client that refuses to ask, or was never ready to, is one that cannot.
    private static func asked(_ form: Form, as key: String, _ client: Client) async throws -> FormAnswer {
        do {
            return try await client.ask(form, as: key)
        } catch AskFailure.refused, AskFailure.notReady {
            return .notPossible
        }
    }

    /// The attempt is on record before it is made, and its outcome whatever that is.
    private func carryOut(
        _ write: Write,
        _ record: WriteRecord,
        in audit: AuditLog,
        from ovalEdge: OvalEdgeAPI
    ) async throws -> Answer {
        do {
            try await audit.enter(record.line("attempted"))
        } catch let trouble as AuditTrouble {
            return .failure("Nothing was written, because it could not be put on record. \(trouble)")
        }
        let requestID: String?
        let reply: JSON
        do {
            (reply, requestID) = try await ovalEdge.sendForRecord(write.request)
        } catch {
            return try await failure(error, of: write, record, in: audit)
        }
        if let refusal = write.refusal(in: reply) {
            _ = await audit.trouble(entering: record.line("refused", requestID: requestID))
            throw refusal
        }
        let trouble = await audit.trouble(entering: record.line("done", requestID: requestID))
        var answer = await write.report(reply, ovalEdge)
        if let trouble { answer.content.append(.text("It was written, but that is not on record. \(trouble)")) }
        return answer
    }

    /// What may have happened all the same is told as that.
    private func failure(
        _ error: OvalEdgeError,
        of write: Write,
        _ record: WriteRecord,
        in audit: AuditLog
    ) async throws -> Answer {
        let outcome = error.mayHaveHappened ? "unknown" : "refused"
        _ = await audit.trouble(entering: record.line(outcome, requestID: error.requestID))
        guard error.mayHaveHappened else { throw error }
        var answer = Answer.failure(
            """
            \(error.explanationOfDoubt)

            Whether \(write.target) was changed is not known. Look at it before you try again.
            """
        )
        answer.meta = [FailureLabel.key: FailureLabel.doubt(error)]
        return answer
    }
}

extension WriteDesk {
    private static func notAllowed(_ write: Write) -> Answer {
        .failure(
            "This server may not write: \(write.tool) belongs to the family `\(write.family.rawValue)`. "
                + "Whoever runs the server can allow it with OVALEDGE_ALLOW_WRITES."
        )
    }

    private static func nothingToDo(_ write: Write) -> Answer {
        Answer(
            "\(write.target) is so already; there is nothing to change, and nothing was written.",
            structured: ["ok": true, "written": false, "status": "unchanged", "target": .string(write.target)]
        )
    }

    private static let notConfirmed = Answer.failure(
        "There is a token, but `write_confirmed_by_user` is not true; nothing was written. "
            + "Show the person the preview, and set it once they have agreed."
    )

    private static let wrongToken = Answer.failure(
        "The confirmation token does not match this call; nothing was written. "
            + "Call again without it, show the person the new preview, and use the token that comes with that."
    )

    private static let declined = Answer(
        "The person did not agree; nothing was written.",
        structured: ["ok": true, "written": false, "status": "declined"]
    )

    /// For whoever cannot be asked here, but can say so in another way.
    private static func preview(of write: Write, then advice: String) -> Answer {
        let start = "Nothing has been written yet. This is what would be:"
        return preview(of: write, saying: "\(start)\n\n\(write.preview)\n\n\(advice)")
    }

    private static func preview(of write: Write, _ token: String) -> Answer {
        preview(
            of: write,
            saying: """
                Nothing has been written yet. Show this to the person and ask whether to write it:

                \(write.preview)

                If they agree, call \(write.tool) again with the same arguments, `write_confirmed_by_user`: true and \
                `confirmation_token`: "\(token)". The token is good for ten minutes and for this change alone.
                """,
            token
        )
    }

    private static func preview(of write: Write, saying text: String, _ token: String? = nil) -> Answer {
        Answer(
            text,
            structured: .members(
                ("ok", true),
                ("awaitingUserConfirmation", true),
                ("preview", .string(write.preview)),
                ("target", .string(write.target)),
                ("confirmationToken", token.map { .string($0) })
            )
        )
    }
}

extension OvalEdgeError {
    /// Whether a write that ended like this may have been carried out all the same.
    fileprivate var mayHaveHappened: Bool {
        kind == .unreachable || kind == .notUnderstood || [500, 502, 504].contains(status)
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
