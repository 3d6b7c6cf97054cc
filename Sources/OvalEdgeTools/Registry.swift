package import JSON
import JSONRPC
import Logging
package import MCP
import OvalEdge
package import Rendering
import Text
package import Writes

/// All tools in the order in which they are listed: to find, to explain, then to change.
package struct Registry: ToolRegistry {
    package static let tools: [any Tool.Type] = [
        AssetExplorer.self, AssetDetails.self, AssetLineage.self, MetadataChangesBetweenCrawls.self,
        KnowledgeSearch.self, AccessExplorer.self, UpdateAssetDescriptions.self, UpdateCDEAssociations.self,
        CreateGlossaryTerm.self, CreateTag.self, UpdateGovernanceRoles.self, UpdateCustomFieldValue.self,
        DQRuleAdvisor.self, DQRuleManager.self, CreateServiceRequest.self,
    ]

    private let accounts: any Accounts
    private let workflow: WriteWorkflow
    private let budget: AnswerBudget
    private let mark: @Sendable () -> UntrustedDelimiter

    /// `workflow` is where changes pass, `budget` how long an answer may be, and `mark` gives each answer a mark of its own.
    package init(
        _ accounts: any Accounts,
        workflow: WriteWorkflow = .closed,
        budget: AnswerBudget = AnswerBudget(),
        mark: @escaping @Sendable () -> UntrustedDelimiter = UntrustedDelimiter.random
    ) {
        self.accounts = accounts
        self.workflow = workflow
        self.budget = budget
        self.mark = mark
    }

    package func audience(in context: RequestContext) -> Audience { accounts.access(for: context.principal).audience }

    package func listings(in context: RequestContext) -> Listed<ToolListing> {
        .now(accounts.access(for: context.principal).listings)
    }

    package func knows(_ name: String, in context: RequestContext) -> Bool {
        accounts.access(for: context.principal).contains(FormerName.named(name)?.tool.rawValue ?? name)
    }

    package func effect(of name: String) -> Effect? {
        Self.effects[FormerName.named(name)?.tool.rawValue ?? name]
    }

    private static let effects = tools.reduce(into: [:]) { $0[$1.definition.name] = $1.definition.effect }

    package func call(
        _ name: String,
        arguments: JSONObject,
        in context: RequestContext
    ) async throws -> Answer {
        let visit = Visit(accounts, context)
        guard let former = FormerName.named(name) else {
            return try await call(try Self.tool(named: name, visit), arguments, visit, within: budget)
        }
        let tool = try Self.tool(named: former, visit)
        let (translated, mistakes) = former.translated(arguments)
        guard mistakes.isEmpty else { return Self.failure(mistakes, of: name) }
        let budget = budget.leaving(FormerName.tokens)
        return try await call(tool, translated, visit, within: budget).noting("\(words: former.explanation)")
    }

    private func call(
        _ tool: any Tool.Type,
        _ arguments: JSONObject,
        _ visit: Visit,
        within budget: AnswerBudget
    ) async throws -> Answer {
        let name = tool.definition.name
        var input = Arguments(arguments, of: name, withholding: tool.withheld(allowing: visit.access.families))
        let call = tool.init(&input)
        guard input.mistakes.isEmpty else { return Self.failure(input.mistakes, of: name) }
        let ages = CacheAge()
        do {
            let draft = try await draft(of: call, noting: ages, visit, within: budget)
            let answer = budget.fitted(draft, marking: mark(), asOf: ages.asOf)
            // What was begun for a call that is cancelled is no answer, but the outcome of a change is.
            if !answer.tellsOutcome { try Task.checkCancellation() }
            return answer.labelled()
        } catch let error as OvalEdgeError {
            return Answer.failure(error, visit.account.remedies).labelled()
        } catch is CancellationError {
            return .failure(OvalEdgeError.cancelled, visit.account.remedies)
        }
    }

    /// What a change is decided on, and its outcome, is read again.
    private func draft(
        of call: any Tool,
        noting ages: CacheAge,
        _ visit: Visit,
        within budget: AnswerBudget
    ) async throws -> SizedAnswer {
        let name = type(of: call).definition.name
        let ovalEdge = try await visit.ovalEdge(logging: ("tool", name))
        guard type(of: call).writing != nil, let call = call as? any WritingTool else {
            return try await call.answer(from: ovalEdge.caching(notingAge: ages), in: visit.context)
        }
        return try await workflow.answer(of: call, in: visit.ofWrite(within: budget, by: ovalEdge.fresh))
    }

    private static func tool(named name: String, _ visit: Visit) throws(RPCError) -> any Tool.Type {
        let access = visit.access
        if let tool = tools.first(where: { $0.definition.name == name }) {
            if let obstacle = access.obstacle(to: tool, visit.account.remedies) { throw .invalidParams(obstacle) }
            return tool
        }
        let names = access.tools.map { tool in tool.definition.name }
        let start = "There is no tool `\(Untrusted.cleaned(String(name.prefix(80))))`"
        throw .invalidParams(
            Suggestion.nearest(to: name, among: names).map { "\(start); did you mean `\($0)`?" }
                ?? "\(start). There are \(names.joined(separator: ", "))."
        )
    }

    /// What is not offered is not offered under a former name either.
    private static func tool(named former: FormerName, _ visit: Visit) throws(RPCError) -> any Tool.Type {
        let tool = try tool(named: former.tool.rawValue, visit)
        let withheld = tool.withheld(allowing: visit.access.families)
        guard let step = former.meaning.first(where: { withheld.contains($0.value) })?.value else { return tool }
        throw .invalidParams(
            "`\(former.name)` (now `\(step)` of `\(former.tool.rawValue)`) is disabled: this server may not write. "
                + visit.account.remedies.sentence(.allowWrites(family: nil))
        )
    }

    /// Nothing was asked, so that all of it is our own words and the caller's.
    private static func failure(_ mistakes: [String], of name: String) -> Answer {
        let list = mistakes.map { "- \(Untrusted.cleaned($0))" }.joined(separator: "\n")
        let text = "Invalid arguments for \(name); nothing was sent:\n\(list)"
        return Answer.failure(text).labelledFailure()
    }
}
