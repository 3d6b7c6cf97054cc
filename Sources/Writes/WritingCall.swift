package import MCP
package import OvalEdge
package import Rendering

/// One call that can change something in OvalEdge, its arguments already read.
///
/// It says what it would do; showing that, asking the person, keeping the audit log and doing it are the ``WriteWorkflow``'s.
package protocol WritingCall: Sendable {
    var agreement: Agreement { get }
    /// Whether this call comes to a change, as far as its arguments say.
    var mayWrite: Bool { get }
    /// Resolves names and reads the current state; changes nothing.
    func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal
}

extension WritingCall {
    package var mayWrite: Bool { true }
}

/// What a call of a writing tool comes to.
package enum WriteProposal: Sendable {
    /// There is something to choose or to fix first, or nothing to change.
    case answer(Answer)
    /// The same, where there may be much of it.
    case draft(SizedAnswer)
    case write(Write)
}

/// How the person's consent comes back where the client cannot ask for it.
package struct Agreement: Sendable {
    package let writeConfirmedByUser: Bool
    package let confirmationToken: String?

    package init(_ input: inout Arguments) {
        writeConfirmedByUser = input.read(
            "write_confirmed_by_user",
            "True only after the person has seen the preview and agreed to it.",
            default: false
        )
        confirmationToken = input.read("confirmation_token", "The token of the preview that the person agreed to.")
    }
}
