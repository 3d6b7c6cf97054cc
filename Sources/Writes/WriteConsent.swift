import JSON
import JSONRPC
import MCP
import OvalEdge
import Rendering
import Synchronization

/// Asks the person whether they agree to a change: at this process, in a form, or by the token of a preview.
struct WriteConsent: Sendable {
    /// How a person agreed, in the audit log.
    static let form = "asked"
    static let token = "token"

    /// JSON-RPC 2.0, section 5.1.
    private static let methodNotFound = -32601

    let tokens: OneTimeTokens
    let person: Consent.Asking?

    init(tokens: OneTimeTokens, person: Consent.Asking?) {
        self.tokens = tokens
        self.person = person
    }

    enum Decision {
        case given(how: String)
        case withheld(Answer)
    }

    /// Whether these are one change of one state by one account.
    func isSame(_ write: Write, _ other: Write, by account: String) throws -> Bool {
        try write.digest(for: account, tokens.seal) == other.digest(for: account, tokens.seal)
    }

    /// Only what is seen whole can be agreed to.
    func consent(
        to write: Write,
        by account: String,
        _ agreement: Agreement,
        _ visit: WriteWorkflow.Visit
    ) async throws -> Decision {
        guard visit.budget.allows(Self.preview(of: write, Self.longestToken)) else {
            return .withheld(Self.tooLong(write, visit))
        }
        switch await person?(write.preview) {
        case .given(let how): return .given(how: how)
        case .declined: return .withheld(Unwritten.disagreed.answer(visit.remedies))
        case .notPossible(let advice): return .withheld(Self.preview(of: write, then: advice))
        case nil: break
        }
        let digest = try write.digest(for: account, tokens.seal)
        if let token = agreement.confirmationToken { return try await decision(on: token, digest, agreement, visit) }
        return try await decision(in: write, digest, visit)
    }

    /// Good once, for exactly this change by this account; a wrong one is refused without a reason.
    private func decision(
        on token: String,
        _ digest: String,
        _ agreement: Agreement,
        _ visit: WriteWorkflow.Visit
    ) async throws -> Decision {
        guard visit.access.confirmBy != .form else { return .withheld(Self.formsOnly(visit)) }
        guard agreement.writeConfirmedByUser else { return .withheld(Self.notConfirmed) }
        guard let given = try tokens.read(token), given.content == .string(digest), try await tokens.use(given) else {
            return .withheld(Self.wrongToken)
        }
        return .given(how: Self.token)
    }

    private func decision(in write: Write, _ digest: String, _ visit: WriteWorkflow.Visit) async throws -> Decision {
        let way = visit.access.confirmBy
        if way != .token, visit.context.client.can(.form) {
            switch try await reply(to: write, digest, visit) {
            case .agreed: return .given(how: Self.form)
            case .unwritten(let why): return .withheld(why.answer(visit.remedies))
            case .cannotBeAsked: break
            }
        }
        guard way != .form else { return .withheld(Self.formsOnly(visit)) }
        // A client that has answered forms can be asked; what it does not ask for is not the model's to agree to.
        guard way == .token || !visit.account.formClients.contains(visit.context) else {
            let why = Unwritten.unanswered("The client supports forms but was not asked with one.")
            return .withheld(why.answer(visit.remedies))
        }
        return .withheld(Self.preview(of: write, try tokens.token(of: .string(digest))))
    }

    private enum Reply {
        case agreed
        case unwritten(Unwritten)
        case cannotBeAsked
    }

    /// Only a client that does not know the question, or never was ready for one, cannot be asked.
    private func reply(to write: Write, _ digest: String, _ visit: WriteWorkflow.Visit) async throws -> Reply {
        // The key names the change: were it another one when the answer comes, it would be asked for again.
        let key = "write-" + digest.prefix(32)
        let field = Field("write", .flag(default: false), title: "Write this to OvalEdge", isRequired: true)
        let reply: Reply
        do {
            switch try await visit.context.client.ask(Form(write.preview, [field]), as: key) {
            case .accepted(let values): reply = values["write"] == true ? .agreed : .unwritten(.disagreed)
            case .declined: reply = .unwritten(.declined)
            case .cancelled: reply = .unwritten(.cancelled)
            case .notPossible: return .cannotBeAsked
            }
        } catch AskFailure.notReady {
            return .cannotBeAsked
        } catch AskFailure.refused(let error) where error.code == Self.methodNotFound {
            return visit.account.formClients.contains(visit.context)
                ? .unwritten(.unanswered("It rejected the form.")) : .cannotBeAsked
        } catch let failure as AskFailure where failure != .gone {
            reply = .unwritten(.unanswered(failure.problem))
        }
        visit.account.formClients.insert(visit.context)
        return reply
    }
}

