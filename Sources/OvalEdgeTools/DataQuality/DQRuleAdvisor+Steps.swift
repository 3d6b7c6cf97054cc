import JSON
import MCP
import OvalEdge
import Rendering
import Writes

extension DQRuleAdvisor {
    private static let usualRules = 25

    func assessment(from ovalEdge: OvalEdgeAPI, _ progress: Progress) async throws -> SizedAnswer {
        let walk = AssessmentWalk(
            scope: scope,
            first: firstRow,
            most: min(limit ?? .max, AssessmentWalk.mostObjects),
            ovalEdge: ovalEdge,
            progress: progress
        )
        let assessed = try await walk.assessed()
        let links = ovalEdge.links
        return SizedAnswer(more: "Assess fewer `objects` at once.") { limits in
            let rows = AssessedRows(assessed, from: firstRow, only: only, in: limits)
            var text = Markdown()
            AssessmentReport(assessed, rows, scope: scope, links: links).write(to: &text)
            return Answer(text, structured: rows.structured(links: links))
        }
    }

    private var scope: QualityScope {
        var scope = QualityScope()
        scope.objects = objects.map { $0.object }
        scope.discoversCriticalElements = discoverCDEColumns
        let usual = discoverCDEColumns ? QualityScope.highestLimit : scope.limit
        scope.limit = min(limit ?? usual, QualityScope.highestLimit)
        scope.customFieldName = descriptionCustomFieldName
        scope.termName = descriptionTermName
        scope.preferredFunction = preferredFunctionName
        scope.excludedFunctions = excludedFunctionNames
        return scope
    }

    func queries(from ovalEdge: OvalEdgeAPI) async throws -> SizedAnswer {
        guard let target = objects.first else { preconditionFailure("The object was checked for.") }
        let generated = try await ovalEdge.send(
            .generateQueries(for: target.object, rule: businessRule, description: businessDescription)
        ).opened()
        var text = Markdown()
        QueriesReport(generated, for: target).write(to: &text)
        var structured = Structured(links: ovalEdge.links).enriched(generated.json)
        structured["workflowPhase"] = "generate_queries"
        structured["connectionId"] = generated.connection.map { .int($0) }
        structured["schemaId"] = generated.schema.map { .int($0) }
        return SizedAnswer(Answer(text, structured: structured))
    }

    func rules(from ovalEdge: OvalEdgeAPI) async throws -> SizedAnswer {
        let limit = min(limit ?? Self.usualRules, QualityScope.highestLimit)
        let request: APIRequest<Envelope<QualityRules>> =
            if let objectID {
                .qualityRules(id: objectID.number, limit: limit)
            } else {
                .qualityRules(named: ruleName ?? "", limit: limit)
            }
        let found = try await ovalEdge.send(request).opened()
        let isComplete = found.rules.count < limit
        let links = ovalEdge.links
        var structured = Structured(links: links).enriched(found.json)
        structured["workflowPhase"] = "lookup"
        structured["complete"] = .bool(isComplete)
        return SizedAnswer(more: "Give more of the name.") { [structured] limits in
            var text = Markdown()
            text.heading(3, "\(found.rules.count) data quality \(words: found.rules.count == 1 ? "rule" : "rules")")
            if found.rules.isEmpty { text.note("No rule was found. A part of its name is enough to find it.") }
            let rules = Array(limits.of(found.rules))
            let lines = AssetLines(rules, links: links, telling: MemberChoice.rule.told(of: rules).told)
            lines.write(to: &text) { text, index in text.bullet(lines.line(index)) }
            if !isComplete { text.note("There may be more: raise `limit`, at most 100, or give more of the name.") }
            return Answer(text, structured: structured)
        }
    }

    func validation(from ovalEdge: OvalEdgeAPI) async throws -> Write {
        guard let connectionID, let schemaID, let ruleQuery, let statsQuery, let failedValuesQuery else {
            preconditionFailure("What validate_query needs was checked for.")
        }
        let queries = QualityQuerySet(rule: ruleQuery, stats: statsQuery, failedValues: failedValuesQuery)
        // Only to show where: a source may have no schema of its own in the catalog.
        let details = try? await ovalEdge.record(of: schemaID.number, .oeschema)
        let target = "schema \(schemaID.number) of connection \(connectionID.number)"
        let request = APIRequest.validateQueries(queries, connection: connectionID.number, schema: schemaID.number)
        return Write(
            tool: Self.definition.name,
            family: Self.family,
            target: target,
            change: Change(
                "Run three queries on \(escaped: details?.asset.place ?? target)",
                in: request.body,
                [
                    .line(
                        "They run on the source itself, with the rights of OvalEdge's connection. No rule is created yet."
                    )
                ]
                    + QualityQuerySet.shown
            ),
            request: request,
            refusal: { ValidationReport($0).isResult ? nil : Refusal($0)?.error }
        ) { reply, _ in ValidationReport(reply).result(of: target) }
    }
}
