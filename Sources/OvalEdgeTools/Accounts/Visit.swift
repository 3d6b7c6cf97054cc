import Logging
import MCP
import OvalEdge
import Rendering
import Writes

/// Who calls: what they may use, and the account that acts in their name.
struct Visit: Sendable {
    let access: ToolAccess
    let account: Account
    let context: RequestContext

    init(_ accounts: any Accounts, _ context: RequestContext) {
        access = accounts.access(for: context.principal)
        account = accounts.account(for: context.principal)
        self.context = context
    }

    /// The API that acts for them; its lines in the log say which request they are about, and `fields`.
    func ovalEdge(logging fields: Log.Field...) async throws(OvalEdgeError) -> OvalEdgeAPI {
        try await account.ovalEdge(logging: context.serverLog.fields + fields)
    }

    /// As the write workflow needs it.
    func ofWrite(within budget: AnswerBudget, by ovalEdge: OvalEdgeAPI) -> WriteWorkflow.Visit {
        WriteWorkflow.Visit(access: access, account: account, context: context, budget: budget, ovalEdge: ovalEdge)
    }
}