/// Why a change was not agreed to, where someone could be asked.
private enum Unwritten {
    case disagreed
    case declined
    case cancelled
    /// `problem` is a sentence.
    case unanswered(String)

    func answer(_ remedies: RemedyTexts) -> Answer {
        let (status, note): (String, Inline) =
            switch self {
            case .disagreed: ("declined", "The person did not agree; nothing was written.")
            case .declined:
                (
                    "declined",
                    "The form was declined, by the person or by a client that shows none; nothing was written."
                )
            case .cancelled:
                (
                    "cancelled",
                    """
                    The form was closed without an answer, as clients without a screen do by themselves; nothing was \
                    written. Only a person can agree to it: do not call again unless they ask for it.
                    """
                )
            case .unanswered(let problem):
                (
                    "unanswered",
                    """
                    The client returned no usable answer to the form; nothing was written. \(words: problem) \
                    \(words: remedies.sentence(.confirmByToken))
                    """
                )
            }
        var text = Markdown()
        text.note(note)
        return Answer(text, structured: ["ok": true, "written": false, "status": .string(status)])
    }
}

extension AskFailure {
    /// What happened, as a sentence.
    fileprivate var problem: String {
        switch self {
        case .refused(let error): "It returned: \(Inline("\(escaped: String(error.message.prefix(300)))").text)."
        case .timedOut: "Timed out after ten minutes."
        case .gone: "It disconnected."
        case .tooMany(let open): "It has \(open) other forms open; answer those first."
        case .notReady: "It was not ready."
        case .unfit(let problem): problem
        }
    }
}

extension WriteConsent {
    /// As long as they get.
    private static let longestToken = String(repeating: "x", count: 400)

    private static func tooLong(_ write: Write, _ visit: WriteWorkflow.Visit) -> Answer {
        .failure(
            "The preview of \(write.shownTarget.text) does not fit in \(visit.budget.tokens) tokens, and only a "
                + "complete preview can be agreed to; nothing was written. "
                + visit.remedies.sentence(.raiseAnswerTokens)
        )
    }

    private static func formsOnly(_ visit: WriteWorkflow.Visit) -> Answer {
        .failure(visit.remedies.sentence(.confirmInForms))
    }

    private static let notConfirmed = Answer.failure(
        "A token was given, but `write_confirmed_by_user` is not true; nothing was written. "
            + "Show the person the preview, and set it once they have agreed."
    )

    private static let wrongToken = Answer.failure(
        "The token does not match this call, or the current values have changed since; nothing was written. "
            + "Call again without it, show the person the new preview, and use its token."
    )

    /// For those who cannot be asked here, but can say so in another way.
    private static func preview(of write: Write, then advice: String) -> Answer {
        preview(of: write, "Nothing has been written yet. This would be written:", then: "\(words: advice)")
    }

    private static func preview(of write: Write, _ token: String) -> Answer {
        preview(
            of: write,
            "Nothing has been written yet. Show this `preview` to the person and ask whether to write it:",
            then: """
                If they agree, call `\(words: write.tool)` again with the same arguments, `write_confirmed_by_user`: \
                true and `confirmation_token`: "\(words: token)". The token is valid for ten minutes and for this \
                change only.
                """,
            token
        )
    }

    private static func preview(
        of write: Write,
        _ start: Inline,
        then next: Inline,
        _ token: String? = nil
    ) -> Answer {
        var text = Markdown()
        text.note(start)
        text.line("\n\(words: write.preview)\n")
        text.note(next)
        return Answer(
            text,
            structured: .members(
                ("ok", true),
                ("awaitingUserConfirmation", true),
                ("preview", .string(write.preview)),
                ("target", .string(Untrusted.cleaned(write.target))),
                ("confirmationToken", token.map { .string($0) })
            )
        )
    }
}
