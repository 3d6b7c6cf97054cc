package import JSON
import JSONRPC
package import MCP
package import OvalEdge
import Text

/// All tools in the order in which they are listed: to find, to explain, then to change.
package struct Registry: ToolRegistry {
    package static let tools: [any Tool.Type] = [
        AssetExplorer.self, AssetDetails.self, AssetLineage.self, MetadataChangesBetweenCrawls.self,
        KnowledgeSearch.self, AccessExplorer.self, UpdateAssetDescriptions.self, UpdateCDEAssociations.self,
        CreateGlossaryTerm.self, CreateTag.self, UpdateGovernanceRoles.self, UpdateCustomFieldValue.self,
        DQRuleAdvisor.self, DQRuleManager.self, CreateServiceRequest.self,
    ]

    private let access: ToolAccess
    private let ovalEdge: @Sendable (Principal) -> OvalEdgeAPI
    private let workflow: WriteWorkflow
    private let budget: AnswerBudget
    private let mark: @Sendable () -> UntrustedDelimiter

    /// `ovalEdge` gives each caller the API that acts in their name, and `mark` each answer a mark of its own.
    ///
    /// `workflow` is where changes pass, and `budget` how long an answer may be.
    package init(
        _ access: ToolAccess = ToolAccess(),
        workflow: WriteWorkflow = .closed,
        budget: AnswerBudget = AnswerBudget(),
        mark: @escaping @Sendable () -> UntrustedDelimiter = UntrustedDelimiter.random,
        ovalEdge: @escaping @Sendable (Principal) -> OvalEdgeAPI
    ) {
        self.access = access
        self.workflow = workflow
        self.budget = budget
        self.mark = mark
        self.ovalEdge = ovalEdge
    }

    package var listings: [ToolListing] { access.listings }

    package func knows(_ name: String) -> Bool { access.contains(FormerName.named(name)?.tool.rawValue ?? name) }

    package func call(
        _ name: String,
        arguments: JSONObject,
        in context: RequestContext
    ) async throws -> Answer {
        guard let former = FormerName.named(name) else {
            return try await call(try tool(named: name, in: context), arguments, in: context, within: budget)
        }
        let tool = try tool(named: former, in: context)
        let (translated, mistakes) = former.translated(arguments)
        guard mistakes.isEmpty else { return Self.failure(mistakes, of: name) }
        let budget = budget.leaving(FormerName.tokens)
        return try await call(tool, translated, in: context, within: budget).adding(former.explanation)
    }

    private func call(
        _ tool: any Tool.Type,
        _ arguments: JSONObject,
        in context: RequestContext,
        within budget: AnswerBudget
    ) async throws -> Answer {
        let name = tool.definition.name
        var input = Arguments(arguments, of: name, withholding: tool.withheld(allowing: access.families))
        let call = tool.init(&input)
        guard input.mistakes.isEmpty else { return Self.failure(input.mistakes, of: name) }
        let ages = CacheAge()
        do {
            let draft = try await draft(of: call, noting: ages, in: context, within: budget)
            let answer = budget.fitted(draft, marking: mark(), asOf: ages.asOf)
            // What was begun for a call that is cancelled is no answer, but what became of a change is.
            if !answer.tellsOutcome { try Task.checkCancellation() }
            return answer.labelled()
        } catch let error as OvalEdgeError {
            return Answer.failure(error, remedies(in: context)).labelled()
        } catch is CancellationError {
            return .failure(OvalEdgeError.cancelled, remedies(in: context))
        }
    }

    /// What a change is decided on, and what became of it, is read again.
    private func draft(
        of call: any Tool,
        noting ages: CacheAge,
        in context: RequestContext,
        within budget: AnswerBudget
    ) async throws -> SizedAnswer {
        let ovalEdge = ovalEdge(context.principal)
        guard type(of: call).writing != nil, let call = call as? any WritingTool else {
            return try await call.answer(from: ovalEdge.caching(notingAge: ages), in: context)
        }
        let visit = WriteWorkflow.Visit(access: access, budget: budget, ovalEdge: ovalEdge.fresh, context: context)
        return try await workflow.answer(of: call, in: visit)
    }

    private func remedies(in context: RequestContext) -> RemedyTexts { ovalEdge(context.principal).remedies }

    private func tool(named name: String, in context: RequestContext) throws(RPCError) -> any Tool.Type {
        if let tool = Self.tools.first(where: { $0.definition.name == name }) {
            if let obstacle = access.obstacle(to: tool, remedies(in: context)) { throw .invalidParams(obstacle) }
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
    private func tool(named former: FormerName, in context: RequestContext) throws(RPCError) -> any Tool.Type {
        let tool = try tool(named: former.tool.rawValue, in: context)
        let withheld = tool.withheld(allowing: access.families)
        guard let step = former.meaning.first(where: { withheld.contains($0.value) })?.value else { return tool }
        throw .invalidParams(
            "`\(former.name)` (now `\(step)` of `\(former.tool.rawValue)`) is disabled: this server may not write. "
                + remedies(in: context).sentence(.allowWrites(family: nil))
        )
    }

    /// Nothing was asked, so that all of it is our own words and the caller's.
    private static func failure(_ mistakes: [String], of name: String) -> Answer {
        let list = mistakes.map { "- \(Untrusted.cleaned($0))" }.joined(separator: "\n")
        let text = "Invalid arguments for \(name); nothing was sent:\n\(list)"
        return Answer.failure(text).labelledFailure()
    }
}
