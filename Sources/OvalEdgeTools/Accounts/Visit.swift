package import Logging
package import MCP
package import OvalEdge
import Rendering
import Writes

/// Who calls: what they may use, and the account that acts in their name.
package struct Visit: Sendable {
    package let access: ToolAccess
    package let account: Account
    package let context: RequestContext

    package init(_ accounts: any Accounts, _ context: RequestContext) {
        access = accounts.access(for: context.principal)
        account = accounts.account(for: context.principal)
        self.context = context
    }

    /// The API that acts for them; its lines in the log say which request they are about, and `fields`.
    package func ovalEdge(logging fields: Log.Field...) async throws(OvalEdgeError) -> OvalEdgeAPI {
        try await account.ovalEdge(logging: context.serverLog.fields + fields)
    }

    /// As the write workflow needs it.
    func ofWrite(within budget: AnswerBudget, by ovalEdge: OvalEdgeAPI) -> WriteWorkflow.Visit {
        WriteWorkflow.Visit(access: access, account: account, context: context, budget: budget, ovalEdge: ovalEdge)
    }
}
