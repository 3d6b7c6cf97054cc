import JSON
import MCP
import OvalEdge
import Rendering
import Writes

/// Rules of standard functions: what would be made, or which rules are there already.
extension DQRuleManager {
    func creation(from ovalEdge: OvalEdgeAPI) async throws -> WriteProposal {
        var scope = scope
        let rows = try await ovalEdge.send(.assessQuality(scope)).opened().rows
        let missing = objects.filter { target in !rows.contains { $0.isAbout(target.object) } }.map { $0.reference }
        guard missing.isEmpty else { return .answer(Self.missing(missing)) }
        if preferExistingRule {
            let choices = rows.filter { !$0.existingRules.isEmpty }
            if !choices.isEmpty { return .answer(Self.choice(of: choices)) }
        }
        guard rows.contains(where: { $0.function != nil }) else { return .answer(Self.nothingSuits) }
        let mayBeMore = discoverCDEColumns && rows.count >= scope.limit
        if discoverCDEColumns { scope.pin(rows) }
        let request = APIRequest.createRules(
            scope,
            prefersExisting: preferExistingRule,
            skipsDuplicates: skipDuplicateFunctionOnObject
        )
        let target = scope.objects.map { "\($0.type.nameForWriting) \($0.id)" }.joined(separator: ", ")
        return .write(
            write(of: target, change(rows, mayBeMore: mayBeMore, request.body), request) { reply, ovalEdge in
                await RuleWriteReport(reply, of: target, titles: rows.titles).result(from: ovalEdge)
            }
        )
    }

    private var scope: QualityScope {
        var scope = QualityScope()
        scope.objects = objects.map { $0.object }
        scope.discoversCriticalElements = discoverCDEColumns
        scope.limit = min(max(limit, objects.count), QualityScope.highestLimit)
        scope.customFieldName = descriptionCustomFieldName
        scope.termName = descriptionTermName
        scope.supplementalCriteria = supplementalCriteriaText
        scope.preferredFunction = preferredFunctionName
        scope.excludedFunctions = excludedFunctionNames
        return scope
    }

    private func change(_ rows: [QualityAssessment.Row], mayBeMore: Bool, _ body: JSON?) -> Change {
        let suited = rows.count { $0.function != nil }
        var parts: [Change.Part] = rows.map { row in
            let check: Inline = row.function.map { "\(escaped: $0)" } ?? "no function suits it, so no rule is created"
            return .bullet("\(bold: row.name ?? "(no name)") \(row.reference): \(check)", telling: [["objects"]])
        }
        if mayBeMore {
            parts.append(.line("There may be more critical data elements than these; they get no rule by this call."))
        }
        if supplementalCriteriaText != nil { parts.append(.field(.init("Criteria", at: ["supplementalCriteriaText"]))) }
        if !preferExistingRule {
            parts.append(.line("New rules are created even where one of the same function exists."))
        }
        if !skipDuplicateFunctionOnObject {
            parts.append(.line("An object that has a rule of the same function gets a second one."))
        }
        let title: Inline =
            suited == 1
            ? "Create a data quality rule for one object" : "Create data quality rules for \(suited) objects"
        return Change(title, in: body, parts)
    }

    private static let nothingSuits = Answer.failure(
        "No standard function suits any of these objects, so no rule can be created. "
            + "Draft queries with the step generate_query of dq_rule_advisor, and use create_custom_sql."
    )

    /// The person chooses: a rule that exists, or still a new one.
    private static func choice(of rows: [QualityAssessment.Row]) -> Answer {
        var text = Markdown()
        text.heading(3, "Rules for this check already exist; nothing was written", isNote: true)
        for row in rows {
            text.bullet("\(bold: row.name ?? "(no name)") \(row.reference), \(escaped: row.function ?? "")")
            for rule in row.existingRules {
                let state: Inline =
                    switch rule.isAssociated {
                    case true?: "already checks it"
                    case false?: "can be associated with it"
                    case nil: "not known whether it checks it already"
                    }
                let purpose: Inline = rule.purpose.map { ": \(excerpt: $0, upTo: 200)" } ?? ""
                text.line("  - \(bold: rule.name ?? "(no name)") \(rule.reference), \(state)\(purpose)")
            }
        }
        text.line("")
        text.note(
            """
            Ask the person which to use. Then `step` `associate` with its `dqrule_id` and the objects; or, if a new \
            rule is still wanted, this call again with `prefer_existing_rule`: false.
            """
        )
        let choices = rows.map { row in
            JSON.members(
                ("objectId", row.id.map { .int($0) }),
                ("objectType", row.type.map { .string($0) }),
                ("rules", .array(row.existingRules.map { Untrusted.cleaned($0.json) }))
            )
        }
        return Answer(
            text,
            structured: [
                "ok": true, "written": false, "workflowPhase": "select_existing_rule", "requiresRuleSelection": true,
                "existingRuleChoices": .array(choices),
            ]
        )
    }
}

extension QualityScope {
    /// What was discovered and shown is what is written, whatever is marked as critical meanwhile.
    fileprivate mutating func pin(_ rows: [QualityAssessment.Row]) {
        objects = rows.compactMap { row in
            guard let id = row.id, let type = row.type.flatMap({ ObjectType(rawValue: $0) }) else { return nil }
            return QualityObject(id: id, type: type)
        }
        discoversCriticalElements = false
    }
}

extension [QualityAssessment.Row] {
    fileprivate var titles: ObjectTitles {
        ObjectTitles(
            compactMap { row in
                guard let name = row.name, let id = row.id, let type = row.type.flatMap({ ObjectType(rawValue: $0) })
                else { return nil }
                return (QualityObject(id: id, type: type), name)
            }
        )
    }
}
